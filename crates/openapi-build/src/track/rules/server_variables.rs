//! D088: the variables of a server are others.
//!
//! # What it means
//! A server has the URL that it had, and other variables, defaults or allowed values.
//!
//! # On the wire
//! May break: an old client fills them in as before.
//!
//! # What update it asks for
//! Minor: calls may go elsewhere.
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
    let is_server = difference.field == "servers" && difference.entry.is_some() && difference.changed();
    let variables = |value: Option<&Value>| value.and_then(|server| server.get("variables").cloned());
    let url = |value: Option<&Value>| value.and_then(|server| server.get("url").cloned());
    let same = url(difference.old) == url(difference.new);
    (is_server && same && variables(difference.old) != variables(difference.new))
        .then(|| Finding::new(Wire::MayBreak, Level::Minor, "an old client fills them in as before"))
}
