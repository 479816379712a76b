//! D034: a response has another header.
//!
//! # What it means
//! A response documents a header that it did not.
//!
//! # On the wire
//! Safe: an old client does not look at it.
//!
//! # What update it asks for
//! Minor: the headers have another field. Sets of headers that several responses share get another name then, which
//! asks for a major update by itself.
//!
//! # What to do about it
//! Nothing. Use it where it helps.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}}, content: {application/json: {schema: {type: integer}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'200': {description: all,
//!   headers: {X-Id: {schema: {type: string}}, X-Cost: {schema: {type: integer}}},
//!   content: {application/json: {schema: {type: integer}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_header(difference) && difference.added())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "an old client does not look at it"))
}
