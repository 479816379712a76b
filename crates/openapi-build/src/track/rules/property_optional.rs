//! D045: a field may be left out now.
//!
//! # What it means
//! `required` of an object no longer names a property.
//!
//! # On the wire
//! Breaks in responses: an old client cannot read an answer without it. Safe in requests.
//!
//! # What update it asks for
//! Major: the field is an `Option`, and in requests it is a setter.
//!
//! # What to do about it
//! Expect that it is not there.
//!
//! # Before and after
//! ```yaml
//! Answer: {type: object, required: [name], properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Answer: {type: object, properties: {name: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "required") && difference.removed()).then(|| {
        difference.by_side(
            Level::Major,
            (Wire::Safe, "an old client still sends it"),
            (Wire::Breaks, "an old client cannot read an answer without it"),
        )
    })
}
