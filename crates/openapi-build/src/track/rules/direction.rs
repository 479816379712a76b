//! D057: a value is only received, or only sent, or no longer.
//!
//! # What it means
//! `readOnly` or `writeOnly` of a schema is set or taken back.
//!
//! # On the wire
//! May break where it is set: an old client may send what the server ignores or refuses, or wait for what no longer
//! comes. Safe where it is taken back.
//!
//! # What update it asks for
//! Minor: the field is gone from the one side, or new there, which asks for a major update by itself where it is
//! gone.
//!
//! # What to do about it
//! Take it out of the requests.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string, readOnly: true}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let flag = difference.kind == Kind::Schema && matches!(difference.field, "readOnly" | "writeOnly");
    if !flag || difference.truth().0 == difference.truth().1 {
        return None;
    }
    let concerns = match difference.field {
        "readOnly" => difference.sides.request,
        _ => difference.sides.response,
    };
    Some(match (difference.truth().1, concerns) {
        (true, true) => Finding::new(Wire::MayBreak, Level::Minor, "an old client may still send it, or wait for it"),
        _ => Finding::new(Wire::Safe, Level::Minor, "an old client does without it"),
    })
}
