//! D092: a stream ends with another text.
//!
//! # What it means
//! `x-stream-end` (or `x-speakeasy-sse-sentinel`) of the media type of an event stream, or of JSON lines, names other texts than
//! before. Without it, events whose data is JSON end with `[DONE]`.
//!
//! # On the wire
//! May break where there is a new text: an old client takes it for an item. Safe where a text is no longer named, because an old
//! client waits for no text that does not come: the body ends.
//!
//! # What update it asks for
//! Minor: the same code ends a stream at another text.
//!
//! # What to do about it
//! Update before the server sends the new text; until then, end the stream at the item that does not fit.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: watchItems, responses: {'200': {description: items,
//!   content: {text/event-stream: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: watchItems, responses: {'200': {description: items,
//!   content: {text/event-stream: {schema: {type: integer}, x-stream-end: END}}}}}}
//! ```

use super::prelude::*;

/// The extensions, the first that is there counting.
const NAMES: [&str; 2] = ["x-stream-end", "x-speakeasy-sse-sentinel"];

/// The end of events, where none is named.
const DONE: &str = "[DONE]";

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !NAMES.into_iter().any(|name| difference.is_field(Kind::MediaType, name)) {
        return None;
    }
    if !difference.sides.response {
        return Some(Finding::new(Wire::Safe, Level::Patch, "only streams of responses are read item by item"));
    }
    let (old, new) = (ends(difference.owners.0), ends(difference.owners.1));
    Some(match new.iter().find(|end| !old.contains(end)) {
        Some(end) => {
            let why = format!("an old client takes `{end}` for an item");
            Finding { wire: Wire::MayBreak, level: Level::Minor, why }
        }
        None if old.iter().all(|end| new.contains(end)) => Finding::new(Wire::Safe, Level::Patch, "the same texts end the stream"),
        None => Finding::new(Wire::Safe, Level::Minor, "an old client also ends at a text that is no longer sent"),
    })
}

/// The texts that end a stream of that media type.
fn ends(media: &Value) -> Vec<&str> {
    match NAMES.into_iter().find_map(|name| media.get(name)) {
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        Some(text) => text.as_str().into_iter().collect(),
        None => vec![DONE],
    }
}
