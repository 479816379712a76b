//! D023: a request body may be left out now.
//!
//! # What it means
//! `required` of a request body is taken back.
//!
//! # On the wire
//! Safe: an old client still sends it.
//!
//! # What update it asks for
//! Major: what was an argument of the method is a setter of the call.
//!
//! # What to do about it
//! Call the setter instead of giving the argument.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {required: true,
//!   content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::RequestBody, "required") && difference.truth() == (true, false))
        .then(|| Finding::new(Wire::Safe, Level::Major, "an old client still sends it"))
}
