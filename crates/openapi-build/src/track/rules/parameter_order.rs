//! D016: parameters stand in another order.
//!
//! # What it means
//! The parameters of an operation, or of a path, are the same and listed in another order.
//!
//! # On the wire
//! Safe: their order is not sent.
//!
//! # What update it asks for
//! Patch: `names.lock` keeps the order of the arguments. Without it, those that must be given are arguments in the
//! order of the list, and where two change places, that asks for more by itself: major, or silent (`R013`).
//!
//! # What to do about it
//! Where the report has `R013`, correct the calls: the compiler does not see it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}},
//!   {name: page, in: query, schema: {type: integer}}], responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: page, in: query, schema: {type: integer}},
//!   {name: limit, in: query, schema: {type: integer}}], responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "parameters" && difference.entry.is_none() && difference.kind != Kind::Components)
        .then(|| Finding::new(Wire::Safe, Level::Patch, "their order is not sent"))
}
