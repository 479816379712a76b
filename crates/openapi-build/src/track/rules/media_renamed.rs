//! D038: a body is of another media type.
//!
//! # What it means
//! A media type is gone and another has come that is the same in all but its name.
//!
//! # On the wire
//! Breaks: the server takes or sends a type that an old client does not name.
//!
//! # What update it asks for
//! Minor: the same code sends or asks for another type. Where the form of the body is another, that asks for a major
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
    let body = matches!(difference.kind, Kind::RequestBody | Kind::Response);
    (body && difference.field == "content" && difference.entry.is_some() && difference.changed())
        .then(|| Finding::new(Wire::Breaks, Level::Minor, "an old client does not name the new type"))
}
