//! D047: a value has another format.
//!
//! # What it means
//! `format` of a schema is another, or is said or no longer said; or `x-rust-format`, by which its values are read in another way
//! here, which changes nothing on the wire.
//!
//! # On the wire
//! May break: a value that is of the one format need not be of the other.
//!
//! # What update it asks for
//! Patch: where the format decides the type in Rust (`int32`, `date-time`, `uuid`), the field is of another type,
//! which asks for a major update by itself.
//!
//! # What to do about it
//! Convert the value, where its type is another.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {site: {type: string, format: uri}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {site: {type: string, format: email}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if difference.is_field(Kind::Schema, "x-rust-format") {
        let same = (Wire::Safe, "what is sent and received is the same");
        return Some(difference.by_side(Level::Patch, same, same));
    }
    difference.is_field(Kind::Schema, "format").then(|| {
        let why = "what is of the one format need not be of the other";
        let request = if difference.new.is_none() {
            (Wire::Safe, "the server takes more than before")
        } else {
            (Wire::MayBreak, why)
        };
        difference.by_side(Level::Patch, request, (Wire::MayBreak, why))
    })
}
