//! D044: a field must be there now.
//!
//! # What it means
//! `required` of an object names a property that it did not name.
//!
//! # On the wire
//! Breaks in requests: an old client may leave it out. Safe in responses.
//!
//! # What update it asks for
//! Major: the field is no longer an `Option`, and in requests the constructor requires it.
//!
//! # What to do about it
//! Give it in every request; in responses, it needs no `Option` any more.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, required: [name], properties: {name: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "required") && difference.added()).then(|| {
        difference.by_side(
            Level::Major,
            (Wire::Breaks, "an old client may leave it out"),
            (Wire::Safe, "an old client takes it as it comes"),
        )
    })
}
