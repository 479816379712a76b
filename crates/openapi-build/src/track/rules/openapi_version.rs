//! D089: the definition is written in another version of OpenAPI.
//!
//! # What it means
//! `openapi` names another minor version, such as 3.1 after 3.0. Another patch is noise.
//!
//! # On the wire
//! Safe: it says how to read the definition. What it makes of its words is reported by itself.
//!
//! # What update it asks for
//! Patch: as far as what is generated is the same.
//!
//! # What to do about it
//! Read the notes of `cargo oas explain`: keywords of 3.1 are not all read.
//!
//! # Before and after
//! ```yaml
//! openapi: 3.0.3
//! info: {title: t, version: '1'}
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```
//! ```yaml
//! openapi: 3.1.0
//! info: {title: t, version: '1'}
//! paths: {/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let minor = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        text.split('.').take(2).collect::<Vec<_>>().join(".")
    };
    (difference.is_field(Kind::Document, "openapi") && minor(difference.old) != minor(difference.new))
        .then(|| Finding::new(Wire::Safe, Level::Patch, "it says how to read the definition"))
}
