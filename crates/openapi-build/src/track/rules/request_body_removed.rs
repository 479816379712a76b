//! D021: an operation takes no request body any more.
//!
//! # What it means
//! An operation no longer has a `requestBody`.
//!
//! # On the wire
//! May break: a server that is sent one anyway ignores it or refuses the call.
//!
//! # What update it asks for
//! Major: the argument or the setter is gone.
//!
//! # What to do about it
//! Take it out of the calls.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {required: true,
//!   content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::Operation, "requestBody") && difference.removed()).then(|| {
        Finding::new(Wire::MayBreak, Level::Major, "an old client may still send one; a server ignores or refuses it")
    })
}
