//! D093: a list pages in another way.
//!
//! # What it means
//! `x-pagination` or `x-speakeasy-pagination` of an operation is added, changed or taken back.
//!
//! # On the wire
//! May break where it is changed: an old client asks for the next page in the old way. Safe where it is added or taken back, because
//! an old client goes on as it did.
//!
//! # What update it asks for
//! Minor, and major where it is taken back, or is `false` now: unless a rule finds out how the list pages, `pages()` and `items()` of
//! its request are gone.
//!
//! # What to do about it
//! Where it is taken back, ask for page after page in your own code, or say in an overlay how the list pages.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, x-pagination: {type: token, parameter: from, next: /next},
//!   parameters: [{name: from, in: query, schema: {type: string}}],
//!   responses: {'200': {description: items, content: {application/json: {schema: {type: object,
//!   properties: {list: {type: array, items: {type: string}}, next: {type: string}, last: {type: string}}}}}}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, x-pagination: {type: token, parameter: from, next: /last},
//!   parameters: [{name: from, in: query, schema: {type: string}}],
//!   responses: {'200': {description: items, content: {application/json: {schema: {type: object,
//!   properties: {list: {type: array, items: {type: string}}, next: {type: string}, last: {type: string}}}}}}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let names = ["x-pagination", "x-speakeasy-pagination"];
    if !names.into_iter().any(|name| difference.is_field(Kind::Operation, name)) {
        return None;
    }
    let says = |value: Option<&Value>| value.is_some_and(|value| *value != Value::Bool(false));
    let is_off = difference.new == Some(&Value::Bool(false));
    Some(match (says(difference.old), says(difference.new)) {
        _ if is_off => Finding::new(Wire::Safe, Level::Major, "an old client goes on to page as it did"),
        (true, false) => Finding::new(Wire::Safe, Level::Major, "an old client goes on to page as it did"),
        (true, true) => Finding::new(Wire::MayBreak, Level::Minor, "an old client asks for the pages in the old way"),
        _ => Finding::new(Wire::Safe, Level::Minor, "an old client goes on as it did"),
    })
}
