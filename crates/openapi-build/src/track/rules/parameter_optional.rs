//! D014: a parameter may be left out now.
//!
//! # What it means
//! `required` of a parameter is taken back.
//!
//! # On the wire
//! Safe: an old client still sends it.
//!
//! # What update it asks for
//! Major: what was an argument of the method is a setter of the call.
//!
//! # What to do about it
//! Call the setter instead of giving the argument.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, required: true,
//!   schema: {type: integer}}], responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::Parameter, "required") && difference.truth() == (true, false))
        .then(|| Finding::new(Wire::Safe, Level::Major, "an old client still sends it"))
}
