//! D088: the variables of a server are others.
//!
//! # What it means
//! A server has the URL that it had, as it is written or with the defaults of its variables filled in, and other variables,
//! defaults or allowed values.
//!
//! # On the wire
//! Breaks if the first server has another default: calls of an old client go to the old one. Safe where the defaults are the
//! same, and where the server is not the first; a program that gives a value that is no longer allowed has to give another.
//!
//! # What update it asks for
//! Minor: calls go elsewhere. Patch where they do not.
//!
//! # What to do about it
//! Give the variables that you count on.
//!
//! # Before and after
//! ```yaml
//! servers: [{url: 'https://{region}.example.com', variables: {region: {default: eu}}}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! servers: [{url: 'https://{region}.example.com', variables: {region: {default: us}}}]
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let (Some((_, old)), Some((_, new))) = (difference.servers.old, difference.servers.new) else { return None };
    has_other_variables(difference).then(|| {
        let (level, verdict) = match (old.url == new.url, difference.servers.is_first()) {
            (true, _) => (Level::Patch, (Wire::Safe, "calls that give no variables go where they went")),
            (false, true) => (Level::Minor, (Wire::Breaks, "calls of an old client go to the old one")),
            (false, false) => (Level::Patch, (Wire::Safe, OTHER_SERVER)),
        };
        difference.by_side(level, verdict, verdict)
    })
}
