//! D080: another credential is taken.
//!
//! # What it means
//! `security` that holds for an operation has an alternative that it did not have.
//!
//! # On the wire
//! Safe: the others are still taken. Breaks where none was needed before.
//!
//! # What update it asks for
//! Minor: the client uses either.
//!
//! # What to do about it
//! Nothing. Use it where it helps.
//!
//! # Before and after
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{key: []}], responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```
//! ```yaml
//! paths: {/items: {get: {operationId: listItems, security: [{key: []}, {token: []}],
//!   responses: {'204': {description: none}}}}}
//! components: {securitySchemes: {key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "security" && difference.entry.is_some() && difference.added()).then(|| {
        // What holds for the operation, its own or else the document's.
        match is_open(difference.owners.0) && !is_open(difference.owners.1) {
            true => Finding::new(Wire::Breaks, Level::Minor, "an old client sends no credential"),
            false => Finding::new(Wire::Safe, Level::Minor, "the others are still taken"),
        }
    })
}
