//! Request bodies: what an operation takes, and the checks of what arrives.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::body::Bytes;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

use crate::multipart::{self, Part};
use crate::schema::{Side, known_types, validator};
use crate::tree::{Kind, Tree};

/// A request body as the document describes it.
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    contents: Vec<Content>,
}

/// One media type of a body.
struct Content {
    media_type: String,
    /// The schema, as the document writes it.
    schema: Option<Value>,
    /// Whether it is the schema of each item of a sequence, and not of the whole body (OpenAPI 3.2, `itemSchema`).
    of_items: bool,
    /// How the fields of a form are encoded.
    encoding: Option<Value>,
    /// Made with the first request, because a document may have hundreds of operations.
    validator: OnceLock<Option<jsonschema::Validator>>,
}

/// What is wrong with a body: the field, as a JSON pointer, and why.
pub(crate) type Problem = (String, String);

impl RequestBody {
    /// Reads a Request Body Object.
    pub(crate) fn new(tree: &Tree, body: &Value) -> Self {
        let content = body.get("content").and_then(Value::as_object).into_iter().flatten();
        let contents = content.map(|(media_type, media)| {
            let media = tree.resolve(media, Kind::MediaType);
            let get = |key: &str| media.and_then(|media| media.get(key)).filter(|schema| !schema.is_null()).cloned();
            let (schema, of_items) = match (get("schema"), get("itemSchema")) {
                (None, Some(items)) => (Some(items), true),
                (schema, _) => (schema, false),
            };
            let encoding = get("encoding");
            Content { media_type: media_type.clone(), schema, of_items, encoding, validator: OnceLock::new() }
        });
        Self { required: body.get("required") == Some(&json!(true)), contents: contents.collect() }
    }

    /// Any body.
    pub(crate) fn any() -> Self {
        Self { required: false, contents: Vec::new() }
    }

    /// Checks `bytes` against the media types and the schema.
    pub(crate) fn check(&self, tree: &Tree, media_type: &str, bytes: &Bytes) -> Result<(), Problem> {
        let wrong = |what: &str| Err((String::new(), what.to_owned()));
        if bytes.is_empty() {
            return if self.required { wrong("the request body is missing") } else { Ok(()) };
        }
        let Some(content) = self.content(media_type) else {
            return if self.contents.is_empty() {
                Ok(())
            } else {
                wrong("the request body does not have a documented media type")
            };
        };
        if is_json(media_type) {
            let instance = json_of(bytes)?;
            return content.check(tree, &instance);
        }
        if is_sequence(media_type) {
            return if content.of_items { content.check_lines(tree, bytes) } else { Ok(()) };
        }
        match essence(media_type).to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => content.check_form(tree, bytes),
            "multipart/form-data" => content.check_parts(tree, media_type, bytes),
            _ => Ok(()),
        }
    }

    /// The content of that media type: an exact one, else a range that it is in.
    fn content(&self, media_type: &str) -> Option<&Content> {
        let sent = essence(media_type);
        let exact = self.contents.iter().find(|content| essence(&content.media_type).eq_ignore_ascii_case(sent));
        exact.or_else(|| self.contents.iter().find(|content| is_within(sent, essence(&content.media_type))))
    }

    /// How many members of a JSON body it declares, which tells apart the operations of one route.
    pub(crate) fn declares(&self, tree: &Tree, media_type: &str, bytes: &Bytes) -> usize {
        let schema = self.content(media_type).and_then(|content| content.schema.as_ref());
        let Some(schema) = schema.and_then(|schema| tree.resolve(schema, Kind::Schema)) else { return 0 };
        let Ok(Value::Object(members)) = serde_json::from_slice(bytes) else { return 0 };
        members
            .keys()
            .filter(|name| schema.get("properties").is_some_and(|all| all.get(name.as_str()).is_some()))
            .count()
    }
}

impl Content {
    /// The validator; `None` where there is no schema, or one that cannot be compiled, which says nothing about a body.
    fn validator(&self, tree: &Tree) -> Option<&jsonschema::Validator> {
        self.validator.get_or_init(|| validator(tree, self.schema.as_ref()?, Side::Request)).as_ref()
    }

    fn check(&self, tree: &Tree, instance: &Value) -> Result<(), Problem> {
        let Some(validator) = self.validator(tree) else { return Ok(()) };
        match validator.iter_errors(instance).next() {
            Some(error) => Err((field(&error), error.to_string())),
            None => Ok(()),
        }
    }

