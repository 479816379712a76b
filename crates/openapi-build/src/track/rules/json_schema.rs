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

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    const KEYWORDS: [&str; 22] = [
        "const",
        "prefixItems",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "$defs",
        "dependentSchemas",
        "dependentRequired",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "$id",
        "$schema",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
    ];
    (difference.kind == Kind::Schema && KEYWORDS.contains(&difference.field)).then(|| {
        let why = "what OpenAPI 3.1 says in JSON Schema is not looked into";
        difference.by_side(Level::Patch, (Wire::MayBreak, why), (Wire::MayBreak, why))
    })
}
