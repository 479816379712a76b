//! D012: a parameter that is gone.
//!
//! # What it means
//! An operation, or a path, no longer has a parameter, of that name and in that place.
//!
//! # On the wire
//! May break: a server that is sent it anyway ignores it or refuses the call. One that the path itself names is part
//! of another path.
//!
//! # What update it asks for
//! Major: the argument or the setter is gone.
//!
//! # What to do about it
//! Take it out of the calls; see what the server does without it.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, parameters: [{name: limit, in: query, schema: {type: integer}}],
//!   responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (is_parameter(difference) && difference.removed()).then(|| {
        Finding::new(Wire::MayBreak, Level::Major, "an old client may still send it; a server ignores or refuses it")
    })
}
