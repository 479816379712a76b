//! Q060: what stands beside `oneOf` and `anyOf`.
//!
//! # What it is
//! A schema has a `oneOf` or an `anyOf`, and beside it, or in an `allOf` with it, `properties`, `required`,
//! `additionalProperties`, a second union, or other keywords. Sometimes the alternatives only require names that stand beside
//! them.
//!
//! # Where it was seen
//! In GitHub's API, where `anyOf: [{required: [title]}, {required: [body]}]` says that a change must change something, and in
//! every definition that gives the alternatives of a resource its `id`.
//!
//! # Why it matters
//! What stands beside a union holds for each alternative. A generator that writes an enum of the alternatives alone drops it
//! from every answer.
//!
//! # The repair
//! What stands beside the union is merged into each alternative, as parts of an `allOf` are; an alternative that it does not
//! change stays a reference. A second union stands in each alternative of the first. Alternatives that only require names
//! are no alternatives: the schema is one object, and a value of it is checked when it is sent; so is a `not` that
//! only forbids names. An alternative that is of another type than what stands beside it fits no value: it is left out with a
//! warning; so is one that allows other values, with a note. A union that lists no alternative beside a type is left out, too.
//!
//! # Before and after
//! ```yaml
//! Item: {properties: {id: {type: string}}, oneOf: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}
//! ```
//! ```yaml
//! Item:
//!   oneOf:
//!   - {type: object, properties: {a: {type: string}, id: {type: string}}}
//!   - {type: object, properties: {b: {type: string}, id: {type: string}}}
//! ```

use serde_json::{Map, Value, json};

use super::implied_type::implied;
use super::intersect::{Intersection, UNIONS, lone_reference};
use super::walk::{self, Place};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::extensions::{ALTERNATIVES, CHECKS, CHOICES, REFINES};
use crate::lock::Lock;

const CODE: &str = "Q060";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// How deep unions may stand in the alternatives of others: what is deeper holds itself.
const DEPTH: usize = 16;

/// How many combinations unions beside each other may have: each further union multiplies them, and each is a type.
const MOST: usize = 1024;

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let components: Map<String, Value> = walk::components(document).cloned().unwrap_or_default();
    let mut pass = Siblings { intersection: Intersection::new(&components), within: Vec::new(), report };
    walk::document_parts(document, &mut |schema, place| pass.expand(schema, place));
}

struct Siblings<'a> {
    intersection: Intersection<'a>,
    /// The unions that the schema at hand is an alternative of.
    within: Vec<Value>,
    report: &'a mut Report,
}

