//! D005: something is deprecated, or no longer.
//!
//! # What it means
//! `deprecated` of an operation, parameter, header or schema is set or taken back.
//!
//! # On the wire
//! Safe: what is deprecated still works.
//!
//! # What update it asks for
//! Minor: where something is deprecated, code that uses it compiles with a warning; where that is taken back, the
//! warning goes.
//!
//! # What to do about it
//! Plan the move to what replaces it: a later version may remove it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, deprecated: true, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let kinds = [Kind::Operation, Kind::Parameter, Kind::Header, Kind::Schema];
    let is_flag = difference.field == "deprecated" && difference.entry.is_none() && kinds.contains(&difference.kind);
    (is_flag && difference.truth().0 != difference.truth().1)
        .then(|| Finding::new(Wire::Safe, Level::Minor, "what is deprecated still works"))
}
