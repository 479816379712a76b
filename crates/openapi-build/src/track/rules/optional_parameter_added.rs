//! D011: a parameter that is new and may be left out.
//!
//! # What it means
//! An operation, or a path, has a parameter that it did not have, and that need not be given.
//!
//! # On the wire
//! Safe: an old client leaves it out.
//!
//! # What update it asks for
//! Minor: it is a setter of the call.
//!
//! # What to do about it
//! Nothing. Use it where it helps.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_parameter(difference) && difference.added())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "an old client leaves it out"))
}
