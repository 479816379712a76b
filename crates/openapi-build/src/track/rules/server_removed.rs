//! D086: a server is gone.
//!
//! # What it means
//! `servers` of the definition, of a path or of an operation has lost a URL.
//!
//! # On the wire
//! May break, for a client that chose it. Breaks if it was the first, where calls go that name none.
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
            true => Finding::new(Wire::Breaks, Level::Minor, "calls of an old client go there"),
            false => Finding::new(Wire::MayBreak, Level::Patch, "an old client may have chosen it"),
        },
    )
}
