//! D013: a parameter must be given now.
//!
//! # What it means
//! `required` of a parameter is set.
//!
//! # On the wire
//! Breaks: an old client may leave it out.
//!
//! # What update it asks for
//! Major: what was a setter of the call is an argument of the method.
//!
//! # What to do about it
//! Give it in every call.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, required: true,
//!   schema: {type: integer}}], responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::Parameter, "required") && difference.truth() == (false, true))
        .then(|| Finding::new(Wire::Breaks, Level::Major, "an old client may leave it out"))
}
