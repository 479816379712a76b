//! D033: a response is no longer of a media type.
//!
//! # What it means
//! A response has lost a media type, or its body.
//!
//! # On the wire
//! Breaks if it has none left that it had: an old client cannot read another. Else safe: a client names all the
//! media types that it takes. Safe too where the same type is left in another spelling, for the same body.
//!
//! # What update it asks for
//! Major: the kind of body is gone. Patch where the same type is left.
//!
//! # What to do about it
//! Read one of the media types that are left.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.is_entry(Kind::Response, "content") && difference.removed()) {
        return None;
    }
    if is_left_respelled(difference) {
        return Some(Finding::new(Wire::Safe, Level::Patch, RESPELLED));
    }
    let left = difference.owners.1.get("content").and_then(Value::as_object);
    let known = |media: &String| difference.owners.0.get("content").is_some_and(|old| old.get(media).is_some());
    Some(match left.is_some_and(|left| left.keys().any(known)) {
        true => Finding::new(Wire::Safe, Level::Major, "an old client reads those that are left"),
        false => Finding::new(Wire::Breaks, Level::Major, "an old client cannot read what comes"),
    })
}
