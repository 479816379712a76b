//! A `format` that is not known, or that does not fit its type, is a note.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::normalize::unknown_types::TYPES;

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

pub(super) fn check(node: Node<'_>, notes: &mut Vec<Diagnostic>) {
    if node.kind == Kind::Schema && node.reference().is_none() {
        match node.value.get("type") {
            None => notes.extend(typeless(node)),
            Some(Value::String(name)) if TYPES.contains(&name.as_str()) => notes.extend(format(node, name)),
            _ => {}
        }
    }
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
