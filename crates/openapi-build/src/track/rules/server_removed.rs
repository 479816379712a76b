//! D086: a server is gone.
//!
//! # What it means
//! `servers` of the definition, of a path or of an operation has lost a URL.
//!
//! # On the wire
//! Safe where it was not the first: calls that name no server do not go there. A program that named it has to name another.
//! Breaks if it was the first, where calls go that name none. Servers are compared as they take effect: those of an operation,
//! else of its path, else of the definition, with the defaults of their variables filled in.
//!
//! # What update it asks for
//! Patch: the operation table no longer lists it. Minor if it was the first: calls go elsewhere.
//!
//! # What to do about it
//! See that you do not name it.
//!
//! # Before and after
//! ```yaml
//! servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! servers: [{url: 'https://a.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "servers" && difference.entry.is_some() && difference.removed()).then(
        || match is_first_server(difference) {
            true => {
                let first = (Wire::Breaks, "calls of an old client go there");
                difference.by_side(Level::Minor, first, first)
            }
            false => {
                let other = (Wire::Safe, "calls go there only where a program named it, which has to name another");
                difference.by_side(Level::Patch, other, other)
            }
        },
    )
}
