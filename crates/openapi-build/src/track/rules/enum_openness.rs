//! D053: a list of values is open now, or closed.
//!
//! # What it means
//! `enum` of a schema became `x-extensible-enum`, or the other way round.
//!
//! # On the wire
//! Safe where it is opened. Where it is closed, it breaks in requests: an old client may send a value that is not of
//! the list.
//!
//! # What update it asks for
//! Major: what is sent is made by `From` where the list is open and by `TryFrom` where it is closed.
//!
//! # What to do about it
//! Convert where the compiler says so.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [S, M]}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, x-extensible-enum: [S, M]}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !difference.is_field(Kind::Schema, "openness") {
        return None;
    }
    let closed = difference.owners.1.get("enum").is_some();
    let request = match closed {
        true => (Wire::Breaks, "an old client may send a value that is not of the list"),
        false => (Wire::Safe, "the server takes more than before"),
    };
    Some(difference.by_side(Level::Major, request, (Wire::Safe, "an old client keeps a value that it does not know")))
}
