//! D022: a request body must be given now.
//!
//! # What it means
//! `required` of a request body is set.
//!
//! # On the wire
//! Breaks: an old client may leave it out.
//!
//! # What update it asks for
//! Major: what was a setter of the call is an argument of the method.
//!
//! # What to do about it
//! Give the body in every call.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {required: true,
//!   content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::RequestBody, "required") && difference.truth() == (false, true))
        .then(|| Finding::new(Wire::Breaks, Level::Major, "an old client may leave it out"))
}
