//! D059: a list has items of another kind.
//!
//! # What it means
//! `items` of a schema is said, or no longer said. Where it is said on both sides, what is in it is compared.
//!
//! # On the wire
//! May break: what was any value is of a type, or the other way round.
//!
//! # What update it asks for
//! Major: the elements are of another type.
//!
//! # What to do about it
//! Convert the elements.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {tags: {type: array}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {tags: {type: array, items: {type: string}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_field(Kind::Schema, "items") && !difference.changed()).then(|| {
        let why = "the elements may be of another type";
        let request = if difference.removed() {
            (Wire::Safe, "the server takes more than before")
        } else {
            (Wire::MayBreak, why)
        };
        difference.by_side(Level::Major, request, (Wire::MayBreak, why))
    })
}
