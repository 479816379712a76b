//! D024: a request body may be of another media type.
//!
//! # What it means
//! A request body has a media type that it did not have.
//!
//! # On the wire
//! Safe: the old ones are still taken.
//!
//! # What update it asks for
//! Minor: the body may be given in another form. Where there was one form only, the type of the argument is another,
//! which asks for a major update by itself.
//!
//! # What to do about it
//! Give the body as the alternative that it is, where its type is another.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}},
//!   text/plain: {schema: {type: string}}}}, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem, requestBody: {content: {application/json: {schema: {type: string}},
//!   text/plain: {schema: {type: string}}, application/xml: {schema: {type: string}}}},
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::RequestBody, "content") && difference.added())
        .then(|| Finding::new(Wire::Safe, Level::Minor, "the old media types are still taken"))
}
