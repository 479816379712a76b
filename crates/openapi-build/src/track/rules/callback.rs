//! D090: what the server calls back is another.
//!
//! # What it means
//! A callback of an operation, or an operation of it, stands in one of the definitions only; or the webhooks of the
//! definition are others.
//!
//! # On the wire
//! May break: whoever answers the calls has to know them.
//!
//! # What update it asks for
//! Patch: nothing is generated of callbacks. If the types of a webhook change, the comparison of the Rust API finds it.
//!
//! # What to do about it
//! Adapt the service that is called back.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem,
//!   callbacks: {done: {'{$request.body#/url}': {post: {responses: {'204': {description: ok}}}}}},
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let of_callback =
        difference.kind == Kind::Callback || difference.kind == Kind::Operation && difference.field == "callbacks";
    let of_webhook = difference.is_field(Kind::Document, "webhooks");
    (of_callback || of_webhook)
        .then(|| Finding::new(Wire::MayBreak, Level::Patch, "whoever answers the calls has to know them"))
}
