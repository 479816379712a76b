//! Schemas, which differ little between the two versions.

use serde_json::{Value, json};

use super::Object;
use crate::keywords::{self, Holds};

/// Converts `schema` and all schemas in it.
pub(super) fn convert(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    for (key, value) in object.iter_mut() {
        match (keywords::holds(key), value) {
            (Some(Holds::One), value) => convert(value),
            (Some(Holds::List), Value::Array(parts)) => parts.iter_mut().for_each(convert),
            (Some(Holds::Map), Value::Object(entries)) => entries.iter_mut().for_each(|(_, entry)| convert(entry)),
            _ => {}
        }
    }
    if let Some(name) = object.get("discriminator").filter(|name| name.is_string()).cloned() {
        object.insert("discriminator".into(), json!({"propertyName": name}));
    }
    if object.get("type") == Some(&json!("file")) {
        object.insert("type".into(), json!("string"));
        object.insert("format".into(), json!("binary"));
    }
    if let Some(example) = object.get("x-example").filter(|_| !object.contains_key("example")).cloned() {
        object.shift_remove("x-example");
        object.insert("example".into(), example);
    }
    nullable(object);
}

/// `x-nullable` is what OpenAPI 3.0 calls `nullable`.
fn nullable(object: &mut Object) {
    let Some(key) =
        ["x-nullable", "x-isnullable"].into_iter().find(|key| object.get(*key).is_some_and(Value::is_boolean))
    else {
        return;
    };
    let Some(nullable) = object.shift_remove(key) else { return };
    let one = object.get("allOf").and_then(Value::as_array).is_some_and(|parts| parts.len() == 1);
    let refers = object.contains_key("$ref") || (one && !object.contains_key("type"));
    if nullable != json!(true) || !refers {
        object.entry("nullable").or_insert(nullable);
        return;
    }
    // Beside a reference, OpenAPI 3.0 has no words.
    let inner = ["$ref", "allOf"].into_iter().filter_map(|key| Some((key.to_owned(), object.shift_remove(key)?)));
    let inner: Object = inner.collect();
    object.shift_insert(0, "anyOf".into(), json!([inner, {"enum": [null]}]));
}
