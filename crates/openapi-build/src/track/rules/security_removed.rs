//! D081: a credential is no longer taken.
//!
//! # What it means
//! `security` that holds for an operation has lost an alternative.
//!
//! # On the wire
//! Breaks: the server refuses an old client that has only that credential. Safe where none is needed any more.
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

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "security" && difference.entry.is_some() && difference.removed()).then(|| {
        match is_open(difference.owners.1) {
            true => Finding::new(Wire::Safe, Level::Minor, "no credential is needed any more"),
            false => Finding::new(
                Wire::Breaks,
                Level::Minor,
                "the server refuses an old client that has only that credential",
            ),
        }
    })
}
