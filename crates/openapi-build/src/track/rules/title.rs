//! D067: a schema has another title.
//!
//! # What it means
//! `title` of a schema is another. Where a schema is written inline, its title is the name of its type.
//!
//! # On the wire
//! Safe: a title is not sent.
//!
//! # What update it asks for
//! Patch: where the type has another name then, that asks for a major update by itself.
//!
//! # What to do about it
//! Rename the type in your code. An overlay that sets the old title keeps the old name.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {title: Old,
//!   type: object, properties: {a: {type: string}}}}}}, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {title: New,
//!   type: object, properties: {a: {type: string}}}}}}, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::Schema, "title").then(|| Finding::new(Wire::Safe, Level::Patch, "a title is not sent"))
}