impl Siblings<'_> {
    fn expand(&mut self, schema: &mut Value, place: &mut Place) {
        let depth = self.within.len();
        self.no_alternatives(schema, place);
        self.choices(schema, place);
        // What was the only alternative may have alternatives of its own.
        while self.distribute(schema, place) {
            self.choices(schema, place);
        }
        walk::children(schema, place, &mut |child, place| self.expand(child, place));
        self.within.truncate(depth);
    }

    /// Takes out a union that lists no alternative, which JSON Schema does not allow.
    fn no_alternatives(&mut self, schema: &mut Value, place: &Place) {
        let Some(object) = schema.as_object_mut().filter(|object| object.contains_key("type")) else { return };
        for key in UNIONS {
            if object.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
                object.shift_remove(key);
                let diagnostic = Diagnostic::warning(CODE, format!("`{key}` lists no alternative, and is left out"));
                self.report.add(diagnostic.at(place.pointer.clone()).help("list the alternatives in an overlay"));
            }
        }
    }

    /// Makes a check of alternatives that only require names.
    fn choices(&mut self, schema: &mut Value, place: &Place) {
        let is_object = schema.get("type").is_none_or(|stated| stated == "object");
        let Some(object) = schema.as_object_mut().filter(|_| is_object) else { return };
        for (key, least, most) in [("oneOf", 1, Some(1)), ("anyOf", 1, None), ("not", 0, Some(0))] {
            let Some(sets) = object.get(key).and_then(|value| if key == "not" { forbidden(value) } else { sets(value) })
            else {
                continue;
            };
            object.shift_remove(key);
            let missing = if key == "not" { Vec::new() } else { declare(object, &sets) };
            if !missing.is_empty() {
                let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let message = format!("{names} may be required, and nothing declares what it is: any JSON value");
                let diagnostic = Diagnostic::warning(CODE, message).at(place.pointer.clone());
                self.report.add(diagnostic.help("declare the type in an overlay"));
            }
            object.entry("type").or_insert(json!("object"));
            let choices = object.entry(CHOICES).or_insert_with(|| json!([]));
            if let Some(choices) = choices.as_array_mut() {
                choices.push(json!({"least": least, "most": most, "sets": sets}));
            }
            let message = format!("`{key}` only says which names are required; that is checked in what is sent");
            self.report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
        }
    }

    /// Merges what stands beside a union into its alternatives; true if it did.
    fn distribute(&mut self, schema: &mut Value, place: &Place) -> bool {
        let Some(object) = schema.as_object() else { return false };
        let Some(key) = UNIONS.into_iter().find(|key| object.get(*key).is_some_and(Value::is_array)) else { return false };
        let mut beside = object.clone();
        let Some(Value::Array(alternatives)) = beside.shift_remove(key) else { return false };
        let (rest, mut kept): (Map<String, Value>, Map<String, Value>) =
            beside.into_iter().partition(|(name, _)| is_merged(name));
        if rest.is_empty() || self.changes_nothing(&rest, &alternatives) {
            return false;
        }
        if self.within.contains(schema) || self.within.len() > DEPTH {
            let message = "these alternatives hold themselves; what stands beside them is left out";
            self.report.add(Diagnostic::warning("G014", message).at(place.pointer.clone()).help("correct it in an overlay"));
            return false;
        }
        if UNIONS.iter().any(|key| rest.contains_key(*key)) && self.combinations(schema, 0) > MOST {
            let message = "unions beside each other have too many combinations; the value is any JSON value";
            let diagnostic = Diagnostic::warning("G014", message).at(place.pointer.clone());
            self.report.add(diagnostic.help("say in an overlay which combinations there are"));
            kept.retain(|key, _| walk::is_annotation(key));
            *schema = Value::Object(kept);
            return false;
        }
        let implied = implied(&Value::Object(rest.clone()));
        let (mut merged, mut names, mut changed) = (Vec::new(), Vec::new(), false);
        for (index, alternative) in alternatives.iter().enumerate() {
            let place = place.child(&[key, &index.to_string()], None);
            if let Some(whole) = self.with(alternative, &rest, implied, &place) {
                changed |= whole != *alternative;
                names.push(json!(lone_reference(alternative)));
                merged.push(whole);
            }
        }
        let message = format!("what stands beside the `{key}` is merged into each alternative");
        self.report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
        let lone = kept.get("discriminator").is_none() && rest.keys().all(|key| !UNIONS.contains(&key.as_str()));
        match merged.as_slice() {
            // One alternative of one is what the schema is.
            [only] if lone && lone_reference(only).is_none() && only.is_object() => {
                for (name, value) in only.as_object().cloned().unwrap_or_default() {
                    kept.entry(name).or_insert(value);
                }
            }
            _ => {
                kept.insert(key.into(), Value::Array(merged));
                if changed && names.iter().any(|name| !name.is_null()) {
                    kept.insert(ALTERNATIVES.into(), Value::Array(names));
                }
            }
        }
        self.within.push(std::mem::replace(schema, Value::Object(kept)));
        true
    }

    /// How many alternatives a schema has once the unions in it are merged, counted until they are too many.
    fn combinations(&self, schema: &Value, depth: usize) -> usize {
        if depth > DEPTH {
            return 1;
        }
        if let Some(name) = walk::referenced(schema) {
            return self.intersection.component(&name).map_or(1, |component| self.combinations(component, depth + 1));
        }
        let mut product = 1;
        for alternatives in UNIONS.iter().filter_map(|key| schema.get(*key)?.as_array()) {
            let mut sum = 0;
            for alternative in alternatives {
                sum += self.combinations(alternative, depth + 1);
                if sum > MOST {
                    return sum;
                }
            }
            product *= sum.max(1);
        }
        product
    }

    /// Whether each alternative is an object, and nothing else is said beside them.
    fn changes_nothing(&self, rest: &Map<String, Value>, alternatives: &[Value]) -> bool {
        let says = rest.len() == 1 && rest.get("type").is_some();
        let typed = |alternative: &Value| {
            let flat = self.intersection.whole(alternative).unwrap_or_default();
            is_null(alternative) || (flat.get("type").is_some() && flat.get("type") == rest.get("type"))
        };
        says && alternatives.iter().all(typed)
    }

    /// The alternative with what stands beside the union, which may imply a type without stating one; `None` if that fits no
    /// value.
    fn with(
        &mut self,
        alternative: &Value,
        rest: &Map<String, Value>,
        implied_type: Option<&'static str>,
        place: &Place,
    ) -> Option<Value> {
        if is_null(alternative) {
            return Some(alternative.clone());
        }
        let mut rest = rest.clone();
        let flat = self.intersection.whole(alternative).unwrap_or_default();
        let kind = flat.get("type").and_then(Value::as_str).or_else(|| implied(&flat));
        let wanted = rest.get("type").and_then(Value::as_str).or(implied_type).map(str::to_owned);
        if let (Some(kind), Some(wanted)) = (kind, &wanted)
            && !is_same_kind(kind, wanted)
        {
            // Without a type, keywords are about values of their own type.
            if !rest.contains_key("type") {
                return Some(alternative.clone());
            }
            let message = format!("this alternative is of type {kind}, and what stands beside it of type {wanted}: it is left out");
            self.report.add(Diagnostic::warning(CODE, message).at(place.pointer.clone()).help("correct it in an overlay"));
            return None;
        }
        let has_union = UNIONS.iter().any(|key| flat.get(*key).is_some());
        if let (Some(implied), false) = (implied_type, has_union) {
            rest.insert("type".into(), json!(implied));
        }
        let parts = Map::from_iter([("allOf".to_owned(), json!([alternative, rest]))]);
        match self.intersection.of_parts(&parts, 0) {
            Ok(mut whole) => {
                // What it implies is implied of objects alone, where the alternatives are of several types.
                let states = |schema: &Value| schema.get("type").is_some();
                if let (true, false, Some(whole)) = (has_union, states(&flat) || states(&parts["allOf"][1]), whole.as_object_mut()) {
                    whole.shift_remove("type");
                }
                Some(whole)
            }
            Err(reason) if reason.is_empty => {
                let message = format!("no value fits this alternative and what stands beside it: {reason}; it is left out");
                self.report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
                None
            }
            Err(reason) => {
                let message = format!("what stands beside this alternative is not merged into it: {reason}");
                let diagnostic = Diagnostic::warning("G014", message).at(place.pointer.clone());
                self.report.add(diagnostic.help("correct it in an overlay"));
                Some(alternative.clone())
            }
        }
    }
}

