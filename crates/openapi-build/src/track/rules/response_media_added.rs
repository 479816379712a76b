//! D032: a response may be of another media type.
//!
//! # What it means
//! A response has a media type, or a body at all, that it did not have.
//!
//! # On the wire
//! Safe: a client names the media types that it takes. May break where the response had no body before.
//!
//! # What update it asks for
//! Minor: the body may be of another kind. Where there was one kind only, its type is another, which asks for a
//! major update by itself.
//!
//! # What to do about it
//! Match on the kind, where the type is another.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}, text/csv: {schema: {type: string}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.is_entry(Kind::Response, "content") && difference.added()) {
        return None;
    }
    let bare = difference.owners.0.get("content").and_then(Value::as_object).is_none_or(Map::is_empty);
    Some(match bare {
        true => Finding::new(Wire::MayBreak, Level::Minor, "an old client does not read a body"),
        false => Finding::new(Wire::Safe, Level::Minor, "an old client asks for the others"),
    })
}
