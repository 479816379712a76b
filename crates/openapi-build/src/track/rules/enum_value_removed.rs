//! D050: a value may no longer be one of a list.
//!
//! # What it means
//! `enum` or `x-extensible-enum` of a schema has lost a value.
//!
//! # On the wire
//! Breaks in requests: an old client may send it. An extensible enum may still take it, so that it may break. Safe
//! in responses.
//!
//! # What update it asks for
//! Major: the variant is gone.
//!
//! # What to do about it
//! Send another value; take its arm out.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M, L]}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M]}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_enum_entry(difference) && difference.removed()).then(|| {
        let request = match difference.field {
            "enum" => (Wire::Breaks, "an old client may send it"),
            _ => (Wire::MayBreak, "an old client may send it, and the server may refuse it"),
        };
        difference.by_side(Level::Major, request, (Wire::Safe, "an old client waits for a value that does not come"))
    })
}