    /// Checks each line of a sequence of JSON texts.
    fn check_lines(&self, tree: &Tree, bytes: &Bytes) -> Result<(), Problem> {
        let lines = bytes.split(|byte| [b'\n', 0x1e].contains(byte)).filter(|line| !line.trim_ascii().is_empty());
        for (index, line) in lines.enumerate() {
            let checked = json_of(line).and_then(|item| self.check(tree, &item));
            checked.map_err(|(pointer, detail)| (format!("/{index}{pointer}"), detail))?;
        }
        Ok(())
    }

    /// Checks that a form has what it must have, and that its plain fields are of their types.
    fn check_form(&self, tree: &Tree, bytes: &Bytes) -> Result<(), Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(bytes).into_owned().collect();
        self.check_names(tree, &pairs.iter().map(|(name, _)| root_of(name)).collect::<Vec<_>>())?;
        for (name, text) in &pairs {
            let Some(schema) = self.property(tree, name) else { continue };
            let Some(types) = known_types(schema.get("type")) else { continue };
            if types.iter().all(|name| ["integer", "number", "boolean"].contains(name)) {
                let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                self.check_field(tree, name, schema, &value)?;
            } else if types == ["string"] {
                self.check_field(tree, name, schema, &json!(text))?;
            }
        }
        Ok(())
    }

    fn check_field(&self, tree: &Tree, name: &str, schema: &Value, value: &Value) -> Result<(), Problem> {
        let Some(validator) = validator(tree, schema, Side::Request) else { return Ok(()) };
        let error = validator.iter_errors(value).next().map(|error| (pointer_to(name), error.to_string()));
        error.map_or(Ok(()), Err)
    }

    /// Checks a multipart body part by part: whether all that must be there are, and each of them.
    fn check_parts(&self, tree: &Tree, media_type: &str, bytes: &Bytes) -> Result<(), Problem> {
        let parts = multipart::parts(media_type, bytes).map_err(|wrong| (String::new(), wrong))?;
        self.check_names(tree, &parts.iter().map(|part| root_of(&part.name)).collect::<Vec<_>>())?;
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for part in &parts {
            let name = part.name.as_str();
            let Some(property) = self.property(tree, name) else {
                self.check_undeclared(tree, root_of(name))?;
                continue;
            };
            let encoding = self.encoding.as_ref().and_then(|encoding| encoding.get(name));
            let is_list = known_types(property.get("type")).is_some_and(|types| types.contains(&"array"));
            let items = property.get("items").filter(|_| is_list).and_then(|items| tree.resolve(items, Kind::Schema));
            let schema = items.unwrap_or(property);
            let allowed = encoding.and_then(|encoding| encoding.get("contentType")?.as_str());
            check_media_type(part, allowed)?;
            // A text in a style of its own is not taken apart.
            let styled = ["style", "explode"].iter().any(|key| encoding.is_some_and(|of| of.get(key).is_some()));
            if is_binary(schema, allowed) || (styled && allowed.is_none()) {
                continue;
            }
            let Some(value) = value_of(part, schema)? else { continue };
            if is_list {
                lists.entry(name).or_default().push(value);
            } else {
                self.check_field(tree, name, property, &value)?;
            }
        }
        for (name, values) in lists {
            let Some(property) = self.property(tree, name) else { continue };
            self.check_field(tree, name, property, &Value::Array(values))?;
        }
        Ok(())
    }

    /// Checks that the schema takes a field that it does not declare.
    fn check_undeclared(&self, tree: &Tree, name: &str) -> Result<(), Problem> {
        let schema = self.schema.as_ref().and_then(|schema| tree.resolve(schema, Kind::Schema));
        let declared = schema.and_then(|schema| schema.get("properties")?.get(name)).is_some();
        let closed = schema.is_some_and(|schema| schema.get("additionalProperties") == Some(&json!(false)));
        if closed && !declared { Err((pointer_to(name), format!("there is no field `{name}`"))) } else { Ok(()) }
    }

    /// Checks that no required field is missing. A list or an object may be sent as no field at all.
    fn check_names(&self, tree: &Tree, names: &[&str]) -> Result<(), Problem> {
        let (Some(schema), false) = (&self.schema, self.of_items) else { return Ok(()) };
        let Some(schema) = tree.resolve(schema, Kind::Schema) else { return Ok(()) };
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !names.contains(name)) {
            let property = self.property(tree, name);
            let may_be_empty = property.is_none_or(|schema| {
                known_types(schema.get("type")).is_none_or(|types| {
                    types.contains(&"array") || types.contains(&"object") || types.contains(&"null")
                }) || ["readOnly", "nullable", "x-nullable"].iter().any(|key| schema.get(key) == Some(&json!(true)))
            });
            if !may_be_empty {
                return Err((pointer_to(name), format!("the field `{name}` is missing")));
            }
        }
        Ok(())
    }

    /// The schema of the property `name` of a form.
    fn property<'a>(&'a self, tree: &'a Tree, name: &str) -> Option<&'a Value> {
        let schema = tree.resolve(self.schema.as_ref()?, Kind::Schema)?;
        tree.resolve(schema.get("properties")?.get(name)?, Kind::Schema)
    }
}

