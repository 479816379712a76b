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

pub(super) fn judge(difference: &Difference<'_>) -> Option<Finding> {
    if !difference.is_field(Kind::Schema, "type") || only_states_default(difference) {
        return None;
    }
    let (old, new) = (types(difference.old), types(difference.new));
    let (to_server, to_client) = (takes(&new, &old), takes(&old, &new));
    let side = |safe: bool| if safe { Wire::Safe } else { Wire::Breaks };
    let but_null =
        |types: &[&str]| types.iter().filter(|one| **one != "null").map(ToString::to_string).collect::<Vec<_>>();
    let level = if but_null(&old) == but_null(&new) { Level::Minor } else { Level::Major };
    Some(difference.by_side(
        level,
        (
            side(to_server),
            if to_server { "the server takes the old type too" } else { "an old client sends the old type" },
        ),
        (
            side(to_client),
            if to_client { "an old client reads the new type too" } else { "an old client reads the old type" },
        ),
    ))
}

/// The types that a schema says; none stands for any.
fn types(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        other => other.and_then(Value::as_str).into_iter().collect(),
    }
}

/// Whether whoever takes values of `wide` takes those of `narrow`.
fn takes(wide: &[&str], narrow: &[&str]) -> bool {
    let any = |one: &&str| wide.contains(one) || *one == "integer" && wide.contains(&"number");
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(any)
}
