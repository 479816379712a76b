//! D060: a schema is put together of other parts.
//!
//! # What it means
//! The parts of an `allOf` are others, or there is one now, or none any more, and several things differ in the end,
//! or none. What differs is listed with it; where it is one thing alone, that is reported instead.
//!
//! # On the wire
//! Safe if nothing differs; else as what differs.
//!
//! # What update it asks for
//! Minor where something differs, else patch. If the names of types follow the parts, that asks for more by itself.
//!
//! # What to do about it
//! See what differs.
//!
//! # Before and after
//! ```yaml
//! Item: {allOf: [{$ref: '#/components/schemas/Base'}]}
//! Base: {type: object, properties: {a: {type: string}}}
//! ```
//! ```yaml
//! Item: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {b: {type: string}, c: {type: string}}}]}
//! Base: {type: object, properties: {a: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::Schema, "allOf").then(|| judge_replacement(difference, "it is the same in the end"))
}
