//! D038: a body is of another media type.
//!
//! # What it means
//! A media type is gone and another has come that is the same in all but its name, or that is another spelling of it: in other
//! letters, its parameters in another order or in quotes, or with or without `charset=utf-8`, which holds for JSON and text
//! anyway. Another type of a parameter or a header is another form of it (D015).
//!
//! # On the wire
//! Breaks: the server takes or sends a type that an old client does not name. Safe for another spelling.
//!
//! # What update it asks for
//! Minor: the same code sends or asks for another type. Patch for another spelling. Where the form of the body is another, that asks for a major
//! update by itself.
//!
//! # What to do about it
//! Update together with the server.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem,
//!   requestBody: {content: {application/merge-patch+json: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let is_body = matches!(difference.kind, Kind::RequestBody | Kind::Response);
    let is_content = difference.field == "content" && difference.entry.is_some() && difference.changed();
    if is_respelled(difference) {
        let same = (Wire::Safe, "it is the same type in another spelling");
        return Some(difference.by_side(Level::Patch, same, same));
    }
    (is_body && is_content).then(|| {
        let another = (Wire::Breaks, "an old client does not name the new type");
        difference.by_side(Level::Minor, another, another)
    })
}
