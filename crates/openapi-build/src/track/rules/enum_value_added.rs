//! D049: a value may be one more of a list.
//!
//! # What it means
//! `enum` or `x-extensible-enum` of a schema has another value.
//!
//! # On the wire
//! Safe: a server takes the old ones, and our enums of responses are open, so that an old client keeps a value that
//! it does not know.
//!
//! # What update it asks for
//! Minor: the enum, which is `#[non_exhaustive]`, has another variant.
//!
//! # What to do about it
//! Handle it where it matters; until then it falls to the arm for the rest.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M]}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M, L]}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_enum_entry(difference) && difference.added()).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "the old values are still taken"),
            (Wire::Safe, "an old client keeps a value that it does not know"),
        )
    })
}
