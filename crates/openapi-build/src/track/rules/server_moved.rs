//! D091: a server has another URL.
//!
//! # What it means
//! One URL of `servers` is gone and one has come.
//!
//! # On the wire
//! May break, for a client that chose it. Breaks if it was the first, where calls go that name none.
//!
//! # What update it asks for
//! Patch: the operation table lists the new one. Minor if it was the first: calls go elsewhere.
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
//! servers: [{url: 'https://a.example.com'}, {url: 'https://c.example.com'}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let moved = |server: Option<&Value>| server.and_then(|server| server.get("url")).cloned();
    let is_server = difference.field == "servers" && difference.entry.is_some() && difference.changed();
    (is_server && moved(difference.old) != moved(difference.new)).then(|| match is_first_server(difference) {
        true => Finding::new(Wire::Breaks, Level::Minor, "calls of an old client go to the old one"),
        false => Finding::new(Wire::MayBreak, Level::Patch, "an old client may have chosen it"),
    })
}
