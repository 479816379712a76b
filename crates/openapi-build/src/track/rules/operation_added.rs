//! D001: an operation that was not there.
//!
//! # What it means
//! The new definition has an operation that the old one lacks: another path, or another method of a path.
//!
//! # On the wire
//! Safe: an old client does not know it and does not call it.
//!
//! # What update it asks for
//! Minor: a method of `Client` is new, with its call, its errors and the types that only it needs.
//!
//! # What to do about it
//! Nothing. Use it where it helps.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! /items/{id}: {delete: {operationId: deleteItem, parameters: [{name: id, in: path, required: true,
//!   schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let is_operation = difference.kind == Kind::PathItem && is_method(difference.field);
    (is_operation && difference.added())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "an old client does not call it"))
}
