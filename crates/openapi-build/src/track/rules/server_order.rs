//! D087: servers stand in another order.
//!
//! # What it means
//! `servers` of the definition, of a path or of an operation lists the same URLs in another order.
//!
//! # On the wire
//! Safe: all of them are still there.
//!
//! # What update it asks for
//! Minor: calls that name no server go to the first.
//!
//! # What to do about it
//! Name the server that you mean.
//!
//! # Before and after
//! ```yaml
//! servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! servers: [{url: 'https://b.example.com'}, {url: 'https://a.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "servers" && difference.entry.is_none() && difference.changed())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "all of them are still there"))
}
