//! D039: a header of a response has another name.
//!
//! # What it means
//! A header is gone and another has come that is the same in all but its name.
//!
//! # On the wire
//! May break: an old client that looks for the old name does not find it.
//!
//! # What update it asks for
//! Patch: the field of the headers has another name, which asks for a major update by itself.
//!
//! # What to do about it
//! Rename it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Request-Id: {schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_header(difference) && difference.changed())
        .then(|| Finding::new(Wire::MayBreak, Level::Patch, "an old client may look for the old name"))
}
