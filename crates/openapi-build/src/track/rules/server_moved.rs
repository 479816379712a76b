//! D091: a server has another URL.
//!
//! # What it means
//! One URL of `servers` is gone and one has come, for the definition or for an operation; an operation that gets servers of its
//! own, or loses them, is one whose servers changed.
//!
//! # On the wire
//! Breaks if it was the first, where calls go that name none. Safe where it was not: a program that named it has to name
//! another.
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
use crate::track::servers::Effect;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let (Some(old), Some(new)) = (difference.old, difference.new) else { return None };
    let is_server = difference.field == "servers" && difference.entry.is_some();
    let moved = || old.get("url") != new.get("url") && Effect::of(old).url != Effect::of(new).url;
    (is_server && moved()).then(|| match is_first_server(difference) {
        true => {
            let first = (Wire::Breaks, "calls of an old client go to the old one");
            difference.by_side(Level::Minor, first, first)
        }
        false => {
            let other = (Wire::Safe, "calls go there only where a program named it, which has to name another");
            // The one that has come may be the first now.
            let first = difference.owners.1.get("servers").and_then(|servers| servers.get(0));
            let level = if first == difference.new { Level::Minor } else { Level::Patch };
            difference.by_side(level, other, other)
        }
    })
}
