//! D036: a header of a response always comes now, or no longer.
//!
//! # What it means
//! `required` of a header is set or taken back.
//!
//! # On the wire
//! Safe where it is set. May break where it is taken back: an old client counts on it.
//!
//! # What update it asks for
//! Major: the field is of another type, optional or not.
//!
//! # What to do about it
//! Read it as optional, where it is.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all, headers: {X-Id: {required: true,
//!   schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !difference.is_field(Kind::Header, "required") || difference.truth().0 == difference.truth().1 {
        return None;
    }
    Some(match difference.truth() {
        (true, false) => Finding::new(Wire::MayBreak, Level::Major, "an old client counts on it"),
        _ => Finding::new(Wire::Safe, Level::Major, "an old client does not count on it"),
    })
}
