//! Walks every schema of a document, with its place as a JSON pointer and as the path of names that leads to it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::extensions::{CHECKS, CHOICES, ITEM_SCHEMA, TUPLE, TYPE};
use crate::formats;
use crate::grammar::{self, is_method};
use crate::keywords::{self, Holds, Role};
use crate::pointer::{self, escape, unescape};
use crate::status::is_success;

/// Where a schema stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// The JSON pointer (RFC 6901).
    pub(crate) pointer: String,
    /// The names that lead to it, from an operation or a component: `["createItem", "request", "owner"]`.
    pub(crate) names: Vec<String>,
}

impl Place {
    /// The place of a component's schema.
    pub(crate) fn component(name: &str) -> Self {
        Self { pointer: format!("/components/schemas/{}", escape(name)), names: vec![name.to_owned()] }
    }

    /// The place as `names.lock` writes it.
    pub(crate) fn key(&self) -> String {
        self.names.iter().map(|name| name.replace('/', "~1")).collect::<Vec<_>>().join("/")
    }

    pub(crate) fn child(&self, tokens: &[&str], name: Option<&str>) -> Self {
        let mut place = self.clone();
        place.enter(tokens, name);
        place
    }

    fn enter(&mut self, tokens: &[&str], name: Option<&str>) {
        for token in tokens {
            pointer::push(&mut self.pointer, token);
        }
        self.names.extend(name.map(str::to_owned));
    }

    /// Calls `visit` with the child's place, and is then what it was before.
    fn visit_child(&mut self, tokens: &[&str], name: Option<&str>, visit: &mut dyn FnMut(&mut Self)) {
        let (length, depth) = (self.pointer.len(), self.names.len());
        self.enter(tokens, name);
        visit(self);
        self.pointer.truncate(length);
        self.names.truncate(depth);
    }
}

/// The component that `reference` names, if it is a local schema reference.
pub(crate) fn component_name(reference: &str) -> Option<String> {
    let token = reference.strip_prefix("#/components/schemas/")?;
    (!token.contains('/')).then(|| unescape(token))
}

/// The component that `schema` refers to, if it is a Reference Object.
pub(crate) fn referenced(schema: &Value) -> Option<String> {
    component_name(schema.get("$ref")?.as_str()?)
}

/// A Reference Object for the component of that name.
pub(crate) fn reference(name: &str) -> Value {
    let mut object = Map::new();
    object.insert("$ref".into(), Value::String(format!("#/components/schemas/{}", escape(name))));
    Value::Object(object)
}

/// The schemas of `document`'s components.
pub(crate) fn components(document: &Value) -> Option<&Map<String, Value>> {
    document.get("components")?.get("schemas")?.as_object()
}

/// The schemas of `document`'s components, created where they are missing.
pub(crate) fn components_mut(document: &mut Value) -> Option<&mut Map<String, Value>> {
    let components = document.as_object_mut()?.entry("components").or_insert_with(|| Value::Object(Map::new()));
    components.as_object_mut()?.entry("schemas").or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

/// What is called on schemas: one text serves for all places, and is after each what it was before.
type Visit<'v> = dyn FnMut(&mut Value, &mut Place) + 'v;

/// Calls `visit` on every schema of `document`, inner ones first. A Reference Object is visited, not followed.
pub(crate) fn schemas(document: &mut Value, visit: &mut Visit<'_>) {
    document_parts(document, &mut |schema, place| schema_tree(schema, place, visit));
}

/// Calls `visit` on every outermost schema of `document`: of parameters, headers, bodies and components.
pub(crate) fn document_parts(document: &mut Value, visit: &mut Visit<'_>) {
    let mut root = Place::default();
    for key in ["paths", "webhooks"] {
        for (path, item) in document.get_mut(key).and_then(Value::as_object_mut).into_iter().flatten() {
            root.visit_child(&[key, path], None, &mut |place| path_item(item, place, path, visit));
        }
    }
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    for (kind, members) in components {
        let Some(members) = members.as_object_mut() else { continue };
        for (name, member) in members {
            root.visit_child(&["components", kind, name], Some(name), &mut |place| match kind.as_str() {
                "schemas" => visit(member, place),
                "parameters" | "headers" => parameter(member, place, visit),
                "requestBodies" => content(member, place, visit),
                "responses" => response(member, place, visit),
                _ => {}
            });
        }
    }
}

fn path_item(item: &mut Value, place: &mut Place, path: &str, visit: &mut Visit<'_>) {
    let Some(item) = item.as_object_mut() else { return };
    for (key, value) in item {
        if key == "parameters" {
            place.visit_child(&[key], Some(path), &mut |place| parameters(value, place, visit));
        } else if is_method(key) {
            let id = operation_id(value, key, path);
            place.visit_child(&[key], Some(&id), &mut |place| operation(value, place, visit));
        }
    }
}

/// The operation's `operationId`, or its method and path where it has none.
pub(crate) fn operation_id(operation: &Value, method: &str, path: &str) -> String {
    match operation.get("operationId").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => format!("{} {path}", grammar::method(method).to_ascii_lowercase()),
    }
}

