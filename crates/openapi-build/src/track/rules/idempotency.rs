//! D007: an operation may be sent again, or no longer.
//!
//! # What it means
//! `x-idempotent` or `x-idempotency-key` of an operation is set or taken back: whether a call of which nobody knows if it arrived may be
//! sent once more.
//!
//! # On the wire
//! May break where it is taken back: an old client sends it again after a timeout, and the server may do it twice.
//! Safe where it is set.
//!
//! # What update it asks for
//! Minor: the client retries other calls than before, with the same code.
//!
//! # What to do about it
//! Where it is taken back, update soon, or switch off retries for those calls.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: listItems, x-idempotent: true, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let set = if difference.is_field(Kind::Operation, "x-idempotent") {
        difference.truth()
    } else if difference.is_field(Kind::Operation, "x-idempotency-key") {
        (difference.old.is_some(), difference.new.is_some())
    } else {
        return None;
    };
    Some(match set {
        (true, false) => Finding::new(Wire::MayBreak, Level::Minor, "an old client sends it again when it must not"),
        _ => Finding::new(Wire::Safe, Level::Minor, "an old client sends it less often than it may"),
    })
}
