//! D094: the day on which something is to be removed changed.
//!
//! # What it means
//! `x-sunset` of an operation, parameter, header or schema is set, moved to another day, or gone.
//!
//! # On the wire
//! May break if the day is earlier than it was, because a client that relied on the old day has less time. Safe otherwise, because
//! nothing has been removed yet. The day in turn decides how the removal is judged: see docs/tracking.md.
//!
//! # What update it asks for
//! Patch: the Rust API does not show the day.
//!
//! # What to do about it
//! Stop using it before that day.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: listItems, x-sunset: '2027-06-30', responses: {'204': {description: none}}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: listItems, x-sunset: '2027-01-31', responses: {'204': {description: none}}}}
//! ```

use super::prelude::*;
use crate::track::diff::sunset::{FIELD, HOLDERS, day_of};

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if difference.field != FIELD || difference.entry.is_some() || !HOLDERS.contains(&difference.kind) {
        return None;
    }
    let (old, new) = (difference.old.and_then(day_of), difference.new.and_then(day_of));
    let (wire, why) = match (old, new) {
        (None, None) => return None,
        // The same day, written in another way.
        (Some(old), Some(new)) if old == new => return None,
        (Some(old), Some(new)) if new < old => {
            (Wire::MayBreak, format!("it may go on {new}, and was promised until {old}"))
        }
        (Some(old), Some(new)) => (Wire::Safe, format!("it stays until {new}, and was promised until {old}")),
        (None, Some(new)) => (Wire::Safe, format!("it still works, and may go on {new}")),
        (Some(old), None) => (Wire::Safe, format!("it still works, and no longer says that it goes on {old}")),
    };
    Some(Finding::new(wire, Level::Patch, &why))
}
