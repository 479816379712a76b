//! Makes a value that a schema allows in a response: an example if there is one, else an instance of the schema.

use serde_json::{Map, Value, json};

use crate::document::Document;

/// How deep an instance may be before optional properties are left out.
const DEPTH: usize = 6;

/// The longest text that is made, whatever `minLength` asks for: what a loopback test still reads at once.
const MAX_TEXT: usize = 64 * 1024;

impl Document {
    /// A value for a body or a header: its example, else the first of its examples, else one made from the schema.
    /// Published examples leave out what their schema requires; that is added.
    pub(crate) fn example(&self, of: &Value) -> Option<Value> {
        let first = of.get("examples").and_then(Value::as_object).and_then(|examples| examples.values().next());
        let first = first.and_then(|example| self.resolve(example).get("value"));
        let mut value = match of.get("example").or(first) {
            Some(example) => example.clone(),
            None => self.instance(of.get("schema")?, 0),
        };
        if let Some(schema) = of.get("schema") {
            self.complete(&mut value, &[schema], 0);
        }
        Some(value)
    }

    /// Adds what `value` lacks and `schemas`, all of which it must match, require.
    fn complete(&self, value: &mut Value, schemas: &[&Value], depth: usize) {
        let mut parts = Vec::new();
        schemas.iter().for_each(|schema| self.parts(schema, 0, &mut parts));
        match value {
            Value::Object(members) if depth < 2 * DEPTH => {
                let required = parts.iter().filter_map(|part| part.get("required")?.as_array()).flatten();
                for name in required.filter_map(Value::as_str) {
                    if !members.contains_key(name) && !self.is_write_only(&parts, name) {
                        let schema = parts.iter().find_map(|part| part.get("properties")?.get(name));
                        let value = schema.map_or_else(|| json!({}), |schema| self.instance(schema, depth + 1));
                        members.insert(name.to_owned(), value);
                    }
                }
                for (name, member) in members {
                    let schemas: Vec<&Value> =
                        parts.iter().filter_map(|part| part.get("properties")?.get(name)).collect();
                    self.complete(member, &schemas, depth + 1);
                }
            }
            Value::Array(items) => {
                let schemas: Vec<&Value> = parts.iter().filter_map(|part| part.get("items")).collect();
                items.iter_mut().for_each(|item| self.complete(item, &schemas, depth + 1));
            }
            _ => {}
        }
    }

    /// A value that `schema` allows.
    pub(crate) fn instance(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        for key in ["example", "default", "const"] {
            if let Some(value) = schema.get(key) {
                return value.clone();
            }
        }
        if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|values| values.first()) {
            return first.clone();
        }
        if depth > 2 * DEPTH {
            return Value::Null;
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(first) = schema.get(key).and_then(Value::as_array).and_then(|parts| parts.first()) {
                return self.instance(first, depth + 1);
            }
        }
        let mut parts = Vec::new();
        self.parts(schema, 0, &mut parts);
        let kind = parts.iter().find_map(|part| type_of(part));
        let is_object = parts.iter().any(|part| part.get("properties").is_some() || part.get("required").is_some());
        match kind {
            Some("string") => Value::String(text(&parts)),
            Some("integer") => bounded(&parts, 1),
            Some("number") => bounded(&parts, 1),
            Some("boolean") => Value::Bool(true),
            Some("array") => {
                let item = parts.iter().find_map(|part| part.get("items"));
                json!(item.map(|item| self.instance(item, depth + 1)).into_iter().collect::<Vec<_>>())
            }
            _ if kind == Some("object") || is_object => self.object(&parts, depth),
            _ => json!({}),
        }
    }

    /// `schema` and the parts of its `allOf`, all the way down.
    fn parts<'a>(&'a self, schema: &'a Value, depth: usize, parts: &mut Vec<&'a Value>) {
        let schema = self.resolve(schema);
        parts.push(schema);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            if depth < DEPTH {
                self.parts(part, depth + 1, parts);
            }
        }
    }

    fn object(&self, parts: &[&Value], depth: usize) -> Value {
        let names = |key: &str| -> Vec<String> {
            let lists = parts.iter().filter_map(|part| part.get(key));
            lists
                .flat_map(|list| list.as_array().into_iter().flatten())
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let required = names("required");
        let mut object = Map::new();
        for part in parts {
            for (name, schema) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let wanted = (depth < DEPTH || required.contains(name)) && !self.is_write_only(parts, name);
                if wanted && !object.contains_key(name) {
                    object.insert(name.clone(), self.instance(schema, depth + 1));
                }
            }
        }
        for name in required.into_iter().filter(|name| !self.is_write_only(parts, name)) {
            object.entry(name).or_insert_with(|| json!({}));
        }
        Value::Object(object)
    }

    /// Whether a property belongs to requests only (OpenAPI 3.0.3, Schema Object, writeOnly).
    fn is_write_only(&self, parts: &[&Value], name: &str) -> bool {
        let mut of_property = Vec::new();
        for schema in parts.iter().filter_map(|part| part.get("properties")?.get(name)) {
            self.parts(schema, 0, &mut of_property);
        }
        of_property.iter().any(|part| part.get("writeOnly") == Some(&Value::Bool(true)))
    }
}

/// The type that a schema names; the first that is not `null` where it lists several (OpenAPI 3.1).
fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        other => other.as_str(),
    }
}

/// A number within the bounds, `value` if possible.
fn bounded(parts: &[&Value], value: i64) -> Value {
    let bound = |key: &str| parts.iter().find_map(|part| part.get(key)?.as_i64());
    let low = bound("minimum").map_or(value, |low| value.max(low.saturating_add(1)));
    json!(bound("maximum").map_or(low, |high| low.min(high)))
}

/// A string of the format, as long as it must be.
fn text(parts: &[&Value]) -> String {
    let format = parts.iter().find_map(|part| part.get("format")?.as_str());
    let text = match format {
        Some("date-time") => "2026-01-02T03:04:05Z",
        Some("date") => "2026-01-02",
        Some("uuid") => "b3a17773-05cc-4431-9560-433fb4613da8",
        Some("uri" | "url") => "https://example.com/",
        Some("email") => "ada@example.com",
        Some("byte") => "aGVsbG8=",
        _ => "text",
    };
    let length =
        |key: &str| parts.iter().find_map(|part| part.get(key)?.as_u64()).and_then(|n| usize::try_from(n).ok());
    let mut text = text.to_owned();
    while text.len() < length("minLength").unwrap_or(0).min(MAX_TEXT) {
        text.push('x');
    }
    text.truncate(length("maxLength").unwrap_or(usize::MAX));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(schema: Value) -> Value {
        let document = Document::new(json!({"paths": {}})).expect("it has paths");
        document.instance(&schema, 0)
    }

    #[test]
    fn bounds_that_cannot_be_met_neither_panic_nor_fill_the_memory() {
        assert_eq!(instance(json!({"type": "integer", "minimum": i64::MAX})), json!(i64::MAX));
        let long = instance(json!({"type": "string", "minLength": u64::MAX}));
        assert_eq!(long.as_str().map(str::len), Some(MAX_TEXT));
    }

    #[test]
    fn a_list_of_types_counts_by_the_first_that_is_not_null() {
        assert_eq!(instance(json!({"type": ["null", "boolean"]})), json!(true));
        assert_eq!(instance(json!({"type": ["string", "null"], "const": "a"})), json!("a"));
    }
}
