//! D055: a limit is looser.
//!
//! # What it means
//! A bound of a schema allows more than before, or is gone. The bounds are those of D054.
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
    (is_limit(difference) && !only_states_default(difference) && is_looser(difference)).then(|| {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "the server takes more than before"),
            (Wire::Safe, "limits of what is received are not checked"),
        )
    })
}
