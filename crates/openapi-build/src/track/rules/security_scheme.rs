//! D084: a security scheme is another.
//!
//! # What it means
//! A field of a security scheme is another: its type, where the credential goes, the token endpoint, the scopes that
//! there are.
//!
//! # On the wire
//! Breaks: an old client gets or sends its credential as before. Safe where the same is asked for: scopes that are only
//! listed, a flow that is there besides, the case of a header's name. Safe where no operation asks for the scheme.
//!
//! # What update it asks for
//! Minor: the same code gets or sends its credential in another way. Silent where an API key goes to another place: the
//! same code sends it there.
//!
//! # What to do about it
//! See that the credential that you have is still one.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/token', scopes: {read: r, write: w}}}}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{auth: [read]}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {auth: {type: oauth2,
//!   flows: {clientCredentials: {tokenUrl: 'https://example.com/v2/token', scopes: {read: r, write: w}}}}}}
//! ```

use super::prelude::*;
use crate::track::credentials::{asks, without_scopes};

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if difference.kind != Kind::SecurityScheme
        || difference.field.starts_with("x-") && difference.field != "x-token-grant"
    {
        return None;
    }
    if difference.field == "description" {
        return None;
    }
    if asks(difference.owners.0) == asks(difference.owners.1) {
        return Some(Finding::new(Wire::Safe, Level::Patch, "the same is asked for"));
    }
    let flows = |value: Option<&Value>| value.map(without_scopes).unwrap_or_default();
    let (old, new) = (flows(difference.old), flows(difference.new));
    let more = difference.field == "flows"
        && old.as_object().is_some_and(|old| old.iter().all(|(name, flow)| new.get(name) == Some(flow)));
    let request = match more {
        true => (Wire::Safe, "the flows that an old client knows are still there"),
        false => (Wire::Breaks, "an old client gets or sends its credential as before"),
    };
    // The same code sends the same key, which may be logged at the new place.
    let moved = matches!(difference.field, "in" | "name") && (difference.sides.request || difference.sides.response);
    Some(difference.by_side(if moved { Level::Silent } else { Level::Minor }, request, request))
}
