//! D010: a parameter that is new and required.
//!
//! # What it means
//! An operation, or a path, has a parameter that it did not have, and that must be given.
//!
//! # On the wire
//! Breaks: an old client does not send it.
//!
//! # What update it asks for
//! Major: it is an argument of the method.
//!
//! # What to do about it
//! Give it in every call.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, required: true,
//!   schema: {type: integer}}], responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_parameter(difference) && difference.added() && difference.flag("required").1)
        .then(|| Finding::new(Wire::Breaks, Level::Major, "an old client does not send it"))
}
