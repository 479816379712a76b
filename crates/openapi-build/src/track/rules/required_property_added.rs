//! D040: a field that is new and required.
//!
//! # What it means
//! An object has a property that it did not have, and that must be there.
//!
//! # On the wire
//! Breaks in requests: an old client does not send it. Safe in responses: an old client drops what it does not know.
//!
//! # What update it asks for
//! Major in requests: it is a field of what the constructor requires. In responses the struct has another field,
//! which is minor.
//!
//! # What to do about it
//! Give it in every request.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, required: [owner], properties: {name: {type: string}, owner: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "properties") && difference.added() && difference.required().1).then(|| {
        let level = if difference.sides.request { Level::Major } else { Level::Minor };
        difference.by_side(
            level,
            (Wire::Breaks, "an old client does not send it"),
            (Wire::Safe, "an old client drops what it does not know"),
        )
    })
}
