//! D003: an operation that stands at another path or method.
//!
//! # What it means
//! An operation of the new definition has the `operationId` of one of the old definition that is gone from its
//! place. Its parameters, bodies and responses are compared as those of one operation.
//!
//! # On the wire
//! Breaks: an old client calls the old place. Safe where only the fragment of the path differs, which is not sent.
//!
//! # What update it asks for
//! Patch: the method of `Client` keeps its name; where its arguments change, that asks for more by itself.
//!
//! # What to do about it
//! Update the client before the old place is switched off. Whoever matches on URLs (proxies, recorded tests, rate
//! limits) has to follow.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /v2/items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;
use crate::path_template;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    difference.is_field(Kind::PathItem, "moved").then(|| match sent(difference.old) == sent(difference.new) {
        true => Finding::new(Wire::Safe, Level::Patch, "an old client calls the same place"),
        false => Finding::new(Wire::Breaks, Level::Patch, "an old client calls the old place"),
    })
}

/// The method and the path that a call is sent to.
fn sent(label: Option<&Value>) -> Option<(&str, String)> {
    let (method, path) = label?.as_str()?.split_once(' ')?;
    Some((method, path_template::sent(path)))
}
