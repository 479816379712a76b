//! D064: which shape a value has is told in another way.
//!
//! # What it means
//! `discriminator` of a schema is another in more than the alternatives that came or went.
//!
//! # On the wire
//! Breaks: each side tells the shapes apart by what the other does not write.
//!
//! # What update it asks for
//! Minor: the variants may have other names, which asks for a major update by itself.
//!
//! # What to do about it
//! Update together with the server.
//!
//! # Before and after
//! ```yaml
//! Item: {oneOf: [{$ref: '#/components/schemas/Disc'}, {$ref: '#/components/schemas/Square'}],
//!   discriminator: {propertyName: kind, mapping: {disc: '#/components/schemas/Disc',
//!   square: '#/components/schemas/Square'}}}
//! Disc: {type: object, required: [kind], properties: {kind: {type: string}}}
//! Square: {type: object, required: [kind], properties: {kind: {type: string}, side: {type: number}}}
//! ```
//! ```yaml
//! Item: {oneOf: [{$ref: '#/components/schemas/Disc'}, {$ref: '#/components/schemas/Square'}],
//!   discriminator: {propertyName: kind, mapping: {circle: '#/components/schemas/Disc',
//!   square: '#/components/schemas/Square'}}}
//! Disc: {type: object, required: [kind], properties: {kind: {type: string}}}
//! Square: {type: object, required: [kind], properties: {kind: {type: string}, side: {type: number}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::Schema, "discriminator").then(|| {
        let why = "each side tells the shapes apart by what the other does not write";
        difference.by_side(Level::Minor, (Wire::Breaks, why), (Wire::MayBreak, why))
    })
}
