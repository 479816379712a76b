//! D030: a status that was not documented.
//!
//! # What it means
//! An operation documents a response that it did not.
//!
//! # On the wire
//! Safe for an error: an old client has it as an undocumented status. May break for a success, which an old client
//! takes for an error.
//!
//! # What update it asks for
//! Minor: the enum of errors has another variant. Where several operations shared it, or a success is new, the alias
//! or the body is of another type, which asks for a major update by itself.
//!
//! # What to do about it
//! Handle the status.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}, '404': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: integer}}}}, '404': {description: none},
//!   '409': {description: busy}}}}
//! ```

use super::prelude::*;
use crate::status::is_success;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.is_entry(Kind::Operation, "responses") && difference.added()) {
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
