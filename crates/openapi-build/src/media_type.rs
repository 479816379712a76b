//! Media types: how a body is written, judging by the name of its media type.

use serde_json::Value;

use crate::grammar::{Kind, Node};
use crate::pointer::last_token;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Json,
    Text,
    Form,
    Multipart,
    Bytes,
}

impl BodyKind {
    /// Judges by the media type without its parameters: any `+json` is JSON (RFC 6839, 3.1).
    pub(crate) fn of(media_type: &str) -> Self {
        match essence(media_type).as_str() {
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart,
            essence if essence.ends_with("+json") => Self::Json,
            essence if essence.starts_with("text/") => Self::Text,
            _ => Self::Bytes,
        }
    }
}

/// The type and subtype, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The media type as others spell it too: in lower case, without white space, its parameters in one order and in quotes only
/// where they need them, and without a charset of UTF-8, which holds where none is stated.
#[cfg(feature = "track")]
pub(crate) fn plain(media_type: &str) -> String {
    let mut parts = parts(media_type).into_iter();
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let parameter = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = quoted.filter(|value| is_token(value)).unwrap_or(value);
        match name.as_str() {
            "charset" if ["utf-8", "utf8"].iter().any(|utf_8| value.eq_ignore_ascii_case(utf_8)) => None,
            "charset" => Some(format!(";charset={}", value.to_ascii_lowercase())),
            name => Some(format!(";{name}={value}")),
        }
    };
    let mut parameters: Vec<String> = parts.filter(|part| !part.is_empty()).filter_map(parameter).collect();
    parameters.sort_unstable();
    essence + &parameters.concat()
}

/// The type and the parameters; a semicolon in quotes is a part of a value.
#[cfg(feature = "track")]
fn parts(media_type: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (index, character) in media_type.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(media_type[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(media_type[start..].trim());
    parts
}

/// Whether a value needs no quotes (RFC 9110, 5.6.2).
#[cfg(feature = "track")]
fn is_token(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The media type that is the key of `node`, a Media Type Object; a shared one has a name instead.
pub(crate) fn of(node: Node<'_>) -> Option<String> {
    let shared = node.pointer.starts_with("/components/mediaTypes/") && node.pointer.matches('/').count() == 3;
    (node.kind == Kind::MediaType && !shared).then(|| last_token(node.pointer))
}

/// Whether a media type is a range that has JSON in it, and its schema says what the body is: then the `Content-Type` of an
/// answer decides how the answer is read.
pub(crate) fn is_typed_range(document: &Value, media_type: &str, schema: &Value) -> bool {
    ["*/*", "*", "application/*"].contains(&essence(media_type).as_str()) && says_what_it_is(document, schema)
}

/// Whether a schema says more than that a body is any value, or bytes.
fn says_what_it_is(document: &Value, schema: &Value) -> bool {
    let mut schema = schema;
    // References that lead in a circle say nothing.
    for _ in 0..32 {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            let is_bytes = schema.get("format").is_some_and(|format| format == "binary");
            let says = ["type", "properties", "items", "enum", "allOf", "oneOf", "anyOf", "additionalProperties"];
            return !is_bytes && says.iter().any(|key| schema.get(key).is_some());
        };
        let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        let Some(target) = target else { return false };
        schema = target;
    }
    false
}

/// How the items of a body that is a sequence are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// Server-sent events.
    Events,
    /// A JSON text on each line.
    Lines,
    /// JSON texts, each after a record separator (RFC 7464).
    Records,
}

impl Sequence {
    /// Judges by the media type without its parameters.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        match essence.strip_prefix("application/").map(|name| name.trim_start_matches("x-")) {
            _ if essence == "text/event-stream" => Some(Self::Events),
            Some("jsonl" | "ndjson" | "jsonlines" | "json-lines") => Some(Self::Lines),
            Some(name) if name == "json-seq" || name.ends_with("+json-seq") => Some(Self::Records),
            _ => None,
        }
    }
}

#[cfg(all(test, feature = "track"))]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_type_are_one() {
        for (one, other) in [
            ("application/json", "Application/JSON ;  charset=\"UTF-8\""),
            ("text/plain; charset=ISO-8859-1", "text/plain;Charset=iso-8859-1"),
            ("text/x;version=\"1\"", "text/x; version=1;"),
            ("text/x; a=1; b=2", "text/x; b=2; a=1"),
            ("text/x; a=\"1;2\"; b=3", "text/x; b=3; a=\"1;2\""),
            ("text/x; a=\"\\\";\"; b=3", "text/x; b=3; a=\"\\\";\""),
        ] {
            assert_eq!(plain(one), plain(other), "{one} {other}");
        }
        for (one, other) in [
            ("text/plain; charset=iso-8859-1", "text/plain"),
            ("text/x; v=A", "text/x; v=a"),
            ("text/x; p=\"a b\"", "text/x; p=a b"),
            ("text/x; a=\"1;b=2\"", "text/x; a=1; b=2"),
            ("text/x; a=\"\"", "text/x; a="),
        ] {
            assert_ne!(plain(one), plain(other), "{one} {other}");
        }
    }
}
