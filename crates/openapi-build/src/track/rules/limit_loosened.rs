//! D055: a limit is looser.
//!
//! # What it means
//! A bound of a schema allows more than before, or is gone. The bounds are those of D054. A pattern allows more if every text
//! that the old one takes is shown to be one that the new one takes.
//!
//! # On the wire
//! Safe: the server takes more than before, and no limit is checked in responses.
//!
//! # What update it asks for
//! Minor: more values are taken. Where no limit is left, the type is another, which asks for a major update by
//! itself.
//!
//! # What to do about it
//! Nothing.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string, maxLength: 10}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string, maxLength: 20}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let looser = || match patterns::relation(difference) {
        Some(relation) => relation == Relation::Wider || relation == Relation::Unknown && difference.removed(),
        None => is_looser(difference),
    };
    (is_limit(difference) && !only_states_default(difference) && looser()).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "the server takes more than before"),
            (Wire::Safe, "limits of what is received are not checked"),
        )
    })
}
