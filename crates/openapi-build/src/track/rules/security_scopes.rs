//! D082: a credential needs other scopes.
//!
//! # What it means
//! An alternative of `security` that holds for an operation names other scopes.
//!
//! # On the wire
//! Breaks where scopes are added: the token of an old client lacks them. Safe where they are fewer.
//!
//! # What update it asks for
//! Minor: the client asks for other scopes.
//!
//! # What to do about it
//! See that the client may have the scopes.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/token', scopes: {read: r, write: w}}}}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read, write]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/token', scopes: {read: r, write: w}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !(difference.field == "security" && difference.entry.is_some() && difference.changed()) {
        return None;
    }
    let scopes = |value: Option<&Value>| -> Vec<String> {
        let lists = value.and_then(Value::as_object).into_iter().flatten().filter_map(|(_, list)| list.as_array());
        lists.flatten().map(ToString::to_string).collect()
    };
    let (old, new) = (scopes(difference.old), scopes(difference.new));
    let request = match new.iter().all(|scope| old.contains(scope)) {
        true => (Wire::Safe, "an old client has the scopes that it needs"),
        false => (Wire::Breaks, "the token of an old client lacks them"),
    };
    Some(difference.by_side(Level::Minor, request, request))
}
