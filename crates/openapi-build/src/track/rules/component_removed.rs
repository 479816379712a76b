//! D071: a component that is gone.
//!
//! # What it means
//! The old definition has a component that the new one lacks, and no new one has its shape. What referred to it is
//! reported by itself.
//!
//! # On the wire
//! Safe: by itself a component is nothing that is sent.
//!
//! # What update it asks for
//! Patch: if a type was generated of it, that asks for a major update by itself.
//!
//! # What to do about it
//! Use what stands in its places now.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! Other: {type: object, properties: {a: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.kind == Kind::Components && difference.entry.is_some() && difference.removed())
        .then(|| Finding::new(Wire::Safe, Level::Patch, "by itself it is nothing that is sent"))
}
