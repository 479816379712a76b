//! D061: a value may be one more of several shapes.
//!
//! # What it means
//! `oneOf` or `anyOf` of a schema has another alternative. The entry that a `discriminator` has for it belongs to
//! it.
//!
//! # On the wire
//! Safe: a server takes the old ones, and an old client keeps a response of a shape that it does not know as JSON.
//!
//! # What update it asks for
//! Minor: the enum, which is `#[non_exhaustive]`, has another variant.
//!
//! # What to do about it
//! Handle it where it matters.
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
//! Item: {type: object, properties: {shape: {oneOf: [{$ref: '#/components/schemas/Disc'},
//!   {$ref: '#/components/schemas/Square'}, {$ref: '#/components/schemas/Ring'}]}}}
//! Disc: {type: object, required: [radius], properties: {radius: {type: number}}}
//! Square: {type: object, required: [side], properties: {side: {type: number}}}
//! Ring: {type: object, required: [width], properties: {width: {type: number}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_alternative(difference) && difference.entry.is_some() && difference.added()).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "the old shapes are still taken"),
            (Wire::Safe, "an old client keeps a shape that it does not know"),
        )
    })
}
