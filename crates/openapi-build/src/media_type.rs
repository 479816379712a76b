//! Media types: how a body is written, judging by the name of its media type.

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

/// The media type that is the key of `node`, a Media Type Object; a shared one has a name instead.
pub(crate) fn of(node: Node<'_>) -> Option<String> {
    let shared = node.pointer.starts_with("/components/mediaTypes/") && node.pointer.matches('/').count() == 3;
    (node.kind == Kind::MediaType && !shared).then(|| last_token(node.pointer))
}
