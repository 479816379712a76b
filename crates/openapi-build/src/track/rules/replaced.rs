//! D065: another schema stands here.
//!
//! # What it means
//! A `$ref` leads to another component, or stands where something was written inline, or the other way round. What
//! differs is listed with it; where nothing does, it only moved. It is reported for parameters, responses and request
//! bodies as well.
//!
//! # On the wire
//! Safe if nothing differs; else as what differs.
//!
//! # What update it asks for
//! Minor where something differs, else patch. If the type has another name, or other fields, that asks for more by
//! itself.
//!
//! # What to do about it
//! Use the type that stands there now.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {$ref: '#/components/schemas/Small'}}}
//! Small: {type: object, properties: {a: {type: string}}}
//! Large: {type: object, properties: {a: {type: string}, b: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {$ref: '#/components/schemas/Large'}}}
//! Small: {type: object, properties: {a: {type: string}}}
//! Large: {type: object, properties: {a: {type: string}, b: {type: string}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.field == "$ref" && difference.inner.is_some()).then(|| judge_replacement(difference, "it is the same in the end"))
}
