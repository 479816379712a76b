//! D031: a status is no longer documented.
//!
//! # What it means
//! An operation no longer documents a response.
//!
//! # On the wire
//! Safe: an old client waits for one that does not come. If it comes all the same, the old client still knows it.
//!
//! # What update it asks for
//! Major: the variant of the error, or the body of the success, is gone.
//!
//! # What to do about it
//! Take its handling out, or leave it to the undocumented statuses.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}, '404': {description: none},
//!   '409': {description: busy}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}, '404': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Operation, "responses") && difference.removed())
        .then(|| Finding::new(Wire::Safe, Level::Major, "an old client knows more statuses than come"))
}
