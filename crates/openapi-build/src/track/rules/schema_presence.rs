//! D066: a schema is said, or no longer said.
//!
//! # What it means
//! `schema` of a parameter, header or media type, or `not` of a schema, stands in one of the definitions only; or
//! `true` or `false` stands for a schema.
//!
//! # On the wire
//! May break: what was any value is of a type, or the other way round.
//!
//! # What update it asks for
//! Patch: the type is another, which asks for a major update by itself.
//!
//! # What to do about it
//! Convert the value.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   content: {application/json: {schema: {type: string}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all, content: {application/json: {}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let holds = matches!(difference.kind, Kind::Parameter | Kind::Header | Kind::MediaType | Kind::Schema);
    let field = matches!((difference.kind, difference.field), (_, "schema") | (Kind::Schema, "not"));
    (holds && field && difference.entry.is_none()).then(|| {
        let why = "what was any value is of a type, or the other way round";
        difference.by_side(Level::Patch, (Wire::MayBreak, why), (Wire::MayBreak, why))
    })
}
