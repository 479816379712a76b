//! D054: a limit is tighter.
//!
//! # What it means
//! A bound of a schema allows less than before: `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`,
//! `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `minItems`, `maxItems`, `uniqueItems`, `minProperties` or
//! `maxProperties`. A step that is another counts as tighter, and so does a pattern that is not shown to take all that the old
//! one took. Both patterns are read as automata for that; those that look around, refer back or count very far are not.
//! Patterns that take the same texts are noise (N016).
//!
//! # On the wire
//! Breaks in requests: the server refuses what an old client may send. May break where a pattern is another and is shown
//! neither to take only a part of what the old one took, nor to take none of it. Safe in responses, where no limit is checked.
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
    if !is_limit(difference) || only_states_default(difference) {
        return None;
    }
    let breaks = (Wire::Breaks, "the server refuses what an old client may send");
    let request = match patterns::relation(difference) {
        None if is_looser(difference) => return None,
        None | Some(Relation::Narrower) => breaks,
        Some(Relation::Disjoint) => (Wire::Breaks, "the server refuses all that the old pattern took"),
        // Where every text was taken, a pattern is a tighter limit, as a new length is.
        Some(Relation::Unknown) if difference.added() && difference.new.is_some_and(Value::is_string) => breaks,
        Some(Relation::Same | Relation::Wider) => return None,
        Some(Relation::Unknown) if difference.removed() => return None,
        Some(Relation::Other) => {
            (Wire::MayBreak, "the server refuses some of what the old pattern took, and takes other texts")
        }
        Some(Relation::Unknown) => (Wire::MayBreak, "the server may refuse what the old pattern took"),
    };
    let response = (Wire::Safe, "limits of what is received are not checked");
    Some(difference.by_side(Level::Minor, request, response))
}