/// Whether a keyword beside a union is about each alternative.
fn is_merged(name: &str) -> bool {
    let stays = ["discriminator", "nullable", "default", "readOnly", "writeOnly", "deprecated"].contains(&name);
    !stays && (!walk::is_annotation(name) || [CHOICES, CHECKS].contains(&name)) && name != REFINES
}

fn is_null(schema: &Value) -> bool {
    schema.get("enum").is_some_and(|values| *values == json!([null]))
}

fn is_same_kind(one: &str, other: &str) -> bool {
    let is_number = |kind: &str| ["integer", "number"].contains(&kind);
    one == other || (is_number(one) && is_number(other))
}

/// The names that each of `alternatives` requires, if that is all that they say.
fn sets(alternatives: &Value) -> Option<Vec<Vec<String>>> {
    let alternatives = alternatives.as_array().filter(|alternatives| !alternatives.is_empty())?;
    alternatives.iter().map(set).collect()
}

/// The names that `schema` requires, if that is all that it says.
fn set(schema: &Value) -> Option<Vec<String>> {
    let object = schema.as_object()?;
    let says = |(key, value): (&String, &Value)| key == "required" || (key == "type" && value == "object");
    let only = object.iter().all(|(key, value)| walk::is_annotation(key) || says((key, value)));
    let names = object.get("required").filter(|_| only)?.as_array().filter(|names| !names.is_empty())?;
    names.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The sets of names that must not be there in full, if that is all that `not` says.
fn forbidden(not: &Value) -> Option<Vec<Vec<String>>> {
    let object = not.as_object()?;
    match object.get("anyOf").filter(|_| object.len() == 1) {
        Some(alternatives) => sets(alternatives),
        None => set(not).map(|names| vec![names]),
    }
}

/// Declares the names of `sets` that nothing declares, as any value, and returns them.
fn declare(object: &mut Map<String, Value>, sets: &[Vec<String>]) -> Vec<String> {
    let mut missing = Vec::new();
    let additional = object.get("additionalProperties").cloned();
    if additional == Some(Value::Bool(false)) {
        return missing;
    }
    let any = additional.filter(Value::is_object).unwrap_or_else(|| json!({}));
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    let Some(properties) = properties.as_object_mut() else { return missing };
    for name in sets.iter().flatten() {
        if !properties.contains_key(name) {
            properties.insert(name.clone(), any.clone());
            missing.push(name.clone());
        }
    }
    missing
}
