//! Q034: types that OpenAPI does not know.
//!
//! # What it is
//! A `type` is not one of OpenAPI's six: another language's word for one (`int`, `bool`, `datetime`, `file`), a list of
//! types in a document of version 3.0, nothing at all, or a word of nobody's.
//!
//! # Where it was seen
//! In many public definitions that are written by hand, or converted from other formats.
//!
//! # Why it matters
//! The type decides what a value is in Rust, and one unknown word must not keep anybody from having a client.
//!
//! # The repair
//! A word whose meaning is well known is the type and format that it means. A list of types, and the type null, mean in
//! version 3.0 what they mean in 3.1. Any other type is left out: the schema accepts any value. A warning says which.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {count: {type: int}, at: {type: datetime}, note: {type: [string, 'null']}, other: {type: thing}}}
//! ```
//! ```yaml
//! Item:
//!   type: object
//!   properties: {count: {type: integer}, at: {type: string, format: date-time}, note: {type: string, nullable: true}, other: {}}
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report, openapi_31};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::lock::Lock;
use crate::version::Version;

const CODE: &str = "Q034";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

pub(crate) const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Well-known words, each with the type and the format that it means.
const WORDS: [(&str, &str, Option<&str>); 27] = [
    ("bigint", "integer", Some("int64")),
    ("binary", "string", Some("binary")),
    ("bool", "boolean", None),
    ("byte", "string", Some("byte")),
    ("date", "string", Some("date")),
    ("date-time", "string", Some("date-time")),
    ("datetime", "string", Some("date-time")),
    ("decimal", "number", None),
    ("dict", "object", None),
    ("dictionary", "object", None),
    ("double", "number", Some("double")),
    ("email", "string", Some("email")),
    ("file", "string", Some("binary")),
    ("float", "number", Some("float")),
    ("int", "integer", None),
    ("int32", "integer", Some("int32")),
    ("int64", "integer", Some("int64")),
    ("list", "array", None),
    ("long", "integer", Some("int64")),
    ("map", "object", None),
    ("none", "null", None),
    ("str", "string", None),
    ("text", "string", None),
    ("timestamp", "string", Some("date-time")),
    ("uri", "string", Some("uri")),
    ("url", "string", Some("uri")),
    ("uuid", "string", Some("uuid")),
];

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let lists = Version::has_new_schemas(document);
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        let Some(stated) = schema.get("type").filter(|_| !schema.contains_key("$ref")).cloned() else { return };
        let message = match &stated {
            Value::String(name) if TYPES.contains(&name.as_str()) => return,
            Value::String(name) if name == "null" && lists => return,
            Value::Array(names) if lists && names.iter().all(is_known) => return,
            Value::Null => {
                schema.shift_remove("type");
                "the type is empty; this is any value".to_owned()
            }
            Value::Array(names) => {
                let known = names.iter().filter_map(|name| known(name.as_str().unwrap_or("null")));
                let known: Vec<Value> = known.map(|(name, _)| name.into()).collect();
                match known.len() == names.len() {
                    true => drop(schema.insert("type".into(), Value::Array(known))),
                    false => drop(schema.shift_remove("type")),
                }
                meaning(schema, &format!("the list of types {stated}"))
            }
            Value::String(name) => {
                match known(name) {
                    Some((name, format)) => {
                        schema.insert("type".into(), name.into());
                        if let Some(format) = format {
                            schema.entry("format").or_insert_with(|| format.into());
                        }
                    }
                    None => drop(schema.shift_remove("type")),
                }
                meaning(schema, &format!("the type `{name}`"))
            }
            other => {
                schema.shift_remove("type");
                meaning(schema, &format!("the type `{other}`"))
            }
        };
        if !lists {
            openapi_31::types(schema);
        }
        let diagnostic = Diagnostic::warning(CODE, message).at(format!("{pointer}/type"));
        report.add(diagnostic.help(format!("the types are {}; correct it in an overlay", TYPES.join(", "))));
    });
}

/// What has become of a type.
fn meaning(schema: &Map<String, Value>, of: &str) -> String {
    match (schema.get("type"), schema.get("format").and_then(Value::as_str)) {
        (None, _) => format!("{of} is not known; this is any value"),
        (Some(Value::String(name)), None) if name != "null" => format!("{of} is read as {name}"),
        (Some(Value::String(name)), Some(format)) => format!("{of} is read as {name} with the format `{format}`"),
        (Some(_), _) => format!("{of} is read as in OpenAPI 3.1"),
    }
}

fn is_known(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name == "null" || TYPES.contains(&name))
}

/// The type and the format that `name` means.
fn known(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let name = name.trim().to_ascii_lowercase();
    let own = TYPES.iter().chain(&["null"]).find(|known| **known == name).map(|known| (*known, None));
    own.or_else(|| WORDS.iter().find(|(word, ..)| *word == name).map(|(_, name, format)| (*name, *format)))
}
