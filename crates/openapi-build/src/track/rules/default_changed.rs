//! D056: another value holds where none is given.
//!
//! # What it means
//! `default` of a schema is another, or is said or no longer said.
//!
//! # On the wire
//! May break in requests: where an old client leaves the value out, the server does another thing. Safe in
//! responses, where it comes or does not.
//!
//! # What update it asks for
//! Minor: the same code means something else. Where the default made an optional value a plain one, the field is of
//! another type, which asks for a major update by itself.
//!
//! # What to do about it
//! Give the value where you counted on the old default.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, default: S}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, default: M}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::Schema, "default").then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::MayBreak, "what an old client leaves out means something else"),
            (Wire::Safe, "an old client reads what comes"),
        )
    })
}
