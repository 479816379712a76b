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

/// The media type as others spell it too: in lower case, without white space, and without a charset of UTF-8, which holds where
/// none is stated.
#[cfg(feature = "track")]
pub(crate) fn plain(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(str::trim);
    let mut plain = parts.next().unwrap_or_default().to_ascii_lowercase();
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let bare = value.trim_matches('"');
        if name == "charset" && (bare.eq_ignore_ascii_case("utf-8") || bare.eq_ignore_ascii_case("utf8")) {
            continue;
        }
        plain.push_str(&format!(";{name}={value}"));
    }
    plain
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
