//! D015: a parameter or header is written in another way.
//!
//! # What it means
//! `style`, `explode`, `allowReserved`, `allowEmptyValue` or `content` of a parameter, or of a header, says another
//! form. What says only what holds anyway is noise.
//!
//! # On the wire
//! Breaks for what is sent: the server reads another form than an old client writes. Headers of a response are read
//! in the old form.
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
    (form && kind && !only_states_default(difference)).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Breaks, "an old client writes it in the old form"),
            (Wire::MayBreak, "an old client reads it in the old form"),
        )
    })
}
