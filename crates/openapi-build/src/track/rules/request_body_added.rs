//! D020: an operation takes a request body now.
//!
//! # What it means
//! An operation has a `requestBody` that it did not have.
//!
//! # On the wire
//! Breaks if the body is required: an old client sends none. Safe if it may be left out.
//!
//! # What update it asks for
//! Major if it is required: it is an argument of the method. Else minor: it is a setter.
//!
//! # What to do about it
//! Give the body where it is required.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {required: true,
//!   content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.is_field(Kind::Operation, "requestBody") && difference.added()) {
        return None;
    }
    Some(match difference.flag("required").1 {
        true => Finding::new(Wire::Breaks, Level::Major, "an old client sends none"),
        false => Finding::new(Wire::Safe, Level::Minor, "an old client sends none, and need not"),
    })
}
