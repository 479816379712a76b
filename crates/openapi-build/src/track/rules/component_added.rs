//! D070: a component that was not there.
//!
//! # What it means
//! The new definition has a component that the old one lacks. What refers to it is reported by itself.
//!
//! # On the wire
//! Safe: by itself a component is nothing that is sent.
//!
//! # What update it asks for
//! Patch: if a type is generated of it, that asks for a minor update by itself.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}}
//! Other: {type: object, properties: {a: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.kind == Kind::Components && difference.entry.is_some() && difference.added())
        .then(|| Finding::new(Wire::Safe, Level::Patch, "by itself it is nothing that is sent"))
}
