//! D043: a field that has another name.
//!
//! # What it means
//! A property is gone and another has come that is the same in all but its name: its type, its description, or else
//! its place among the others.
//!
//! # On the wire
//! Breaks: the server does not know the old name, and an old client not the new one.
//!
//! # What update it asks for
//! Major: the field and its setter have another name.
//!
//! # What to do about it
//! Rename it.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {owner: {type: string, description: Who pays}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {payer: {type: string, description: Who pays}}}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    (difference.is_entry(Kind::Schema, "properties") && difference.changed()).then(|| {
        let why = "each side knows it by another name";
        difference.by_side(Level::Major, (Wire::Breaks, why), (Wire::Breaks, why))
    })
}
