//! Q043: OpenAPI 3.2.
//!
//! # What it is
//! The document has what came with OpenAPI 3.2: operations of any method (`additionalOperations`, `query`), parameters that
//! are the whole query (`in: querystring`), the schema of the items of a stream (`itemSchema`), shared media types
//! (`components.mediaTypes`), a `defaultMapping` of a discriminator, or a base URI of its own (`$self`).
//!
//! # Where it was seen
//! In no document that Confluent publishes today; in what other publishers do.
//!
//! # Why it matters
//! Every reader of OpenAPI 3.0 and 3.1 overlooks it: the operations would not be in the client.
//!
//! # The repair
//! An operation of any method becomes one of its path: the method is sent as the definition writes it. A parameter
//! that is the whole query is one of the query if it has the media type of forms, and else is sent as the query by
//! itself, in JSON or as text; of another media type it is left out. References to shared media types become what
//! they lead to, while the files of the document are joined. The schema of a stream's items and a `defaultMapping`
//! are carried along; of events it is the schema of their `data`, which is what their `contentSchema` says. References that begin with `$self` are local, and relative
//! URLs of servers are resolved against it. A later version than 3.2 is read as 3.2, with a warning. All schemas are
//! those of OpenAPI 3.1 (Q008).
//!
//! # Before and after
//! ```yaml
//! /items: {additionalOperations: {COPY: {operationId: copyItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! /items: {x-openapi-build-method-COPY: {operationId: copyItems, responses: {'204': {description: none}}}}
//! ```

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::extensions::{DEFAULT_MAPPING, ITEM_SCHEMA, METHOD, WHOLE_QUERY};
use crate::grammar::{self, Kind};
use crate::lock::Lock;
use crate::media_type::{BodyKind, Sequence, essence};
use crate::pointer::last_token;
use crate::version::{self, Version};

const CODE: &str = "Q043";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

type Object = Map<String, Value>;

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    unknown_version(document, report);
    let mut streams = Vec::new();
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(object) = value.as_object_mut() else { return };
        match kind {
            Kind::PathItem => methods(object, pointer, report),
            Kind::Parameter => whole_query(object, pointer, report),
            Kind::MediaType => streams.extend(stream(object, pointer, report)),
            Kind::Response => {
                // Only a summary is left to describe it.
                if let Some(summary) = object.get("summary").filter(|_| !object.contains_key("description")).cloned() {
                    object.shift_remove("summary");
                    object.insert("description".into(), summary);
                }
            }
            Kind::Schema => {
                let discriminator = object.get_mut("discriminator").and_then(Value::as_object_mut);
                if let Some(discriminator) = discriminator
                    && let Some(default) = discriminator.shift_remove("defaultMapping")
                {
                    discriminator.insert(DEFAULT_MAPPING.into(), default);
                }
            }
            _ => {}
        }
    });
    for pointer in streams {
        let data = event_data(document, &pointer);
        if let (Some(data), Some(media)) = (data, document.pointer_mut(&pointer)) {
            media[ITEM_SCHEMA] = data;
        }
    }
    if let Some(document) = document.as_object_mut() {
        document.shift_remove("$self");
        if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
            components.shift_remove("mediaTypes");
        }
    }
}

fn unknown_version(document: &Value, report: &mut Report) {
    let version = document.as_object().and_then(Version::of);
    if matches!(version, Some(Version::OpenApi3(minor)) if minor > version::NEWEST) {
        let message = format!("OpenAPI {} is not known; it is read as OpenAPI 3.2", version::text(&document["openapi"]));
        let diagnostic = Diagnostic::warning(CODE, message).at("/openapi");
        report.add(diagnostic.help("look for a newer version of this crate"));
    }
}

/// Notes the methods that OpenAPI 3.0 has no keys for, and leaves out what is no method.
fn methods(item: &mut Object, pointer: &str, report: &mut Report) {
    let keys: Vec<String> = item.keys().filter(|key| key.starts_with(METHOD)).cloned().collect();
    for key in keys {
        let method = grammar::method(&key);
        let at = format!("{pointer}/{}", crate::pointer::escape(&key));
        // A method is a token (RFC 9110, 9.1).
        let sign = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if !method.is_empty() && method.chars().all(sign) && item[&key].is_object() {
            let message = format!("the method of this operation is {method}, which OpenAPI 3.0 has no key for");
            report.add(Diagnostic::note(CODE, message).at(at));
        } else {
            item.shift_remove(&key);
            let message = format!("`{method}` is no method of HTTP; its operation is left out");
            report.add(Diagnostic::warning(CODE, message).at(at).help("correct the method in an overlay"));
        }
    }
}

/// A parameter that is the whole query.
fn whole_query(parameter: &mut Object, pointer: &str, report: &mut Report) {
    if parameter.get("in") != Some(&json!("querystring")) {
        return;
    }
    let content = parameter.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
    let Some((media_type, media)) = content else { return };
    let how = match BodyKind::of(media_type) {
        BodyKind::Form => {
            let schema = media.get("schema").cloned().unwrap_or_else(|| json!({"type": "object"}));
            parameter.shift_remove("content");
            parameter.insert("schema".into(), schema);
            parameter.insert("style".into(), json!("form"));
            parameter.insert("explode".into(), json!(true));
            "its members are parameters of the query".to_owned()
        }
        BodyKind::Json | BodyKind::Text => {
            let message = format!("it is sent as the query by itself, as {}", essence(media_type));
            parameter.insert(WHOLE_QUERY.into(), json!(true));
            message
        }
        // `generate` says that there is no such parameter.
        BodyKind::Multipart | BodyKind::Bytes => return,
    };
    parameter.insert("in".into(), json!("query"));
    report.add(Diagnostic::note(CODE, format!("this parameter is the whole query: {how}")).at(pointer));
}

/// Carries along the schema of the items of a stream. Gives the pointer of an event stream.
fn stream(media: &mut Object, pointer: &str, report: &mut Report) -> Option<String> {
    let items = media.shift_remove("itemSchema")?;
    media.insert(ITEM_SCHEMA.into(), items);
    let message = "the schema of the items of this stream is carried along";
    report.add(Diagnostic::note(CODE, message).at(format!("{pointer}/itemSchema")));
    let is_event_stream = Sequence::of(&last_token(pointer)) == Some(Sequence::Events);
    is_event_stream.then(|| pointer.to_owned())
}

/// The schema of what the events of the event stream at `pointer` hold.
fn event_data(document: &Value, pointer: &str) -> Option<Value> {
    let mut data = Vec::new();
    gather_data(document, document.pointer(pointer)?.get(ITEM_SCHEMA)?, 0, &mut data);
    match data.len() {
        0 | 1 => data.pop(),
        _ => Some(json!({"anyOf": data})),
    }
}

/// Adds to `found` the schemas of `data` in `event`, the schema of an event: those of its alternatives, if these have any. What
/// is JSON in a text is that JSON.
fn gather_data(document: &Value, event: &Value, depth: usize, found: &mut Vec<Value>) {
    // Schemas that lead to themselves describe no event.
    if depth > 16 {
        return;
    }
    if let Some(reference) = event.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        return target.into_iter().for_each(|target| gather_data(document, target, depth + 1, found));
    }
    let before = found.len();
    for part in ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| event.get(key)?.as_array()).flatten() {
        gather_data(document, part, depth + 1, found);
    }
    if found.len() > before {
        return;
    }
    let Some(data) = event.get("properties").and_then(|properties| properties.get("data")) else { return };
    let data = data.get("contentSchema").unwrap_or(data).clone();
    if !found.contains(&data) {
        found.push(data);
    }
}
