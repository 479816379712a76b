//! D081: a credential is no longer taken.
//!
//! # What it means
//! `security` that holds for an operation has lost an alternative.
//!
//! # On the wire
//! Breaks: the server refuses an old client that has only that credential. Safe where none is needed any more, where an
//! alternative is left that asks for a part of it, and where no operation goes by the list. Schemes are compared by what they
//! ask for: one that has another name is the same (D072).
//!
//! # What update it asks for
//! Minor: the code is the same, and needs another credential.
//!
//! # What to do about it
//! Get a credential of one of the schemes that are left, and give it to the client.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{key: []}, {token: []}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{key: []}], responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```

use super::prelude::*;
use crate::track::credentials::meets;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "security" && difference.entry.is_some() && difference.removed()).then(|| {
        let left = difference.owners.1.get("security").and_then(Value::as_array);
        let part = difference.old.is_some_and(|old| left.into_iter().flatten().any(|one| meets(old, one)));
        let request = match (is_open(difference.owners.1), part) {
            (true, _) => (Wire::Safe, "no credential is needed any more"),
            (false, true) => (Wire::Safe, "what an old client sends has what is asked for now"),
            (false, false) => (Wire::Breaks, "the server refuses an old client that has only that credential"),
        };
        difference.by_side(Level::Minor, request, request)
    })
}
