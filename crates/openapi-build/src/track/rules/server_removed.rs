//! D086: a server is gone.
//!
//! # What it means
//! `servers` of the definition, of a path or of an operation has lost a URL.
//!
//! # On the wire
//! Safe where it was not the first: only programs that name this server are affected; they must name another. Breaks if it
//! was the first, where calls go that name none. Servers are compared as they take effect: those of an operation, else of its
//! path, else of the definition, with the defaults of their variables filled in.
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
    (is_server(difference) && difference.removed()).then(|| {
        let (level, verdict) = match difference.servers.is_first() {
            true => (Level::Minor, (Wire::Breaks, "calls of an old client go there")),
            false => (Level::Patch, (Wire::Safe, OTHER_SERVER)),
        };
        difference.by_side(level, verdict, verdict)
    })
}
