//! D062: a value may no longer be one of several shapes.
//!
//! # What it means
//! `oneOf` or `anyOf` of a schema has lost an alternative. The entry that a `discriminator` had for it belongs to
//! it.
//!
//! # On the wire
//! Breaks in requests: an old client may send it. Safe in responses.
//!
//! # What update it asks for
//! Major: the variant is gone.
//!
//! # What to do about it
//! Send another shape; take its arm out.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {shape: {oneOf: [{$ref: '#/components/schemas/Disc'},
//!   {$ref: '#/components/schemas/Square'}, {$ref: '#/components/schemas/Ring'}]}}}
//! Disc: {type: object, required: [radius], properties: {radius: {type: number}}}
//! Square: {type: object, required: [side], properties: {side: {type: number}}}
//! Ring: {type: object, required: [width], properties: {width: {type: number}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {shape: {oneOf: [{$ref: '#/components/schemas/Disc'},
//!   {$ref: '#/components/schemas/Square'}]}}}
//! Disc: {type: object, required: [radius], properties: {radius: {type: number}}}
//! Square: {type: object, required: [side], properties: {side: {type: number}}}
//! Ring: {type: object, required: [width], properties: {width: {type: number}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_alternative(difference) && difference.entry.is_some() && difference.removed()).then(|| {
        difference.by_side(
            Level::Major,
            (Wire::Breaks, "an old client may send it"),
            (Wire::Safe, "an old client waits for a shape that does not come"),
        )
    })
}
