//! D063: a value is one of several shapes now, or they stand in another order.
//!
//! # What it means
//! `oneOf` or `anyOf` of a schema is said, or no longer said, or its alternatives are the same in another order.
//!
//! # On the wire
//! Safe for another order, which is not sent. Else it may break: a value that was of the one schema need not be of
//! the other.
//!
//! # What update it asks for
//! Patch: the field becomes an enum, or is none any more, which asks for a major update by itself.
//!
//! # What to do about it
//! Convert the value.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {shape: {oneOf: [{$ref: '#/components/schemas/Disc'},
//!   {$ref: '#/components/schemas/Square'}]}}}
//! Disc: {type: object, required: [radius], properties: {radius: {type: number}}}
//! Square: {type: object, required: [side], properties: {side: {type: number}}}
//! Ring: {type: object, required: [width], properties: {width: {type: number}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {shape: {oneOf: [{$ref: '#/components/schemas/Square'},
//!   {$ref: '#/components/schemas/Disc'}]}}}
//! Disc: {type: object, required: [radius], properties: {radius: {type: number}}}
//! Square: {type: object, required: [side], properties: {side: {type: number}}}
//! Ring: {type: object, required: [width], properties: {width: {type: number}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !is_alternative(difference) || difference.entry.is_some() {
        return None;
    }
    let why = "what is of the one need not be of the other";
    Some(match difference.changed() {
        true => Finding::new(Wire::Safe, Level::Patch, "their order is not sent"),
        false => difference.by_side(Level::Patch, (Wire::MayBreak, why), (Wire::MayBreak, why)),
    })
}
