//! D026: the parts of a body are written in another way.
//!
//! # What it means
//! `encoding` of a media type, or a field of it, is another.
//!
//! # On the wire
//! Breaks for what is sent: the server reads another form than an old client writes. Safe where `allowReserved` alone is
//! another (D015 says why).
//!
//! # What update it asks for
//! Minor: the same code sends something else.
//!
//! # What to do about it
//! Update together with the server.
//!
//! # Before and after
//! ```yaml
//! /items: {post: {operationId: createItem,
//!   requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object,
//!   properties: {tags: {type: array, items: {type: string}}}}}}}, responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {post: {operationId: createItem,
//!   requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object,
//!   properties: {tags: {type: array, items: {type: string}}}}, encoding: {tags: {style: spaceDelimited}}}}},
//!   responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let form =
        difference.kind == Kind::Encoding || difference.kind == Kind::MediaType && difference.field == "encoding";
    let reserved = match (difference.kind, difference.entry) {
        (Kind::Encoding, _) => difference.field == "allowReserved",
        // A part that is said how to write, or no longer.
        (_, Some(_)) => [difference.old, difference.new].into_iter().flatten().all(says_reserved_only),
        (_, None) => false,
    };
    (form && !only_states_default(difference)).then(|| {
        if reserved {
            let same = (Wire::Safe, "who decodes a form reads the same value");
            return difference.by_side(Level::Minor, same, same);
        }
        difference.by_side(
            Level::Minor,
            (Wire::Breaks, "an old client writes them in the old form"),
            (Wire::MayBreak, "an old client reads them in the old form"),
        )
    })
}

/// Whether an encoding says no more than which characters are percent-encoded.
fn says_reserved_only(encoding: &Value) -> bool {
    encoding.as_object().is_some_and(|fields| fields.keys().all(|key| key == "allowReserved" || key.starts_with("x-")))
}
