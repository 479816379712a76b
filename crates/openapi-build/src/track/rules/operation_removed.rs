//! D002: an operation that is gone.
//!
//! # What it means
//! The old definition has an operation that the new one lacks, and no operation of the new one has its
//! `operationId`.
//!
//! # On the wire
//! Breaks: the server answers a call with 404 or 405.
//!
//! # What update it asks for
//! Major: its method of `Client`, its errors and the types that only it needs are gone.
//!
//! # What to do about it
//! Find what replaces it (its deprecation note, the release notes) before updating, and move the calls over.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! /items/{id}: {delete: {operationId: deleteItem, parameters: [{name: id, in: path, required: true,
//!   schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let is_operation = difference.kind == Kind::PathItem && is_method(difference.field);
    (is_operation && difference.removed())
        .then(|| Finding::new(Wire::Breaks, Level::Major, "the server no longer has it"))
}
