//! Q041: keys beside a `$ref` in OpenAPI 3.0.
//!
//! # What it is
//! A Reference Object has other keys than `$ref`: `nullable`, `description`, `readOnly` and others.
//!
//! # Where it was seen
//! In most public definitions of version 3.0 and 2.0, most often a description.
//!
//! # Why it matters
//! OpenAPI 3.0.3 (Reference Object) ignores them. Their authors mean them: a property that is documented as nullable is null at
//! times, and a client that cannot read it loses the whole response.
//!
//! # The repair
//! `nullable`, `description`, `deprecated`, `readOnly`, `writeOnly` and `default` beside the reference to a schema count, as in an
//! `allOf` of the reference; a description counts beside that to a parameter or a response. Others are ignored, and a warning
//! names them. In OpenAPI 3.1 all count (quirk Q008).
//!
//! # Before and after
//! ```yaml
//! owner: {$ref: '#/components/schemas/Owner', nullable: true, description: who owns it, minProperties: 1}
//! ```
//! ```yaml
//! owner: {anyOf: [{$ref: '#/components/schemas/Owner'}, {enum: [null]}], description: who owns it}
//! ```

use serde_json::{Map, Value, json};

use super::leave_out::{is_alternative, is_beyond_30};
use super::nullable::is_nullable;
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, resolve};
use crate::lock::Lock;

const CODE: &str = "Q041";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// The keys that count beside the reference to a schema.
const COUNT: [&str; 6] = ["nullable", "description", "deprecated", "readOnly", "writeOnly", "default"];

/// The keys that count beside the reference to another object, where it is copied.
fn counting(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Schema => &COUNT,
        Kind::Parameter => &["description", "deprecated"],
        Kind::Response | Kind::Header | Kind::RequestBody => &["description"],
        _ => &[],
    }
}

/// Whether `key` beside a reference to an object of `kind` changes nothing.
#[cfg(feature = "track")]
pub(crate) fn ignores(document: &Value, kind: Kind, key: &str) -> bool {
    // In OpenAPI 3.1 schemas go by all keys, and other references by descriptions.
    let all = kind == Kind::PathItem || kind == Kind::Schema && is_beyond_30(document) || key.starts_with("x-");
    !all && !["summary", "description"].contains(&key) && !counting(kind).contains(&key)
}

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let beyond_30 = is_beyond_30(document);
    let mut changes = Vec::new();
    let _ = grammar::live_from(document, Kind::Document, "", &mut |node| {
        let (Some(_), Some(object)) = (node.reference(), node.value.as_object()) else { return Ok::<(), ()>(()) };
        // What stands beside the reference of a path item always counts.
        if node.kind == Kind::PathItem || (object.keys().all(|key| key == "$ref" || key.starts_with("x-")) && !is_nullable(object)) {
            return Ok(());
        }
        let (changed, ignored) = match node.kind {
            Kind::Schema if beyond_30 => return Ok(()),
            Kind::Schema => schema(object, is_alternative(node.pointer)),
            _ => match described(document, object, node.kind) {
                Some(found) => found,
                None if beyond_30 => return Ok(()),
                None => (lone(object), others(object, &[])),
            },
        };
        if !ignored.is_empty() && !beyond_30 {
            let names = ignored.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let message = format!("{names} beside a reference: ignored, as OpenAPI 3.0 says");
            let diagnostic = Diagnostic::warning(CODE, message).at(node.pointer);
            report.add(diagnostic.help("put the reference into an `allOf` to make what stands beside it count"));
        } else if !beyond_30 {
            let message = "what stands beside this reference counts";
            report.add(Diagnostic::note(CODE, message).at(node.pointer));
        }
        changes.push((node.pointer.to_owned(), changed));
        Ok(())
    });
    for (pointer, changed) in changes {
        if let Some(there) = document.pointer_mut(&pointer) {
            *there = changed;
        }
    }
}

/// The reference alone.
fn lone(object: &Map<String, Value>) -> Value {
    json!({"$ref": object["$ref"]})
}

/// The keys beside the reference that are not `known`.
fn others(object: &Map<String, Value>, known: &[&str]) -> Vec<String> {
    let is_other = |key: &&String| *key != "$ref" && !key.starts_with("x-") && !known.contains(&key.as_str());
    object.keys().filter(is_other).cloned().collect()
}

/// The reference to a schema with what counts beside it, and the keys that do not.
fn schema(object: &Map<String, Value>, alternative: bool) -> (Value, Vec<String>) {
    let ignored = others(object, counting(Kind::Schema));
    let nullable = is_nullable(object);
    let is_said = |key: &str| ["$ref", "nullable", "x-nullable", "x-isnullable"].contains(&key);
    let beside = object.iter().filter(|(key, _)| !is_said(key) && !ignored.contains(key));
    // Of the alternatives of a union only what they accept counts, and a lone reference is what a discriminator names.
    let beside: Vec<_> = beside.filter(|_| !alternative).collect();
    if !nullable && beside.iter().all(|(key, _)| key.starts_with("x-")) {
        return (lone(object), ignored);
    }
    let mut whole = match nullable {
        true => Map::from_iter([("anyOf".to_owned(), json!([lone(object), {"enum": [null]}]))]),
        false => Map::from_iter([("allOf".to_owned(), json!([lone(object)]))]),
    };
    whole.extend(beside.into_iter().map(|(key, value)| (key.clone(), value.clone())));
    (Value::Object(whole), ignored)
}

/// What a reference to another object leads to, with its description, and the keys that do not count. `None` if the copy would
/// have types of its own.
fn described(document: &Value, object: &Map<String, Value>, kind: Kind) -> Option<(Value, Vec<String>)> {
    let known = counting(kind);
    let beside: Vec<_> = object.iter().filter(|(key, _)| known.contains(&key.as_str())).collect();
    let mut target = resolve(document, &lone(object)).filter(|target| is_plain(target))?.as_object()?.clone();
    if beside.is_empty() {
        return None;
    }
    target.extend(beside.into_iter().map(|(key, value)| (key.clone(), value.clone())));
    Some((Value::Object(target), others(object, known)))
}

/// Whether no schema of `value` becomes a type: each is a reference, or of a scalar type.
fn is_plain(value: &Value) -> bool {
    let plain = |schema: Option<&Value>| {
        schema.is_none_or(|schema| {
            let typed = schema.get("type").and_then(Value::as_str);
            let scalar = typed.is_some_and(|name| ["boolean", "integer", "number", "string"].contains(&name));
            grammar::reference(schema).is_some() || (scalar && schema.get("enum").is_none())
        })
    };
    let content = value.get("content").and_then(Value::as_object).into_iter().flatten();
    let headers = value.get("headers").and_then(Value::as_object).into_iter().flatten();
    plain(value.get("schema"))
        && content.map(|(_, media)| media.get("schema")).all(plain)
        && headers.map(|(_, header)| header.get("schema")).all(plain)
}
