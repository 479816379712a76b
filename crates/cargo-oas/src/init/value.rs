//! A value of a schema: its example if it has one, and otherwise the simplest one that is made from the schema.

use openapi_build::tool::CHOICES;
use serde_json::{Map, Value, json};

/// How deep schemas are followed.
const DEPTH: usize = 16;

/// A value, and whether the definition gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// The value.
    pub(super) value: Value,
    /// Whether it is an example, a default or a listed value, rather than invented.
    pub(super) given: bool,
}

/// What the reference `node` leads to, or `node` itself.
pub(super) fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    for _ in 0..DEPTH {
        let target = node.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match target.and_then(|pointer| document.pointer(pointer)) {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

/// A value of what has a `schema`, and maybe an `example` or `examples` beside it: a parameter, or a body in a media type.
pub(super) fn of_content(document: &Value, content: &Value, name: &str) -> Sample {
    let content = resolve(document, content);
    let several = content.get("examples").and_then(Value::as_object);
    let first = several.into_iter().flatten().find_map(|(_, example)| resolve(document, example).get("value"));
    match content.get("example").or(first).filter(|example| !example.is_null()) {
        Some(example) => Sample { value: example.clone(), given: true },
        None => of_schema(document, content.get("schema").unwrap_or(&Value::Null), name, DEPTH),
    }
}

fn of_schema(document: &Value, schema: &Value, name: &str, depth: usize) -> Sample {
    let schema = resolve(document, schema);
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|values| values.first());
    let stated = ["example", "default", "const"].iter().find_map(|key| schema.get(*key)).or_else(|| first("enum"));
    if let Some(value) = stated.filter(|value| !value.is_null()) {
        return Sample { value: value.clone(), given: true };
    }
    if depth == 0 {
        return Sample { value: Value::Null, given: false };
    }
    let deeper = |schema: &Value| of_schema(document, schema, name, depth - 1);
    if let Some(part) = first("oneOf").or_else(|| first("anyOf")) {
        return deeper(&combined(document, schema, [part]));
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return deeper(&combined(document, schema, parts));
    }
    let value = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => whole(schema),
        Some("number") => schema.get("minimum").filter(|least| least.is_number()).cloned().unwrap_or(json!(1.5)),
        Some("boolean") => json!(true),
        Some("array") => {
            let item = schema.get("items").map(deeper).map_or(Value::Null, |item| item.value);
            let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 16);
            (0..least).map(|_| item.clone()).collect()
        }
        Some("string") => json!(text(schema, name)),
        None if ["properties", "required", CHOICES].iter().any(|key| schema.get(*key).is_some()) => {
            object(document, schema, depth)
        }
        Some("object") => object(document, schema, depth),
        _ => json!(name),
    };
    Sample { value, given: false }
}

/// An object with the properties that are required and not only read.
fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let list = |of: &Value, key: &str| of.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let choices = list(schema, CHOICES).into_iter().flat_map(|choice| {
        let least = choice.get("least").and_then(Value::as_u64).and_then(|least| usize::try_from(least).ok());
        list(&choice, "sets").into_iter().take(least.unwrap_or_default())
    });
    let chosen = choices.filter_map(|set| set.as_array().cloned()).flatten();
    let required: Vec<Value> = list(schema, "required").into_iter().chain(chosen).collect();
    let names = required.iter().filter_map(Value::as_str);
    let members = names.filter_map(|name| {
        let property = schema.get("properties").and_then(|all| all.get(name));
        let read_only = property.is_some_and(|it| resolve(document, it).get("readOnly") == Some(&json!(true)));
        let value = property.map_or(json!(name), |it| of_schema(document, it, name, depth - 1).value);
        (!read_only).then(|| (name.to_owned(), value))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// `schema` with what `parts` say, in place of the lists that they are in.
fn combined<'a>(document: &Value, schema: &Value, parts: impl IntoIterator<Item = &'a Value>) -> Value {
    let mut whole = schema.as_object().cloned().unwrap_or_default();
    for key in ["oneOf", "anyOf", "allOf"] {
        whole.remove(key);
    }
    for (key, value) in parts.into_iter().filter_map(|part| resolve(document, part).as_object()).flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Array(all)), Value::Array(more)) if key != "enum" => all.extend(more.iter().cloned()),
            (Some(Value::Object(all)), Value::Object(more)) => {
                for (name, value) in more {
                    all.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
            (Some(_), _) => {}
            (None, value) => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(whole)
}

fn whole(schema: &Value) -> Value {
    let least = schema.get("minimum").and_then(Value::as_i64);
    let exclusive = schema.get("exclusiveMinimum") == Some(&json!(true));
    let most = schema.get("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX);
    json!(least.map_or(1, |least| least.saturating_add(i64::from(exclusive)).max(1)).min(most))
}

/// A text of a format, or else the name of what it is for, as long as it has to be.
fn text(schema: &Value, name: &str) -> String {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let fixed = match format {
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "uuid" => "4d9d7c9a-3a6a-4c1e-9a0e-0c7a5a1b2c3d",
        "email" => "ada@example.com",
        "uri" | "url" => "https://example.com",
        "ipv4" => "192.0.2.1",
        "byte" => "aGVsbG8=",
        _ => "",
    };
    if !fixed.is_empty() {
        return fixed.to_owned();
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
    let mut text = if name.is_empty() { "text".to_owned() } else { name.to_owned() };
    while text.chars().count() < bound("minLength").unwrap_or_default().min(256) {
        text.push('x');
    }
    text.chars().take(bound("maxLength").unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_definition_gives_comes_first() {
        let document = json!({"components": {"schemas": {"Size": {"type": "integer", "example": 7}}}});
        let given = |content: Value| of_content(&document, &content, "size");
        for content in [
            json!({"example": 7, "schema": {"type": "integer", "default": 3}}),
            json!({"examples": {"a": {"value": 7}}}),
            json!({"schema": {"$ref": "#/components/schemas/Size"}}),
            json!({"schema": {"type": "integer", "enum": [7, 8]}}),
        ] {
            assert_eq!(given(content.clone()), Sample { value: json!(7), given: true }, "{content}");
        }
        assert_eq!(given(json!({"schema": {"type": "string"}})), Sample { value: json!("size"), given: false });
    }

    #[test]
    fn an_object_has_what_it_must_have() {
        let name = json!({"type": "string", "minLength": 6});
        let schema = json!({
            "allOf": [{"type": "object", "required": ["id", "name"], "properties": {"id": {"readOnly": true}, "name": name}}],
            "required": ["tags", "size"],
            "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "size": {"type": "integer", "minimum": 3}},
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"name": "namexx", "tags": ["tags"], "size": 3}));
        let schema = json!({
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            "anyOf": [{"required": ["id"]}, {"required": ["name"]}],
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"id": 1}));
        let schema = json!({
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            CHOICES: [{"least": 1, "most": null, "sets": [["name"], ["id"]]}],
        });
        let sample = of_content(&Value::Null, &json!({"schema": schema}), "body");
        assert_eq!(sample.value, json!({"name": "name"}));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let document = json!({"components": {"schemas": {"Node": {
            "type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Node"}}
        }}}});
        let schema = json!({"schema": {"$ref": "#/components/schemas/Node"}});
        assert!(of_content(&document, &schema, "node").value.is_object());
    }
}
