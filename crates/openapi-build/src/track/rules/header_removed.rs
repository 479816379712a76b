//! D035: a response has lost a header.
//!
//! # What it means
//! A response no longer documents a header.
//!
//! # On the wire
//! May break: an old client that looks for it does not find it.
//!
//! # What update it asks for
//! Major: the field of the headers is gone.
//!
//! # What to do about it
//! Do without it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}, X-Cost: {schema: {type: integer}}},
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_header(difference) && difference.removed())
        .then(|| Finding::new(Wire::MayBreak, Level::Major, "an old client may look for it"))
}