fn operation(operation: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    if let Some(list) = operation.get_mut("parameters") {
        place.visit_child(&["parameters"], None, &mut |place| parameters(list, place, visit));
    }
    if let Some(body) = operation.get_mut("requestBody") {
        place.visit_child(&["requestBody"], Some("request"), &mut |place| content(body, place, visit));
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let lone_success = responses.keys().filter(|status| is_success(status)).count() == 1;
    for (status, value) in responses {
        let name = if lone_success && is_success(status) { "response" } else { status };
        place.visit_child(&["responses", status], Some(name), &mut |place| response(value, place, visit));
    }
}

fn parameters(list: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    let Some(list) = list.as_array_mut() else { return };
    for (index, value) in list.iter_mut().enumerate() {
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        place.visit_child(&[&index.to_string()], Some(&name), &mut |place| parameter(value, place, visit));
    }
}

/// A Parameter Object or a Header Object.
fn parameter(value: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    if let Some(schema) = value.get_mut("schema") {
        place.visit_child(&["schema"], None, &mut |place| visit(schema, place));
    }
    content(value, place, visit);
}

fn response(value: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    if let Some(headers) = value.get_mut("headers").and_then(Value::as_object_mut) {
        for (name, header) in headers {
            place.visit_child(&["headers", name], Some(name), &mut |place| parameter(header, place, visit));
        }
    }
    content(value, place, visit);
}

/// An object with a `content`, which is a map of media types.
fn content(value: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    let Some(content) = value.get_mut("content").and_then(Value::as_object_mut) else { return };
    for (media_type, value) in content {
        for (key, name) in [("schema", None), (ITEM_SCHEMA, Some("item"))] {
            if let Some(schema) = value.get_mut(key) {
                place.visit_child(&["content", media_type, key], name, &mut |place| visit(schema, place));
            }
        }
    }
}

/// Calls `visit` on `schema` and every schema in it, inner ones first.
pub(crate) fn schema_tree(schema: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    children(schema, place, &mut |child, place| schema_tree(child, place, visit));
    visit(schema, place);
}

/// Calls `visit` on the schemas directly in `schema`.
pub(crate) fn children(schema: &mut Value, place: &mut Place, visit: &mut Visit<'_>) {
    let Some(object) = schema.as_object_mut().filter(|object| !object.contains_key("$ref")) else { return };
    for (key, value) in object {
        match (keywords::holds_in_30(key), value) {
            (Some(Holds::One), value @ Value::Object(_)) => {
                let name = match key.as_str() {
                    "items" => "item",
                    "additionalProperties" => "value",
                    other => other,
                };
                place.visit_child(&[key], Some(name), &mut |place| visit(value, place));
            }
            (Some(Holds::List), Value::Array(parts)) => {
                for (index, part) in parts.iter_mut().enumerate() {
                    let variant = match key.as_str() {
                        "allOf" => None,
                        TUPLE => Some(format!("item {}", index + 1)),
                        _ => Some(format!("variant {index}")),
                    };
                    let tokens = [key.as_str(), &index.to_string()];
                    place.visit_child(&tokens, variant.as_deref(), &mut |place| visit(part, place));
                }
            }
            (Some(Holds::Map), Value::Object(entries)) => {
                for (name, entry) in entries {
                    place.visit_child(&[key, name], Some(name), &mut |place| visit(entry, place));
                }
            }
            _ => {}
        }
    }
}

/// A text that is the same for schemas that are [equal in shape](equal_in_shape), whatever the order of their keys.
pub(crate) fn canonical(schema: &Value) -> String {
    let mut text = Vec::new();
    write_schema(schema, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn write_schema(schema: &Value, text: &mut Vec<u8>) {
    let Some(object) = schema.as_object() else { return write(schema, text) };
    let counted = object.iter().filter(|(key, _)| !is_annotation(key) || *key == TYPE);
    write_object(counted, text, |key, value, text| match (keywords::holds_in_30(key), value) {
        (Some(Holds::Map), Value::Object(entries)) => {
            write_object(entries.iter(), text, |_, entry, text| write_schema(entry, text));
        }
        (Some(Holds::List), Value::Array(parts)) => write_list(parts, text, write_schema),
        (Some(Holds::One), value) => write_schema(value, text),
        (None, Value::Array(names)) if key == "required" => {
            let mut names: Vec<&Value> = names.iter().collect();
            names.sort_by_cached_key(|name| name.to_string());
            write_list(names, text, write);
        }
        (_, value) => write(value, text),
    });
}

fn write(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(object) => write_object(object.iter(), text, |_, value, text| write(value, text)),
        Value::Array(items) => write_list(items, text, write),
        other => write_json(other, text),
    }
}

fn write_object<'v>(
    members: impl Iterator<Item = (&'v String, &'v Value)>,
    text: &mut Vec<u8>,
    write_value: impl Fn(&str, &Value, &mut Vec<u8>),
) {
    let mut members: Vec<_> = members.collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    text.push(b'{');
    for (key, value) in members {
        write_json(key, text);
        text.push(b':');
        write_value(key, value, text);
        text.push(b',');
    }
    text.push(b'}');
}

fn write_list<'v>(
    items: impl IntoIterator<Item = &'v Value>,
    text: &mut Vec<u8>,
    write_item: impl Fn(&Value, &mut Vec<u8>),
) {
    text.push(b'[');
    for item in items {
        write_item(item, text);
        text.push(b',');
    }
    text.push(b']');
}

