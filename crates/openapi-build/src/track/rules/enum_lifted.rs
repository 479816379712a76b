//! D052: a value is no longer one of a list.
//!
//! # What it means
//! A schema that had an `enum` or `x-extensible-enum` takes any value of its type.
//!
//! # On the wire
//! Safe: the server takes more than before, and our enums of responses are open.
//!
//! # What update it asks for
//! Major: the field is a string instead of an enum.
//!
//! # What to do about it
//! Use the text.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M]}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let is_enum = difference.kind == Kind::Schema && matches!(difference.field, "enum" | "x-extensible-enum");
    (is_enum && difference.entry.is_none() && difference.removed()).then(|| {
        difference.by_side(
            Level::Major,
            (Wire::Safe, "the server takes more than before"),
            (Wire::Safe, "an old client keeps a value that it does not know"),
        )
    })
}
