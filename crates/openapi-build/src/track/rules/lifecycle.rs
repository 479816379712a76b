//! D006: an operation is in another stage of its life.
//!
//! # What it means
//! `x-lifecycle-stage` of an operation has another value, such as `Early Access` or `General Availability`.
//!
//! # On the wire
//! Safe: the stage is a promise, and changes no request or response.
//!
//! # What update it asks for
//! Patch: the stage is in the operation table and in the docs.
//!
//! # What to do about it
//! Read what the stage promises before depending on the operation.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, x-lifecycle-stage: Preview, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, x-lifecycle-stage: General Availability,
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference
        .is_field(Kind::Operation, "x-lifecycle-stage")
        .then(|| Finding::new(Wire::Safe, Level::Patch, "a stage is a promise; requests and responses are the same"))
}
