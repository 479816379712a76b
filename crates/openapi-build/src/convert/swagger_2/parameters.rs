//! Parameters that are neither bodies nor fields of forms, and bodies.

use serde_json::{Value, json};

use super::media_types::INLINE;
use super::{Converter, Object, schemas};
use crate::extensions::SOURCE;
use crate::formats;
use crate::keywords;
use crate::pointer::escape;

/// What a parameter or a header says itself; anything else that a schema may say is about its value.
const OWN: [&str; 9] =
    ["name", "in", "description", "required", "allowEmptyValue", "deprecated", "example", "examples", "schema"];

/// The schema of a value whose type is stated inline, and the keys that are not about the value.
pub(super) fn inline(object: &Object) -> (Value, Object) {
    let mut schema = match object.get("schema") {
        Some(Value::Object(schema)) => schema.clone(),
        _ => Object::new(),
    };
    let mut own = Object::new();
    for (key, value) in object {
        let about_value = keywords::find(key).is_some()
            || ["x-nullable", "x-isnullable", SOURCE, formats::EXTENSION].contains(&key.as_str());
        match key.as_str() {
            "schema" | "collectionFormat" => {}
            "x-example" if !object.contains_key("example") => {
                own.insert("example".into(), value.clone());
            }
            key if about_value && !OWN.contains(&key) => {
                schema.insert(key.to_owned(), value.clone());
            }
            key => {
                own.insert(key.to_owned(), value.clone());
            }
        }
    }
    without_formats(&mut schema);
    let mut schema = Value::Object(schema);
    schemas::convert(&mut schema);
    (schema, own)
}

/// Takes out how lists in lists are written, which is said beside the schema.
fn without_formats(schema: &mut Object) {
    schema.shift_remove("collectionFormat");
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        without_formats(items);
    }
}

impl Converter<'_> {
    /// A parameter of a path, a query or a header.
    pub(super) fn parameter(&mut self, parameter: &Object, from: &str, at: &str) -> Value {
        let place = parameter.get("in").and_then(Value::as_str).unwrap_or_default();
        self.stated_inline(parameter, place, from, at)
    }

    /// A response header.
    pub(super) fn header(&mut self, header: &Object, from: &str, at: &str) -> Value {
        self.stated_inline(header, "header", from, at)
    }

    /// A parameter or a header, whose type Swagger 2.0 states beside its name.
    fn stated_inline(&mut self, object: &Object, place: &str, from: &str, at: &str) -> Value {
        self.moves.add(at, from);
        self.moves.add(format!("{at}/schema"), from);
        let (schema, mut converted) = inline(object);
        let formats = self.formats(object, from);
        self.style(&mut converted, &formats, place, from);
        converted.insert("schema".into(), schema);
        Value::Object(converted)
    }

    /// The request body that a body parameter is, in each of the media types.
    pub(super) fn request_body(
        &mut self,
        parameter: &Object,
        from: &str,
        consumes: Option<&[String]>,
        at: &str,
    ) -> Value {
        self.moves.add(at, from);
        let stated = parameter.get("schema").is_some();
        let mut body = Object::new();
        let (schema, own) = match parameter.get("schema") {
            Some(schema) => {
                let mut schema = schema.clone();
                schemas::convert(&mut schema);
                let own = parameter.iter().filter(|(key, _)| *key != "schema");
                (schema, own.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            None => inline(parameter),
        };
        let json = ["application/json".to_owned()];
        let examples = own.get("x-examples").and_then(Value::as_object);
        let mut content = Object::new();
        let media_types = consumes.unwrap_or(&json);
        let of_schema = if stated { format!("{from}/schema") } else { from.to_owned() };
        let schema = self.body_of(schema, media_types.len(), at, &of_schema);
        for (index, media_type) in media_types.iter().enumerate() {
            let mut media = json!({"schema": schema});
            let of_all = own.get("x-example").filter(|_| index < INLINE);
            let example = examples.and_then(|all| all.get(media_type)).or(of_all);
            if let Some(example) = example {
                media["example"] = example.clone();
            }
            content.insert(media_type.clone(), media);
            let of = format!("{at}/content/{}", escape(media_type));
            self.moves.add(of.as_str(), from);
            self.moves.add(format!("{of}/schema"), of_schema.as_str());
        }
        for (key, value) in own {
            match key.as_str() {
                "name" | "in" | "x-example" | "type" => {}
                "x-examples"
                    if value.as_object().is_some_and(|all| all.keys().all(|key| content.contains_key(key))) => {}
                "description" | "required" => {
                    body.insert(key, value);
                }
                key if key.starts_with("x-") => {
                    body.insert(key.to_owned(), value);
                }
                _ => {}
            }
        }
        body.insert("content".into(), Value::Object(content));
        Value::Object(body)
    }
}
