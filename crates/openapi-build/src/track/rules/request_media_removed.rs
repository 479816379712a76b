//! D025: a request body may no longer be of a media type.
//!
//! # What it means
//! A request body has lost a media type.
//!
//! # On the wire
//! Breaks: the server refuses a body of that type, with 415. Safe where the same type is left in another spelling
//! (`application/json; charset=utf-8`), for the same body.
//!
//! # What update it asks for
//! Major: the form is gone, or the type of the argument is another. Patch where the same type is left.
//!
//! # What to do about it
//! Send one of the media types that are left.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}},
//!   text/plain: {schema: {type: string}}, application/xml: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}},
//!   text/plain: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let removed = difference.is_entry(Kind::RequestBody, "content") && difference.removed();
    removed.then(|| match is_left_respelled(difference) {
        true => Finding::new(Wire::Safe, Level::Patch, RESPELLED),
        false => Finding::new(Wire::Breaks, Level::Major, "the server refuses a body of that type"),
    })
}
