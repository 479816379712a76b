//! D037: a response comes with another status.
//!
//! # What it means
//! A response is gone and another status has come that is the same in all but its number.
//!
//! # On the wire
//! May break for a success, which an old client takes for an error if it does not know the status. Safe for an
//! error: an old client has it as an undocumented status.
//!
//! # What update it asks for
//! Minor: the same body comes with another status. For an error, the variant has another name, which asks for a
//! major update by itself.
//!
//! # What to do about it
//! Match on the new status.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'201': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```

use super::prelude::*;
use crate::status::is_success;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.is_entry(Kind::Operation, "responses") && difference.changed()) {
        return None;
    }
    let success = difference.entry.is_some_and(is_success);
    Some(match success {
        true => Finding::new(
            Wire::MayBreak,
            Level::Minor,
            "an old client takes a success that it does not know for an error",
        ),
        false => Finding::new(Wire::Safe, Level::Minor, "an old client has it as an undocumented status"),
    })
}
