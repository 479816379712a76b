//! D091: a server has another URL.
//!
//! # What it means
//! One URL of `servers` is gone and one has come, for the definition or for an operation; an operation that gets servers of its
//! own, or loses them, is one whose servers changed.
//!
//! # On the wire
//! Breaks if it was the first, where calls go that name none. Safe where it was not: only programs that name this
//! server are affected; they must name another.
//!
//! # What update it asks for
//! Minor: calls go elsewhere. Patch if it was not the first: the operation table lists the new one.
//!
//! # What to do about it
//! Update before the old one is switched off.
//!
//! # Before and after
//! ```yaml
//! servers: [{url: 'https://a.example.com'}, {url: 'https://b.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! servers: [{url: 'https://c.example.com'}, {url: 'https://b.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let (Some((_, old)), Some((now, new))) = (difference.servers.old, difference.servers.new) else { return None };
    (is_server(difference) && old.url != new.url && !has_other_variables(difference)).then(|| {
        let (level, verdict) = match difference.servers.is_first() {
            true => (Level::Minor, (Wire::Breaks, "calls of an old client go to the old one")),
            // The one that has come may be the first now.
            false => (if now == 0 { Level::Minor } else { Level::Patch }, (Wire::Safe, OTHER_SERVER)),
        };
        difference.by_side(level, verdict, verdict)
    })
}