fn write_json(value: &impl Serialize, text: &mut Vec<u8>) {
    // Memory can be written to, and texts and numbers are JSON.
    let _ = serde_json::to_writer(text, value);
}

/// Whether a key of a schema only describes, and says nothing about what is valid or what is read.
pub(crate) fn is_annotation(key: &str) -> bool {
    keywords::find(key).is_some_and(|keyword| keyword.role == Role::Annotation)
        || (key.starts_with("x-") && !["x-extensible-enum", CHOICES, CHECKS, TUPLE, formats::EXTENSION].contains(&key))
}

/// Whether two schemas are the same but for what only describes, at any depth, and for the order of what has none.
pub(crate) fn equal_in_shape(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return a == b };
    equal_in_shape_but(a, b, &[])
}

/// Whether all but those `keys` of two schemas has one shape.
pub(crate) fn equal_in_shape_but(a: &Map<String, Value>, b: &Map<String, Value>, keys: &[&str]) -> bool {
    let counts = |key: &String| !(is_annotation(key) && key != TYPE || keys.contains(&key.as_str()));
    let is_same = |(key, a): (&String, &Value)| {
        let Some(b) = b.get(key) else { return false };
        match (keywords::holds_in_30(key), a, b) {
            (Some(Holds::Map), Value::Object(a), Value::Object(b)) => {
                let has_same = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| equal_in_shape(a, b));
                a.len() == b.len() && a.iter().all(has_same)
            }
            (Some(Holds::List), Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal_in_shape(a, b))
            }
            (Some(Holds::One), a, b) => equal_in_shape(a, b),
            (None, Value::Array(a), Value::Array(b)) if key == "required" => {
                let sorted = |names: &Vec<Value>| {
                    let mut names: Vec<String> = names.iter().map(Value::to_string).collect();
                    names.sort_unstable();
                    names
                };
                a == b || a.len() == b.len() && sorted(a) == sorted(b)
            }
            (_, a, b) => a == b,
        }
    };
    let count = |of: &Map<String, Value>| of.keys().filter(|key| counts(key)).count();
    a.iter().filter(|(key, _)| counts(key)).all(is_same) && count(a) == count(b)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_equal_in_shape_if_their_canonical_texts_are() {
        let schemas = [
            json!(true),
            json!({}),
            json!({"type": "string"}),
            json!({"type": "string", "description": "a", "x-a": 1}),
            json!({"type": "integer"}),
            json!({"required": ["a", "b"]}),
            json!({"required": ["b", "a"]}),
            json!({"required": ["b", "b"]}),
            json!({"properties": {"description": {"type": "string", "title": "A"}}}),
            json!({"properties": {"description": {"type": "string"}}}),
            json!({"properties": {"description": {"type": "string"}, "b": {}}}),
            json!({"properties": []}),
            json!({"allOf": [{"required": ["a", "b"]}, {"items": {"example": 1}}]}),
            json!({"items": {}, "allOf": [{"required": ["b", "a"]}, {"items": {}}]}),
            json!({"allOf": [{"required": ["b", "a"]}, {"items": {}}], "title": "A"}),
            json!({"allOf": [{"items": {}}, {"required": ["b", "a"]}]}),
            json!({"enum": ["a", "b"]}),
            json!({"enum": ["b", "a"]}),
        ];
        let mut equal = 0;
        for (one, other) in schemas.iter().flat_map(|one| schemas.iter().map(move |other| (one, other))) {
            assert_eq!(equal_in_shape(one, other), canonical(one) == canonical(other), "{one} and {other}");
            equal += usize::from(one != other && equal_in_shape(one, other));
        }
        assert_eq!(equal, 8, "two of each of four pairs");
    }
}
