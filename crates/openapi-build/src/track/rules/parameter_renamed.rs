//! D018: a parameter that has another name.
//!
//! # What it means
//! A query parameter, header or cookie is gone and another has come that is the same in all but its name.
//!
//! # On the wire
//! May break: the server ignores the old name or refuses the call. Breaks if the parameter is required.
//!
//! # What update it asks for
//! Major: the setter has another name. An argument keeps its place, so that old calls compile and send the value under
//! the new name: that is silent, and `R013` says so.
//!
//! # What to do about it
//! Rename it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: page_size, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_parameter(difference) && difference.changed()).then(|| match difference.flag("required").0 {
        true => Finding::new(Wire::Breaks, Level::Minor, "the server does not know the old name"),
        false => Finding::new(Wire::MayBreak, Level::Major, "a server ignores or refuses the old name"),
    })
}
