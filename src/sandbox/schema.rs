//! OpenAPI 3.0's dialect of a request schema as JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// `schema` with what only OpenAPI 3.0 says put into JSON Schema's words: `nullable`, flags for exclusive bounds, and
/// properties that are `readOnly`, which a request need not have.
pub(super) fn translate(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        return json!({"$ref": reference.replace("#/components/schemas/", "#/$defs/")});
    }
    let mut translated = Map::new();
    for (key, value) in object {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                Value::Object(properties.iter().map(|(name, schema)| (name.clone(), translate(schema))).collect())
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => parts.iter().map(translate).collect(),
            ("items" | "additionalProperties" | "not", value) => translate(value),
            ("required", Value::Array(names)) => {
                let read_only = |name: &Value| {
                    name.as_str().is_some_and(|name| schema["properties"][name]["readOnly"] == json!(true))
                };
                names.iter().filter(|name| !read_only(name)).cloned().collect()
            }
            ("exclusiveMinimum" | "exclusiveMaximum" | "nullable" | "example" | "discriminator", _) => continue,
            (_, value) => value.clone(),
        };
        translated.insert(key.clone(), value);
    }
    for (bound, flag) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if object.get(flag) == Some(&json!(true))
            && let Some(value) = translated.remove(bound)
        {
            translated.insert(flag.into(), value);
        }
    }
    if object.get("nullable") == Some(&json!(true)) {
        if let Some(kind) = translated.remove("type") {
            translated.insert("type".into(), json!([kind, "null"]));
        }
        if let Some(Value::Array(values)) = translated.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    Value::Object(translated)
}
