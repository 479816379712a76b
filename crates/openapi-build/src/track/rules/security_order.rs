//! D083: credentials stand in another order.
//!
//! # What it means
//! The alternatives of `security` that holds for an operation are the same in another order.
//!
//! # On the wire
//! Safe: each of them is still taken.
//!
//! # What update it asks for
//! Minor: a client that has several credentials may use another.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{key: []}, {token: []}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{token: []}, {key: []}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "security" && difference.entry.is_none() && difference.changed())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "each of them is still taken"))
}
