//! D054: a limit is tighter.
//!
//! # What it means
//! A bound of a schema allows less than before: `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`,
//! `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `minItems`, `maxItems`, `uniqueItems`, `minProperties` or
//! `maxProperties`. A pattern or a step that is another counts as tighter, because nobody can tell.
//!
//! # On the wire
//! Breaks in requests: the server refuses what an old client may send. Safe in responses, where no limit is checked.
//!
//! # What update it asks for
//! Minor: the same code may be refused by `TryFrom` instead of by the server. Where the value had no limit before,
//! its type is another, which asks for a major update by itself.
//!
//! # What to do about it
//! Check the values that you send.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string, maxLength: 20}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string, maxLength: 10}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_limit(difference) && !only_states_default(difference) && !is_looser(difference)).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Breaks, "the server refuses what an old client may send"),
            (Wire::Safe, "limits of what is received are not checked"),
        )
    })
}
