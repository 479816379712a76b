//! A schema's `type` is one that OpenAPI knows; a `format` that it does not know, or that does not fit, is a note.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// The formats that mean something here, and the type that each belongs to (OpenAPI 3.0.3, Data Types; RFC 3339 and the
/// JSON Schema validation vocabulary for the rest).
const FORMATS: [(&str, &str); 12] = [
    ("int32", "integer"),
    ("int64", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("byte", "string"),
    ("binary", "string"),
    ("date", "string"),
    ("date-time", "string"),
    ("password", "string"),
    ("uuid", "string"),
    ("uri", "string"),
    ("email", "string"),
];

pub(super) fn check(document: &Value, node: Node<'_>, notes: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
    let lists = || document.get("openapi").and_then(Value::as_str).is_some_and(|version| version.starts_with("3.1"));
    if node.kind != Kind::Schema || node.reference().is_some() {
        return Ok(());
    }
    match node.value.get("type") {
        None => {
            notes.extend(typeless(node));
            Ok(())
        }
        Some(Value::String(name)) if TYPES.contains(&name.as_str()) => {
            notes.extend(format(node, name));
            Ok(())
        }
        Some(Value::String(name)) if name == "null" && lists() => Ok(()),
        Some(Value::Array(names)) if names.iter().all(is_known) && lists() => Ok(()),
        Some(other) => Err(Diagnostic::error("V008", format!("there is no type {other}"))
            .at(format!("{}/type", node.pointer))
            .help(format!("the types are {}; correct it in an overlay", TYPES.join(", ")))),
    }
}

fn is_known(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name == "null" || TYPES.contains(&name))
}

/// A note on a format that stands alone: it says nothing of values that are not of its type.
fn typeless(node: Node<'_>) -> Option<Diagnostic> {
    let format = node.value.get("format")?.as_str()?;
    let message = format!("the format `{format}` has no type beside it; this is any value");
    Some(Diagnostic::note("V009", message).at(format!("{}/format", node.pointer)))
}

/// A note on a format that is not used.
fn format(node: Node<'_>, of_type: &str) -> Option<Diagnostic> {
    let format = node.value.get("format")?.as_str()?;
    let message = match FORMATS.iter().find(|(known, _)| *known == format) {
        Some((_, wanted)) if *wanted == of_type => return None,
        Some((_, wanted)) => format!("the format `{format}` is for {wanted}, and this is {of_type}, which it stays"),
        None => format!("the format `{format}` is not known here; this is a plain {of_type}"),
    };
    Some(Diagnostic::note("V009", message).at(format!("{}/format", node.pointer)))
}
