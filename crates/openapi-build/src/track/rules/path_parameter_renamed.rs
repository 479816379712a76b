//! D008: a parameter of a path has another name.
//!
//! # What it means
//! A path differs from the old one only in the names between its braces.
//!
//! # On the wire
//! Safe: the name is not sent, only the value.
//!
//! # What update it asks for
//! Patch: it is an argument by position; its name shows in the docs.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! /items/{id}: {delete: {operationId: deleteItem, parameters: [{name: id, in: path, required: true,
//!   schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items/{item_id}: {delete: {operationId: deleteItem, parameters: [{name: item_id, in: path, required: true,
//!   schema: {type: string}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Document, "paths") && difference.changed())
        .then(|| Finding::new(Wire::Safe, Level::Patch, "the value is sent, and not the name"))
}
