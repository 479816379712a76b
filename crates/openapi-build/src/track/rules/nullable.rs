//! D048: a value may be null now, or no longer.
//!
//! # What it means
//! `nullable` of a schema is set or taken back.
//!
//! # On the wire
//! Breaks in requests where it is taken back: an old client may send null. May break in responses where it is set:
//! an old client that requires the value cannot read null. Else safe.
//!
//! # What update it asks for
//! Minor: where the value is required, or where null and absent are two things, the field is of another type, which
//! asks for a major update by itself.
//!
//! # What to do about it
//! Expect null, or stop sending it.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, required: [name], properties: {name: {type: string, nullable: true}}}
//! ```
//! ```yaml
//! Item: {type: object, required: [name], properties: {name: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !difference.is_field(Kind::Schema, "nullable") || difference.truth().0 == difference.truth().1 {
        return None;
    }
    Some(match difference.truth().1 {
        true => difference.by_side(
            Level::Minor,
            (Wire::Safe, "an old client sends no null"),
            (Wire::MayBreak, "an old client that requires the value cannot read null"),
        ),
        false => difference.by_side(
            Level::Minor,
            (Wire::Breaks, "an old client may send null"),
            (Wire::Safe, "an old client waits for a null that does not come"),
        ),
    })
}
