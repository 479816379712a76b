//! D068: a keyword of JSON Schema says something else.
//!
//! # What it means
//! A keyword that OpenAPI 3.1 has and 3.0 has not is another: `const`, `prefixItems`, `if`, `then`, `else`,
//! `contains`, `propertyNames`, `dependentRequired`, `dependentSchemas`, `unevaluatedProperties` and the like.
//!
//! # On the wire
//! May break: what these keywords mean is not compared.
//!
//! # What update it asks for
//! Patch: where something else is generated of it, that asks for more by itself.
//!
//! # What to do about it
//! Read what it says.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, const: S}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, const: M}}}
//! ```

use super::prelude::*;
use crate::keywords::{self, Role, Version};

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let keyword = keywords::find(difference.field).filter(|_| difference.kind == Kind::Schema)?;
    let describes = matches!(keyword.role, Role::Annotation | Role::Comment);
    (keyword.since == Version::V31 && !describes).then(|| {
        let why = "what OpenAPI 3.1 says in JSON Schema is not looked into";
        difference.by_side(Level::Patch, (Wire::MayBreak, why), (Wire::MayBreak, why))
    })
}