/// Checks that a part has one of the media types that its encoding allows.
fn check_media_type(part: &Part<'_>, allowed: Option<&str>) -> Result<(), Problem> {
    let Some(allowed) = allowed else { return Ok(()) };
    // RFC 7578, 4.4: the default.
    let sent = part.media_type.as_deref().unwrap_or("text/plain");
    let fits = allowed
        .split(',')
        .map(essence)
        .any(|range| essence(sent).eq_ignore_ascii_case(range) || is_within(essence(sent), range));
    let wrong = || format!("the part `{}` is `{sent}`, which is not one of: {allowed}", part.name);
    if fits { Ok(()) } else { Err((pointer_to(&part.name), wrong())) }
}

/// Whether the values of a part are bytes, of which there is nothing to check.
fn is_binary(schema: &Value, allowed: Option<&str>) -> bool {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let said = text("format") == "binary" || text("type") == "file" || text("contentEncoding") == "binary";
    let media_types = allowed.or(schema.get("contentMediaType").and_then(Value::as_str)).unwrap_or_default();
    let is_bytes = |media_type: &str| {
        let name = essence(media_type).to_ascii_lowercase();
        !(name.is_empty() || name.starts_with("text/") || is_json(&name) || name.ends_with("xml"))
    };
    said || media_types.split(',').any(is_bytes)
}

/// What a part of text or JSON says; `None` where its schema does not tell.
fn value_of(part: &Part<'_>, schema: &Value) -> Result<Option<Value>, Problem> {
    let wrong = |what: String| (pointer_to(&part.name), format!("the part `{}` is {what}", part.name));
    let of_json = || json_of(part.content).map_err(|(_, detail)| wrong(detail));
    if part.media_type.as_deref().is_some_and(is_json) {
        return of_json().map(Some);
    }
    let Some(types) = known_types(schema.get("type")) else { return Ok(None) };
    let text = std::str::from_utf8(part.content).map_err(|_| wrong("no text of UTF-8".to_owned()))?;
    if types == ["string"] {
        return Ok(Some(json!(text)));
    }
    if types.iter().all(|name| ["integer", "number", "boolean", "null"].contains(name)) {
        return Ok(Some(serde_json::from_str(text).unwrap_or_else(|_| json!(text))));
    }
    if types.iter().all(|name| ["object", "array"].contains(name)) { of_json().map(Some) } else { Ok(None) }
}

fn json_of(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| (String::new(), format!("not JSON: {error}")))
}

/// The property that a field of a form belongs to: `a` for `a[b]`.
fn root_of(name: &str) -> &str {
    name.split('[').next().unwrap_or_default()
}

fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The field that an error is about: a missing or superfluous one itself, and not the object around it.
fn field(error: &jsonschema::ValidationError<'_>) -> String {
    let object = error.instance_path().to_string();
    let name = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.first().map(String::as_str),
        _ => None,
    };
    match name {
        Some(name) => object + &pointer_to(name),
        None => object,
    }
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Whether a media type is JSON, by its name or its suffix (RFC 6839, 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let name = essence(media_type).to_ascii_lowercase();
    (name.ends_with("/json") || name.ends_with("+json")) && !is_sequence(&name)
}

/// Whether a body of that media type is a sequence of JSON texts.
pub(crate) fn is_sequence(media_type: &str) -> bool {
    let name = essence(media_type).to_ascii_lowercase();
    let known = ["jsonl", "ndjson", "json-lines", "x-jsonlines", "json-seq", "stream+json"];
    name.split_once('/')
        .is_some_and(|(_, name)| known.contains(&name.trim_start_matches("x-")) || known.contains(&name))
}

/// Whether the range `range`, such as `image/*`, has `media_type` in it.
fn is_within(media_type: &str, range: &str) -> bool {
    match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => media_type.split('/').next().is_some_and(|sent| sent.eq_ignore_ascii_case(kind)),
        _ => range == "*",
    }
}

/// The media type object of `media_type` in the `content` of a body. Without a media type, that of JSON.
pub(crate) fn media<'a>(of: &'a Value, media_type: Option<&str>) -> Option<(&'a str, &'a Value)> {
    let content: &Map<String, Value> = of.get("content")?.as_object()?;
    let mut content = content.iter().map(|(media_type, media)| (media_type.as_str(), media));
    match media_type {
        Some(wanted) => content.find(|(media_type, _)| essence(media_type) == essence(wanted)),
        None => content.find(|(media_type, _)| is_json(media_type)),
    }
}
