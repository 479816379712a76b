//! D009: a path without operations came or went.
//!
//! # What it means
//! A path that has no operation stands in one of the definitions only.
//!
//! # On the wire
//! Safe: there is nothing to call.
//!
//! # What update it asks for
//! Patch: nothing is generated of it.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! /empty: {summary: soon}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Document, "paths") && !difference.changed())
        .then(|| Finding::new(Wire::Safe, Level::Patch, "there is nothing to call"))
}
