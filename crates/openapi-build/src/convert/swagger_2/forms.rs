//! Fields of forms, `in: formData`, become one request body.

use serde_json::{Value, json};

use super::operations::Declared;
use super::{Converter, Object};
use crate::media_type::essence;
use crate::pointer::escape;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl Converter<'_> {
    /// The request body that has `fields`. The first of them stands for the whole in messages.
    pub(super) fn form(&mut self, fields: &[Declared<'_>], consumes: Option<&[String]>, at: &str) -> Value {
        let from = fields.first().map(|field| field.origin.as_str()).unwrap_or_default();
        self.moves.add(at, from);
        let fields: Vec<(&Object, &str, &str)> = fields
            .iter()
            .filter_map(|field| {
                let object = field.target.as_object()?;
                Some((object, object.get("name")?.as_str()?, field.origin.as_str()))
            })
            .collect();
        let says_file = |schema: &Value| schema.get("type") == Some(&json!("file"));
        let is_file =
            |field: &Object| field.get("type") == Some(&json!("file")) || field.get("items").is_some_and(says_file);
        let file = fields.iter().any(|(field, ..)| is_file(field));
        let (mut properties, mut required, mut formats) = (Object::new(), Vec::new(), Vec::new());
        for (field, name, origin) in &fields {
            properties.insert((*name).to_owned(), property(field));
            if field.get("required") == Some(&json!(true)) {
                required.push(json!(name));
            }
            formats.push((*name, self.formats(field, origin)));
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = Value::Array(required.clone());
        }
        let mut content = Object::new();
        for media_type in media_types(consumes, file) {
            let of = format!("{at}/content/{}", escape(&media_type));
            self.moves.add(of.as_str(), from);
            let of = format!("{of}/schema");
            self.moves.add(of.as_str(), from);
            for (_, name, origin) in &fields {
                self.moves.add(format!("{of}/properties/{}", escape(name)), *origin);
            }
            let multipart = essence(&media_type) == MULTIPART;
            let encoded = formats
                .iter()
                .filter_map(|(name, formats)| Some(((*name).to_owned(), self.encoding(formats, multipart)?)));
            let encodings: Object = encoded.collect();
            let mut media = json!({"schema": schema});
            if !encodings.is_empty() {
                media["encoding"] = Value::Object(encodings);
            }
            content.insert(media_type, media);
        }
        let mut body = json!({"content": content});
        if !required.is_empty() {
            body["required"] = json!(true);
        }
        body
    }
}

/// The schema of a field.
fn property(field: &Object) -> Value {
    let (mut schema, own) = super::parameters::inline(field);
    let Some(object) = schema.as_object_mut() else { return schema };
    for (key, value) in own {
        match key.as_str() {
            "name" | "in" | "required" => {}
            "allowEmptyValue" => {
                object.insert("x-allowEmptyValue".into(), value);
            }
            _ => {
                object.entry(key).or_insert(value);
            }
        }
    }
    schema
}

/// The media types of a form: those of `consumes` that can hold one, each once, whatever its parameters are.
fn media_types(consumes: Option<&[String]>, file: bool) -> Vec<String> {
    let holds = |media_type: &&String| {
        let essence = essence(media_type);
        essence == MULTIPART || (essence == FORM && !file)
    };
    let mut stated: Vec<String> = Vec::new();
    for media_type in consumes.unwrap_or_default().iter().filter(holds) {
        if !stated.iter().any(|other| essence(other) == essence(media_type)) {
            stated.push(media_type.clone());
        }
    }
    match stated.is_empty() {
        false => stated,
        true if file => vec![MULTIPART.to_owned()],
        true => vec![FORM.to_owned()],
    }
}
