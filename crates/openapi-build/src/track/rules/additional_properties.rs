//! D058: an object takes other keys than before.
//!
//! # What it means
//! `additionalProperties` or `patternProperties` of a schema is another.
//!
//! # On the wire
//! Breaks in requests where other keys are forbidden now: an old client may send some. May break where they have
//! another type. Safe where they are allowed.
//!
//! # What update it asks for
//! Minor: the struct keeps undeclared keys now, or no longer, which asks for a major update by itself.
//!
//! # What to do about it
//! See where the keys went that you used.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}, additionalProperties: {type: string}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {name: {type: string}}, additionalProperties: false}
//! ```

use super::prelude::*;

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    let field = matches!(difference.field, "additionalProperties" | "patternProperties");
    if !(field && difference.kind == Kind::Schema) {
        return None;
    }
    let refused = |value: Option<&Value>| value == Some(&Value::Bool(false));
    Some(if refused(difference.new) {
        difference.by_side(
            Level::Minor,
            (Wire::Breaks, "an old client may send keys that are refused now"),
            (Wire::Safe, "an old client waits for keys that do not come"),
        )
    } else if refused(difference.old) {
        difference.by_side(
            Level::Minor,
            (Wire::Safe, "the server takes more than before"),
            (Wire::Safe, "an old client drops what it does not know"),
        )
    } else {
        let why = "what stands under other keys may be of another type";
        difference.by_side(Level::Minor, (Wire::MayBreak, why), (Wire::MayBreak, why))
    })
}
