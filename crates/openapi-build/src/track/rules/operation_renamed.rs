//! D004: an operation that has another `operationId`.
//!
//! # What it means
//! The operation stands where it stood, under another name.
//!
//! # On the wire
//! Safe: the name is not sent.
//!
//! # What update it asks for
//! Major: the method of `Client`, the marker in `operations` and the alias in `errors` have other names.
//!
//! # What to do about it
//! Rename the calls. An overlay that sets the old `operationId` keeps the old names.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: getItems, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference
        .is_field(Kind::Operation, "operationId")
        .then(|| Finding::new(Wire::Safe, Level::Major, "the name is not sent"))
}
