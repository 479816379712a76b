//! D046: a value has another type.
//!
//! # What it means
//! `type` of a schema is another, or is said or no longer said.
//!
//! # On the wire
//! Breaks, with two exceptions: a server that takes any number takes an integer, and a client that reads any number
//! reads one.
//!
//! # What update it asks for
//! Major: the field, argument or alias is of another type.
//!
//! # What to do about it
//! Convert the value.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: integer}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {size: {type: string}}}
//! ```

use super::prelude::*;

pub(super) const RULE: Rule = Rule { code: "D046", judge };

fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !difference.is_field(Kind::Schema, "type") {
        return None;
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("any").to_owned();
    let wide = |narrow: &str, wide: &str| wide == "any" || narrow == "integer" && wide == "number" || narrow == wide;
    let (old, new) = (text(difference.old), text(difference.new));
    let side = |safe: bool, why: &'static str| if safe { (Wire::Safe, why) } else { (Wire::Breaks, why) };
    Some(difference.by_side(
        Level::Major,
        side(
            wide(&old, &new),
            if wide(&old, &new) { "the server takes the old type too" } else { "an old client sends the old type" },
        ),
        side(
            wide(&new, &old),
            if wide(&new, &old) { "an old client reads the new type too" } else { "an old client reads the old type" },
        ),
    ))
}
