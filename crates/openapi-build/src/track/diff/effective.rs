//! What a schema says in the end: its `$ref` followed and the parts of its `allOf` put together, one level deep. Good
//! enough to tell what differs between two ways of writing it; what is generated goes by `normalize`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::grammar;

/// How many `$ref`s are followed before it is taken for a circle.
const MOST: usize = 64;

/// The node that `value` leads to, if it is a reference, and through further ones.
pub(super) fn resolve<'v>(document: &'v Value, mut value: &'v Value) -> &'v Value {
    for _ in 0..MOST {
        let target = grammar::reference(value).and_then(|to| document.pointer(to.strip_prefix('#')?));
        let Some(target) = target else { return value };
        value = target;
    }
    value
}

/// What `schema` says, without `$ref` and `allOf` at its top.
pub(super) fn effective<'v>(document: &'v Value, schema: &'v Value) -> Cow<'v, Value> {
    let resolved = resolve(document, schema);
    if resolved.get("allOf").is_none() {
        return Cow::Borrowed(resolved);
    }
    let mut whole = Map::new();
    merge(document, resolved, &mut whole, 0);
    Cow::Owned(Value::Object(whole))
}

fn merge(document: &Value, schema: &Value, whole: &mut Map<String, Value>, depth: usize) {
    let Some(object) = resolve(document, schema).as_object().filter(|_| depth < MOST) else { return };
    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        merge(document, part, whole, depth + 1);
    }
    for (key, value) in object.iter().filter(|(key, _)| *key != "allOf") {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(ours)), Value::Object(theirs)) if key == "properties" => {
                for (name, property) in theirs {
                    let both = match ours.get(name) {
                        Some(one) if one != property => json!({"allOf": [one, property]}),
                        _ => property.clone(),
                    };
                    ours.insert(name.clone(), both);
                }
            }
            (Some(Value::Array(ours)), Value::Array(theirs)) if key == "required" => {
                let new: Vec<Value> = theirs.iter().filter(|name| !ours.contains(name)).cloned().collect();
                ours.extend(new);
            }
            (Some(Value::Array(ours)), Value::Array(theirs)) if key == "enum" => {
                ours.retain(|value| theirs.contains(value));
            }
            (_, value) => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_together_and_references_followed() {
        let document = json!({"components": {"schemas": {
            "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "Item": {"$ref": "#/components/schemas/Base"},
        }}});
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Item"},
            {"required": ["id", "name"], "properties": {"name": {"type": "string"}, "id": {"maxLength": 3}}},
        ]});
        let expected = json!({"type": "object", "required": ["id", "name"], "properties": {
            "id": {"allOf": [{"type": "string"}, {"maxLength": 3}]}, "name": {"type": "string"}}});
        assert_eq!(*effective(&document, &schema), expected);
    }

    #[test]
    fn a_circle_ends() {
        let document = json!({"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}});
        let reference = json!({"$ref": "#/components/schemas/A"});
        assert_eq!(*effective(&document, &reference), reference);
    }
}
