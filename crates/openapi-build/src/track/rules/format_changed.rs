//! D047: a value has another format.
//!
//! # What it means
//! `format` of a schema is another, or is said or no longer said; or `x-rust-format`, by which its values are read in another way
//! here, which changes nothing on the wire.
//!
//! # On the wire
//! May break: a value that is of the one format need not be of the other. Safe for formats that have no type of their own
//! (`email`, `uri`, `hostname`, an integer that says `int64`), which say what a text stands for and are not checked; for an
//! integer, where its range is wider for the server or narrower for the client; and where the format is gone in requests.
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
//! Item: {type: object, properties: {at: {type: string, format: date}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {at: {type: string, format: date-time}}}
//! ```

use super::prelude::*;
use crate::formats::{canonical, integer};

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if difference.is_field(Kind::Schema, "x-rust-format") {
        let same = (Wire::Safe, "what is sent and received is the same");
        return Some(difference.by_side(Level::Patch, same, same));
    }
    if !difference.is_field(Kind::Schema, "format") {
        return None;
    }
    // The format goes by the type, null aside.
    let kind = |owner: &Value| match owner.get("type") {
        Some(Value::Array(all)) => {
            let mut all = all.iter().filter_map(Value::as_str).filter(|one| *one != "null");
            all.next().filter(|_| all.next().is_none()).map(str::to_owned)
        }
        one => one.and_then(Value::as_str).map(str::to_owned),
    };
    let (old_kind, new_kind) = (kind(difference.owners.0), kind(difference.owners.1));
    // What holds may be said by another part of the schema.
    let text = |owner: &Value| owner.get("format").and_then(Value::as_str).map(str::to_owned);
    let (old, new) = (text(difference.owners.0), text(difference.owners.1));
    let (before, after) =
        (canonical(old_kind.as_deref(), old.as_deref()), canonical(new_kind.as_deref(), new.as_deref()));
    // Of a type that nobody knows, a format may be one of any type.
    let alike = |kind: &str| canonical(Some(kind), old.as_deref()) == canonical(Some(kind), new.as_deref());
    let known = old_kind.is_some() && new_kind.is_some();
    if before == after && (known || ["string", "integer", "number"].into_iter().all(alike)) {
        let same = (Wire::Safe, "the value is sent and read as before");
        return Some(difference.by_side(Level::Patch, same, same));
    }
    let why = "what is of the one format need not be of the other";
    let may_break = (Wire::MayBreak, why);
    let ranges = (before.and_then(range), after.and_then(range));
    let (request, response) = match ranges {
        (Some(old), Some(new)) => (
            if within(old, new) { (Wire::Safe, "the server takes more than before") } else { may_break },
            if within(new, old) { (Wire::Safe, "an old client reads more than it gets") } else { may_break },
        ),
        _ => (
            if new.is_none() { (Wire::Safe, "the server takes more than before") } else { may_break },
            // A text that nothing is made of is read whatever it is.
            if before.is_none() && old_kind.as_deref() == Some("string") {
                (Wire::Safe, "an old client reads any text")
            } else {
                may_break
            },
        ),
    };
    Some(difference.by_side(Level::Patch, request, response))
}

/// The least and the greatest integer of a format.
fn range(format: &str) -> Option<(i128, i128)> {
    let (signed, bits) = integer(format)?;
    Some(if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) })
}

/// Whether the integers of the one range are among those of the other.
fn within(one: (i128, i128), other: (i128, i128)) -> bool {
    other.0 <= one.0 && one.1 <= other.1
}
