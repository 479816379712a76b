//! Q001: keys that OpenAPI does not know.
//!
//! # What it is
//! A fixed-field object of the document has a key that is neither one of its fixed fields nor an extension (`x-…`).
//!
//! # Where it was seen
//! Confluent's documentation pages put `jsonRequestBodyExample` beside an operation's `servers`.
//!
//! # Why it matters
//! OpenAPI 3.0.3 (4.7, "fixed fields") allows no other keys; validators refuse the document, and a reader cannot know
//! what the key was to mean.
//!
//! # The repair
//! The key and its value are set aside, with a note that names it.
//!
//! # Before and after
//! ```yaml
//! get: {operationId: list, responses: {}, jsonRequestBodyExample: {a: 1}}
//! ```
//! ```yaml
//! get: {operationId: list, responses: {}}
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report};
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;
#[cfg(feature = "track")]
use crate::grammar::Kind;
use crate::grammar::{METHODS, is_method};
#[cfg(feature = "track")]
use crate::keywords;
use crate::pointer::escape;

const CODE: &str = "Q001";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

// Webhooks came with OpenAPI 3.1, and their types are generated.
const DOCUMENT: &[&str] =
    &["openapi", "info", "servers", "paths", "webhooks", "components", "security", "tags", "externalDocs"];
const PATH_ITEM: &[&str] = &["$ref", "summary", "description", "servers", "parameters"];
const OPERATION: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "deprecated",
    "security",
    "servers",
];
const PARAMETER: &[&str] = &[
    "$ref",
    "name",
    "in",
    "description",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "example",
    "examples",
    "content",
];
const REQUEST_BODY: &[&str] = &["$ref", "description", "content", "required"];
const RESPONSE: &[&str] = &["$ref", "description", "headers", "content", "links"];
const MEDIA_TYPE: &[&str] = &["schema", "example", "examples", "encoding"];
const COMPONENTS: &[&str] = &[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];

/// Whether OpenAPI knows the key in an object of that kind; `None` for kinds whose keys are left alone.
#[cfg(feature = "track")]
pub(crate) fn knows(kind: Kind, key: &str) -> Option<bool> {
    let known: &[&str] = match kind {
        Kind::Document => DOCUMENT,
        Kind::PathItem if is_method(key) => return Some(true),
        Kind::PathItem => PATH_ITEM,
        Kind::Operation => OPERATION,
        Kind::Parameter | Kind::Header => PARAMETER,
        Kind::RequestBody => REQUEST_BODY,
        Kind::Response => RESPONSE,
        Kind::MediaType => MEDIA_TYPE,
        Kind::Components => COMPONENTS,
        Kind::Schema => return Some(keywords::find(key).is_some()),
        _ => return None,
    };
    Some(known.contains(&key))
}

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut keys = Keys { report };
    let Some(root) = keys.object(document, DOCUMENT, "") else { return };
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths.iter_mut() {
            keys.path_item(item, &format!("/paths/{}", escape(path)));
        }
    }
    let Some(components) = root.get_mut("components") else { return };
    let Some(components) = keys.object(components, COMPONENTS, "/components") else { return };
    for (kind, members) in components.iter_mut() {
        let Some(members) = members.as_object_mut() else { continue };
        for (name, member) in members.iter_mut() {
            let pointer = format!("/components/{kind}/{}", escape(name));
            match kind.as_str() {
                "parameters" | "headers" => keys.parameter(member, &pointer),
                "requestBodies" => keys.body(member, REQUEST_BODY, &pointer),
                "responses" => keys.response(member, &pointer),
                _ => {}
            }
        }
    }
}

struct Keys<'a> {
    report: &'a mut Report,
}

impl Keys<'_> {
    /// `value` as an object that has none but `known` keys and extensions any more.
    fn object<'v>(
        &mut self,
        value: &'v mut Value,
        known: &[&str],
        pointer: &str,
    ) -> Option<&'v mut Map<String, Value>> {
        let object = value.as_object_mut()?;
        let unknown: Vec<String> =
            object.keys().filter(|key| !key.starts_with("x-") && !known.contains(&key.as_str())).cloned().collect();
        for key in unknown {
            object.shift_remove(&key);
            let place = format!("{pointer}/{}", escape(&key));
            let message = format!("`{key}` is no key that OpenAPI 3.0 knows here; it is set aside");
            self.report.add(Diagnostic::note(CODE, message).at(place).help("name it `x-…` to keep it as an extension"));
        }
        Some(object)
    }

    fn path_item(&mut self, item: &mut Value, pointer: &str) {
        let known: Vec<&str> = PATH_ITEM.iter().chain(&METHODS).copied().collect();
        let Some(item) = self.object(item, &known, pointer) else { return };
        for (key, value) in item.iter_mut() {
            let pointer = format!("{pointer}/{key}");
            if key == "parameters" {
                self.parameters(value, &pointer);
            } else if is_method(key) {
                self.operation(value, &pointer);
            }
        }
    }

    fn operation(&mut self, operation: &mut Value, pointer: &str) {
        let Some(operation) = self.object(operation, OPERATION, pointer) else { return };
        for (key, value) in operation.iter_mut() {
            let pointer = format!("{pointer}/{key}");
            match key.as_str() {
                "parameters" => self.parameters(value, &pointer),
                "requestBody" => self.body(value, REQUEST_BODY, &pointer),
                "responses" => {
                    for (status, response) in value.as_object_mut().into_iter().flatten() {
                        self.response(response, &format!("{pointer}/{}", escape(status)));
                    }
                }
                _ => {}
            }
        }
    }

    fn parameters(&mut self, list: &mut Value, pointer: &str) {
        for (index, parameter) in list.as_array_mut().into_iter().flatten().enumerate() {
            self.parameter(parameter, &format!("{pointer}/{index}"));
        }
    }

    fn parameter(&mut self, parameter: &mut Value, pointer: &str) {
        self.body(parameter, PARAMETER, pointer);
    }

    fn response(&mut self, response: &mut Value, pointer: &str) {
        self.body(response, RESPONSE, pointer);
        for (name, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            self.parameter(header, &format!("{pointer}/headers/{}", escape(name)));
        }
    }

    /// Whatever may have a `content`.
    fn body(&mut self, body: &mut Value, known: &[&str], pointer: &str) {
        let Some(body) = self.object(body, known, pointer) else { return };
        for (media_type, value) in body.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            self.object(value, MEDIA_TYPE, &format!("{pointer}/content/{}", escape(media_type)));
        }
    }
}
