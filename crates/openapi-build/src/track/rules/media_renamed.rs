//! D038: a body is of another media type.
//!
//! # What it means
//! A media type is gone and another has come that is the same in all but its name, or that is another spelling of it: in other
//! letters, or with or without `charset=utf-8`, which holds for JSON and text anyway.
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
use crate::media_type::plain;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let body = matches!(difference.kind, Kind::RequestBody | Kind::Response | Kind::Parameter | Kind::Header);
    let is_content = body && difference.field == "content" && difference.changed();
    let old = difference.entry.filter(|_| is_content)?;
    // The entry that has come is the one whose value is the new one.
    let came = difference.owners.1.get("content").and_then(Value::as_object).into_iter().flatten();
    let mut came = came.filter(|(name, _)| difference.owners.0.get("content").is_none_or(|all| all.get(*name).is_none()));
    Some(match came.any(|(name, value)| Some(value) == difference.new && plain(name) == plain(old)) {
        true => Finding::new(Wire::Safe, Level::Patch, "it is the same type in another spelling"),
        false => Finding::new(Wire::Breaks, Level::Minor, "an old client does not name the new type"),
    })
}
