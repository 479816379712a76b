//! D085: another server.
//!
//! # What it means
//! `servers` of the definition, of a path or of an operation has a URL that it did not have.
//!
//! # On the wire
//! Safe: the others are still there.
//!
//! # What update it asks for
//! Patch: the operation table lists it. If it is the first, calls go there, which is minor.
//!
//! # What to do about it
//! Nothing. Choose it where it helps.
//!
//! # Before and after
//! ```yaml
//! servers: [{url: 'https://a.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_server(difference) && difference.added()).then(|| {
        let level = if difference.servers.is_first() { Level::Minor } else { Level::Patch };
        let safe = (Wire::Safe, "an old client does not know it");
        difference.by_side(level, safe, safe)
    })
}
