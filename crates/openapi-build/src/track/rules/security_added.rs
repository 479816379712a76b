//! D080: another credential is taken.
//!
//! # What it means
//! `security` that holds for an operation has an alternative that it did not have.
//!
//! # On the wire
//! Safe where an old client may go on without it: the other credentials are still taken, or no operation goes by the list.
//! Breaks where no credential was needed before: an old client sends none.
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
        let request = match is_open(difference.owners.0) && !is_open(difference.owners.1) {
            true => (Wire::Breaks, "an old client sends no credential"),
            false => (Wire::Safe, "an old client need not send it"),
        };
        difference.by_side(Level::Minor, request, request)
    })
}
