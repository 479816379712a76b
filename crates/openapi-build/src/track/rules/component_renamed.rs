//! D072: a component that has another name.
//!
//! # What it means
//! A component is gone and another has come that has its very shape, and nothing else has.
//!
//! # On the wire
//! Safe: the name is not sent. A security scheme is known by what it asks for, and by its type where one alone is another; what
//! differs in it is reported by itself.
//!
//! # What update it asks for
//! Patch: where a type is generated of it, its name is another, which asks for a major update by itself.
//!
//! # What to do about it
//! Rename the type in your code. An overlay that keeps the old name does without.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {$ref: '#/components/schemas/Small'}}}
//! Small: {type: object, properties: {a: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {$ref: '#/components/schemas/Tiny'}}}
//! Tiny: {type: object, properties: {a: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.kind == Kind::Components && difference.entry.is_some() && difference.changed())
        .then(|| Finding::new(Wire::Safe, Level::Patch, "the name is not sent"))
}
