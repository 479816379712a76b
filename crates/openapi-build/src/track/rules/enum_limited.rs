//! D051: a value is one of a list now.
//!
//! # What it means
//! A schema that took any value of its type has an `enum` or `x-extensible-enum`.
//!
//! # On the wire
//! Breaks in requests: an old client may send any value. An extensible enum may take others, so that it may break.
//! Safe in responses.
//!
//! # What update it asks for
//! Major: the field is an enum instead of a string.
//!
//! # What to do about it
//! Use the variants.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M]}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let is_enum = difference.kind == Kind::Schema && matches!(difference.field, "enum" | "x-extensible-enum");
    (is_enum && difference.entry.is_none() && difference.added()).then(|| {
        let request = match difference.field {
            "enum" => (Wire::Breaks, "an old client may send any value"),
            _ => (Wire::MayBreak, "an old client may send any value, and the server may refuse it"),
        };
        difference.by_side(Level::Major, request, (Wire::Safe, "an old client reads any value"))
    })
}
