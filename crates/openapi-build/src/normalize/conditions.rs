//! What is declared on a condition: in `then`, `else` and `dependentSchemas`.
//!
//! Whether a condition holds is checked in what is sent. The members that it declares are declared: each is what one of the
//! conditions says of it, or any value, for when no condition holds.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::walk;
use crate::extensions::CHECKS;
use crate::grammar::{self, Kind};

type Object = Map<String, Value>;

/// Declares the members of each schema of `document` that its checks declare; false if nothing is checked.
pub(super) fn declare(document: &mut Value) -> bool {
    let mut any = false;
    grammar::walk_mut_at(document, &mut |kind, _, value| {
        if let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) {
            join(schema);
            any |= schema.contains_key(CHECKS);
        }
    });
    if !any {
        return false;
    }
    let components = walk::components(document).cloned().unwrap_or_default();
    grammar::walk_mut_at(document, &mut |kind, _, value| {
        if let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) {
            declare_in(schema, &components);
        }
    });
    true
}

/// Takes over the checks of the parts of a schema that do nothing but check: several of them may declare one member.
fn join(schema: &mut Object) {
    let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) else { return };
    let mut checks = Vec::new();
    parts.retain_mut(|part| {
        let Some(part) = part.as_object_mut().filter(|part| part.contains_key(CHECKS)) else { return true };
        if !part.keys().all(|key| key == CHECKS || walk::is_annotation(key)) {
            return true;
        }
        if let Some(Value::Array(own)) = part.shift_remove(CHECKS) {
            checks.extend(own);
        }
        false
    });
    if parts.is_empty() {
        schema.shift_remove("allOf");
    }
    if !checks.is_empty()
        && let Some(all) = schema.entry(CHECKS).or_insert_with(|| json!([])).as_array_mut()
    {
        all.extend(checks);
    }
}

fn declare_in(schema: &mut Object, components: &Object) {
    let Some(checks) = schema.get(CHECKS).and_then(Value::as_array) else { return };
    if schema.get("additionalProperties").is_some_and(|rest| *rest != json!(true)) {
        return;
    }
    let mut conditional = Members::new(components);
    checks.iter().for_each(|check| conditional.on_condition(check));
    let mut unconditional = Members::new(components);
    unconditional.always(schema);
    let known: HashSet<&String> = unconditional.found.iter().map(|(name, _)| name).collect();
    let mut declared: Map<String, Value> = Map::new();
    for (name, said) in conditional.found.into_iter().filter(|(name, _)| !known.contains(name)) {
        if let Some(all) = declared.entry(name).or_insert_with(|| json!([])).as_array_mut() {
            all.push(said);
        }
    }
    if declared.is_empty() {
        return;
    }
    let Some(properties) = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut() else { return };
    for (name, said) in declared {
        let mut said = said.as_array().cloned().unwrap_or_default();
        said.push(json!({}));
        properties.insert(name, alternatives(said));
    }
}

/// The members that schemas declare, each with what is said of it.
struct Members<'a> {
    components: &'a Object,
    /// The components that were looked at.
    seen: HashSet<String>,
    found: Vec<(String, Value)>,
}

impl<'a> Members<'a> {
    fn new(components: &'a Object) -> Self {
        Self { components, seen: HashSet::new(), found: Vec::new() }
    }

    /// Adds what a schema always declares: by itself and in its parts.
    fn always(&mut self, schema: &Object) {
        self.own(schema, &["allOf"], Self::always);
    }

    /// Adds what a schema declares, whatever the value is.
    fn ever(&mut self, schema: &Object) {
        self.own(schema, &["allOf", "anyOf", "oneOf"], Self::ever);
        for check in schema.get(CHECKS).and_then(Value::as_array).into_iter().flatten() {
            self.on_condition(check);
        }
    }

    /// Adds what a check declares where its conditions hold, or do not.
    fn on_condition(&mut self, check: &Value) {
        let dependent = check.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten().map(|it| it.1);
        for part in ["then", "else"].iter().filter_map(|key| check.get(*key)).chain(dependent) {
            self.part(part, Self::ever);
        }
    }

    /// Adds the properties of a schema, and by `add` what its parts under `keys` declare.
    fn own(&mut self, schema: &Object, keys: &[&str], add: fn(&mut Self, &Object)) {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        self.found.extend(properties.map(|(name, said)| (name.clone(), said.clone())));
        for part in keys.iter().filter_map(|key| schema.get(*key)?.as_array()).flatten() {
            self.part(part, add);
        }
    }

    fn part(&mut self, part: &Value, add: fn(&mut Self, &Object)) {
        let referenced = walk::referenced(part).filter(|name| self.seen.insert(name.clone()));
        let component = referenced.and_then(|name| self.components.get(&name));
        for schema in [component, Some(part)].into_iter().flatten().filter_map(Value::as_object) {
            add(self, schema);
        }
    }
}

/// One of `schemas`.
pub(super) fn alternatives(mut schemas: Vec<Value>) -> Value {
    let mut seen = HashSet::new();
    schemas.retain(|schema| seen.insert(schema.to_string()));
    match schemas.len() {
        1 => schemas.remove(0),
        _ => json!({"anyOf": schemas}),
    }
}
