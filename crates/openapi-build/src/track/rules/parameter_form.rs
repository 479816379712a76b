//! D015: a parameter or header is written in another way.
//!
//! # What it means
//! `style`, `explode`, `allowReserved`, `allowEmptyValue` or `content` of a parameter, or of a header, says another
//! form. What says only what holds anyway is noise.
//!
//! # On the wire
//! Breaks for what is sent: the server reads another form than an old client writes. Headers of a response are read
//! in the old form. `allowReserved` is safe: it says which characters stand for themselves and which are percent-encoded, and a
//! server that decodes a query reads one value in both; the characters that would end the value (`#`, `&` and `+`) are encoded
//! in any case. `allowEmptyValue` is safe where it is set, and may break where it no longer is.
//!
//! # What update it asks for
//! Minor: the same code sends something else.
//!
//! # What to do about it
//! Update together with the server.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: ids, in: query, schema: {type: array,
//!   items: {type: string}}}], responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: ids, in: query, explode: false,
//!   schema: {type: array, items: {type: string}}}], responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let form = matches!(difference.field, "style" | "explode" | "allowReserved" | "allowEmptyValue" | "content" | "in");
    let kind = matches!(difference.kind, Kind::Parameter | Kind::Header);
    (form && kind && !is_respelled(difference) && !only_states_default(difference)).then(|| {
        let request = match (difference.field, difference.truth().1) {
            ("allowReserved", _) => (Wire::Safe, "a server that decodes a query reads the same value"),
            ("allowEmptyValue", true) => (Wire::Safe, "the server takes more than before"),
            ("allowEmptyValue", false) => (Wire::MayBreak, "the server may refuse an empty value"),
            _ => (Wire::Breaks, "an old client writes it in the old form"),
        };
        difference.by_side(Level::Minor, request, (Wire::MayBreak, "an old client reads it in the old form"))
    })
}
