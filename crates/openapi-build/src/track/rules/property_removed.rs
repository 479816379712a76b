//! D042: a field that is gone.
//!
//! # What it means
//! An object no longer has a property.
//!
//! # On the wire
//! Breaks in responses if it was required: an old client cannot read the answer. Else it may break: the server
//! ignores or refuses what it does not know, and an old client may miss what no longer comes.
//!
//! # What update it asks for
//! Major: the field and its setter are gone.
//!
//! # What to do about it
//! Do without it; in requests, take it out.
//!
//! # Before and after
//! ```yaml
//! Answer: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}
//! ```
//! ```yaml
//! Answer: {type: object, properties: {name: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "properties") && difference.removed()).then(|| {
        let response = match difference.required().0 {
            true => (Wire::Breaks, "an old client cannot read an answer without it"),
            false => (Wire::MayBreak, "an old client may miss it"),
        };
        let request = (Wire::MayBreak, "an old client may still send it; a server ignores or refuses it");
        difference.by_side(Level::Major, request, response)
    })
}
