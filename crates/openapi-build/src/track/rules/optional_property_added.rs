//! D041: a field that is new and may be left out.
//!
//! # What it means
//! An object has a property that it did not have, and that need not be there.
//!
//! # On the wire
//! Safe: an old client does not send it, and drops what it does not know.
//!
//! # What update it asks for
//! Minor: structs that the client fills have a setter more, and those that it receives a field.
//!
//! # What to do about it
//! Nothing. Use it where it helps.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}, owner: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "properties") && difference.added()).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "an old client leaves it out"),
            (Wire::Safe, "an old client drops what it does not know"),
        )
    })
}
