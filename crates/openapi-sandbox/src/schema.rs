//! Translates the schema of a request body from OpenAPI 3.0's dialect to JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// Translates what differs in OpenAPI 3.0: `nullable`, the flags for exclusive bounds, and `readOnly` properties, which a
/// request need not have.
pub(crate) fn translate(schema: &Value) -> Value {
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
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => continue,
            ("nullable" | "example" | "discriminator", _) => continue,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusive_bound_may_be_a_flag_or_a_number() {
        let flag = json!({"minimum": 3, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false});
        assert_eq!(translate(&flag), json!({"exclusiveMinimum": 3, "maximum": 5}));
        assert_eq!(translate(&json!({"exclusiveMinimum": 3})), json!({"exclusiveMinimum": 3}));
    }
}
