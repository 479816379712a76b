//! Responses.

use serde_json::{Value, json};

use super::{Converter, Object, schemas};
use crate::extensions::FILE;
use crate::grammar;
use crate::pointer::escape;

impl<'a> Converter<'a> {
    /// The responses of an operation that produces those media types.
    pub(super) fn responses(&mut self, responses: &'a Object, produces: Option<&[String]>, at: &str) -> Object {
        let mut converted = Object::new();
        for (status, value) in responses {
            let at = format!("{at}/{}", escape(status));
            let reference = grammar::reference(value);
            let same = produces == self.produces.as_deref();
            if let Some(reference) = reference.filter(|reference| reference.starts_with("#/definitions/")) {
                let response = self.described_by(reference, &at, produces, &at);
                converted.insert(status.clone(), response);
                continue;
            }
            let response = match (reference, grammar::resolve(self.source, value).and_then(Value::as_object)) {
                _ if status.starts_with("x-") => value.clone(),
                (None, Some(response)) => self.response(response, &at, produces, &at),
                // A shared response has the media types of the document.
                (Some(reference), Some(response)) if !same => {
                    let from = reference.strip_prefix('#').unwrap_or(&at);
                    self.inlined.insert(format!("/components{from}"));
                    self.response(response, from, produces, &at)
                }
                _ => value.clone(),
            };
            converted.insert(status.clone(), response);
        }
        converted
    }

    /// A response that refers to a schema instead of a response: its body is of that schema.
    pub(super) fn described_by(&mut self, reference: &str, from: &str, produces: Option<&[String]>, at: &str) -> Value {
        let message =
            format!("`{reference}` is a schema, and a response belongs here: its body is read as of that schema");
        self.warn(from, message);
        let response = json!({"description": "", "schema": {"$ref": reference}});
        let converted = response.as_object().map(|response| self.response(response, from, produces, at));
        for key in converted.iter().flat_map(|it| it["content"].as_object()).flatten().map(|(key, _)| escape(key)) {
            self.moves.add(format!("{at}/content/{key}/schema"), from);
        }
        converted.unwrap_or_default()
    }

    /// A response in each of those media types.
    pub(super) fn response(&mut self, response: &Object, from: &str, produces: Option<&[String]>, at: &str) -> Value {
        self.moves.add(at, from);
        let mut converted = Object::new();
        for (key, value) in response {
            match (key.as_str(), value) {
                ("schema" | "examples", _) => {}
                ("headers", Value::Object(headers)) => {
                    let mut all = Object::new();
                    for (name, header) in headers {
                        let (from, at) =
                            (format!("{from}/headers/{}", escape(name)), format!("{at}/headers/{}", escape(name)));
                        let header = header.as_object().map(|header| self.header(header, &from, &at));
                        all.extend(header.map(|header| (name.clone(), header)));
                    }
                    converted.insert(key.clone(), Value::Object(all));
                }
                _ => {
                    converted.insert(key.clone(), value.clone());
                }
            }
        }
        let examples = response.get("examples").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut unused = examples.clone();
        if let Some(schema) = response.get("schema").filter(|schema| !schema.is_null()) {
            let (schema, file) = self.body_schema(schema);
            let written: Vec<String> = examples.keys().filter(|key| key.contains('/')).cloned().collect();
            let media_types = match produces {
                Some(media_types) => media_types.to_vec(),
                None if file => vec!["*/*".to_owned()],
                None if !written.is_empty() => written,
                None => vec!["application/json".to_owned()],
            };
            let mut content = Object::new();
            let of_schema = format!("{from}/schema");
            let schema = self.body_of(schema, media_types.len(), at, &of_schema);
            for media_type in media_types {
                let of = format!("{at}/content/{}", escape(&media_type));
                self.moves.add(of.as_str(), from);
                self.moves.add(format!("{of}/schema"), of_schema.as_str());
                let mut media = json!({"schema": schema});
                if let Some(example) = unused.shift_remove(&media_type) {
                    media["example"] = example;
                }
                content.insert(media_type, media);
            }
            converted.insert("content".into(), Value::Object(content));
        }
        if !unused.is_empty() {
            converted.insert("x-examples".into(), Value::Object(unused));
        }
        Value::Object(converted)
    }

    /// The schema of a body, and whether it is a file.
    fn body_schema(&self, schema: &Value) -> (Value, bool) {
        let target = grammar::resolve(self.source, schema).unwrap_or(schema);
        let says = |key: &str, text: &str| target.get(key).and_then(Value::as_str) == Some(text);
        let file = says("type", "file") || (says("type", "string") && says("format", "binary"));
        let mut schema = if file { target.clone() } else { schema.clone() };
        schemas::convert(&mut schema);
        if let Some(object) = schema.as_object_mut().filter(|_| file) {
            object.insert(FILE.into(), json!(true));
        }
        (schema, file)
    }
}
