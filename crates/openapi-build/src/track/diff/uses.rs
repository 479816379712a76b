//! Which operations use a component, and whether they send or receive it.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::Value;

use super::pairs;
use crate::grammar;
use crate::pointer::escape;
use crate::track::change::Sides;

/// The uses of the components of a document, by reference: `#/components/schemas/Item`.
pub(super) struct Uses {
    of: HashMap<String, Use>,
    labels: Vec<String>,
}

#[derive(Default)]
struct Use {
    sides: Sides,
    operations: BTreeSet<usize>,
}

/// A reference, and whether it holds on each side: below `readOnly` nothing is sent.
type Edge = (String, Sides);

pub(super) const BOTH: Sides = Sides { request: true, response: true };
pub(super) const REQUEST: Sides = Sides { request: true, response: false };
pub(super) const RESPONSE: Sides = Sides { request: false, response: true };

impl Uses {
    pub(super) fn of(document: &Value) -> Self {
        let mut edges: HashMap<String, Vec<Edge>> = HashMap::new();
        for (section, members) in document.get("components").and_then(Value::as_object).into_iter().flatten() {
            for (name, member) in members.as_object().into_iter().flatten() {
                let name = escape(name);
                edges.insert(format!("#/components/{section}/{name}"), references(member, BOTH));
            }
        }
        let mut uses = Self { of: HashMap::new(), labels: Vec::new() };
        for (index, (path, method, operation)) in pairs::operations(document).enumerate() {
            uses.labels.push(label(path, method));
            let shared = document.get("paths").and_then(|paths| paths.get(path)?.get("parameters"));
            let part = |key: &str, sides: Sides| operation.get(key).map(|part| references(part, sides));
            let parts = [
                shared.map(|part| references(part, REQUEST)),
                part("parameters", REQUEST),
                part("requestBody", REQUEST),
                part("responses", RESPONSE),
                part("callbacks", BOTH),
            ];
            let mut open: Vec<Edge> = parts.into_iter().flatten().flatten().collect();
            let mut seen: HashMap<String, Sides> = HashMap::new();
            while let Some((reference, sides)) = open.pop() {
                let known = seen.entry(reference.clone()).or_default();
                let fresh =
                    Sides { request: sides.request && !known.request, response: sides.response && !known.response };
                if !fresh.request && !fresh.response {
                    continue;
                }
                (known.request, known.response) = (known.request || fresh.request, known.response || fresh.response);
                for (to, holds) in edges.get(&reference).into_iter().flatten() {
                    open.push((to.clone(), and(*holds, fresh)));
                }
            }
            for (reference, sides) in seen {
                let entry = uses.of.entry(reference).or_default();
                entry.sides.request |= sides.request;
                entry.sides.response |= sides.response;
                entry.operations.insert(index);
            }
        }
        uses
    }

    /// Whether values of the component are sent or received, and in which operations.
    pub(super) fn at(&self, reference: &str) -> (Sides, Rc<[String]>) {
        match self.of.get(reference) {
            Some(found) => {
                let labels = found.operations.iter().map(|index| self.labels[*index].clone());
                (found.sides, labels.collect())
            }
            None => (Sides::default(), Rc::new([])),
        }
    }
}

/// The name of an operation in reports.
pub(super) fn label(path: &str, method: &str) -> String {
    format!("{} {path}", grammar::method(method))
}

pub(super) fn and(one: Sides, other: Sides) -> Sides {
    Sides { request: one.request && other.request, response: one.response && other.response }
}

/// `sides` without the one that `readOnly` or `writeOnly` keeps the schema out of.
pub(super) fn sides_of(schema: &Value, sides: Sides) -> Sides {
    let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    Sides { request: sides.request && !flag("readOnly"), response: sides.response && !flag("writeOnly") }
}

/// The references to components within `value`.
fn references(value: &Value, sides: Sides) -> Vec<Edge> {
    let mut found = Vec::new();
    collect(value, sides, &mut found);
    found
}

fn collect(value: &Value, sides: Sides, found: &mut Vec<Edge>) {
    match value {
        Value::Object(object) => {
            let sides = sides_of(value, sides);
            if let Some(Value::String(reference)) = object.get("$ref") {
                found.push((reference.clone(), sides));
            }
            for (key, value) in object.iter().filter(|(key, _)| *key != "example" && *key != "examples") {
                if !key.starts_with("x-") {
                    collect(value, sides, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, sides, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_read_only_is_not_used_in_requests() {
        let schema = json!({"$ref": "#/components/schemas/Item"});
        let content = json!({"content": {"application/json": {"schema": schema}}});
        let document = json!({
            "paths": {"/items": {"post": {"requestBody": content, "responses": {"200": content}}}},
            "components": {"schemas": {
                "Item": {"properties": {
                    "owner": {"$ref": "#/components/schemas/Owner"},
                    "state": {"readOnly": true, "allOf": [{"$ref": "#/components/schemas/State"}]}}},
                "Owner": {}, "State": {}, "Other": {}}},
        });
        let uses = Uses::of(&document);
        let at = |name: &str| uses.at(&format!("#/components/schemas/{name}"));
        assert_eq!((at("Owner").0, at("State").0, at("Other").0), (BOTH, RESPONSE, Sides::default()));
        assert_eq!(at("State").1.to_vec(), ["POST /items"]);
    }
}
