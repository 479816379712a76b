//! Checks of what is sent: schemas that say what no Rust type can, carried through `normalize` in an extension.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk;
use crate::extensions::{CHECKS, CHOICES, TUPLE};
use crate::keywords::{self, Holds};
use crate::pointer::{escape, unescape};

/// The longest text of a check. What is longer says so much that checking it would cost more than it is worth.
const LONGEST: usize = 64 * 1024;

/// Begins a reference to a schema of the check itself.
const DEFINITIONS: &str = "#/$defs/";

/// Adds a check to `object`.
pub(super) fn add(object: &mut Map<String, Value>, check: Value) {
    if let Some(checks) = object.entry(CHECKS).or_insert_with(|| json!([])).as_array_mut() {
        checks.push(check);
    }
}

/// `check` by itself: the components that it leads to are in its `$defs`. `None` where they are too many.
pub(crate) fn by_itself(check: &Value, components: &Map<String, Value>) -> Option<Value> {
    let mut whole = plain(check);
    let mut open: Vec<String> = references(&whole);
    let mut definitions = Map::new();
    while let Some(name) = open.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let schema = plain(components.get(&name)?);
        open.extend(references(&schema));
        definitions.insert(name, schema);
        if json!(definitions).to_string().len() > LONGEST {
            return None;
        }
    }
    definitions.sort_keys();
    if let (false, Some(whole)) = (definitions.is_empty(), whole.as_object_mut()) {
        whole.insert("$defs".into(), Value::Object(definitions));
    }
    Some(whole)
}

/// The names of the components that `schema` refers to.
fn references(schema: &Value) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                names.extend(object.get("$ref").and_then(Value::as_str).and_then(defined));
                open.extend(object.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names.into_iter().collect()
}

/// The number of sets of names that must be there.
fn choice(choice: &Value) -> Value {
    let sets = choice["sets"].as_array().into_iter().flatten().map(|set| json!({ "required": set }));
    let sets: Vec<Value> = sets.collect();
    match (choice["least"].as_u64(), choice["most"].as_u64()) {
        (Some(0), _) => json!({"not": {"anyOf": sets}}),
        (_, Some(_)) => json!({ "oneOf": sets }),
        _ => json!({ "anyOf": sets }),
    }
}

/// The name that a reference to one of the `$defs` has.
fn defined(reference: &str) -> Option<String> {
    reference.strip_prefix(DEFINITIONS).map(unescape)
}

/// `schema` without what describes, and with the extensions of this crate in the words of JSON Schema.
fn plain(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let mut plain_object = Map::new();
    for (key, value) in object {
        let value = match (key.as_str(), keywords::holds(key), value) {
            (CHECKS, ..) => {
                let all = plain_object.entry("allOf").or_insert_with(|| json!([]));
                let checks = value.as_array().into_iter().flatten().map(plain);
                all.as_array_mut().into_iter().for_each(|all| all.extend(checks.clone()));
                continue;
            }
            (CHOICES, ..) => {
                let all = plain_object.entry("allOf").or_insert_with(|| json!([]));
                let choices = value.as_array().into_iter().flatten().map(choice);
                all.as_array_mut().into_iter().for_each(|all| all.extend(choices.clone()));
                continue;
            }
            ("allOf", _, Value::Array(parts)) => {
                let all = plain_object.entry("allOf").or_insert_with(|| json!([]));
                all.as_array_mut().into_iter().for_each(|all| all.extend(parts.iter().map(plain)));
                continue;
            }
            (TUPLE, _, Value::Array(items)) => {
                plain_object.insert("prefixItems".into(), items.iter().map(plain).collect());
                continue;
            }
            // Requests, which alone are checked, do not have what is read-only.
            ("required", _, Value::Array(names)) => {
                let property = |name: &Value| object.get("properties")?.get(name.as_str()?)?.get("readOnly").cloned();
                names.iter().filter(|name| property(name) != Some(Value::Bool(true))).cloned().collect()
            }
            ("default" | "discriminator" | "deprecated" | "readOnly" | "writeOnly" | "format", ..) => continue,
            (key, ..) if walk::is_annotation(key) => continue,
            (_, Some(Holds::Map), Value::Object(entries)) => {
                entries.iter().map(|(name, entry)| (name.clone(), plain(entry))).collect()
            }
            (_, Some(Holds::List), Value::Array(parts)) => parts.iter().map(plain).collect(),
            (_, Some(Holds::One), value) => plain(value),
            _ => value.clone(),
        };
        plain_object.insert(key.clone(), value);
    }
    if let Some(Value::String(reference)) = plain_object.get_mut("$ref")
        && let Some(name) = walk::component_name(reference)
    {
        *reference = format!("{DEFINITIONS}{}", escape(&name));
    }
    Value::Object(plain_object)
}
