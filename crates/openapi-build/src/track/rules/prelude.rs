//! What rules are written with: the names that each of them uses, and the questions that several ask of a difference.

pub(super) use serde_json::{Map, Value};

pub(super) use crate::grammar::Kind;
pub(super) use crate::grammar::is_method;
pub(super) use crate::track::change::Wire;
pub(super) use crate::track::defaults::only_states_default;
pub(super) use crate::track::difference::{Difference, Finding};
pub(super) use crate::track::semver::Level;

use crate::keywords::{self, Role};
pub(super) use crate::track::patterns::Relation;
use crate::track::patterns::compare;

/// Whether a value of an enum differs.
pub(super) fn is_enum_entry(difference: &Difference<'_>) -> bool {
    let field = matches!(difference.field, "enum" | "x-extensible-enum");
    difference.kind == Kind::Schema && field && difference.entry.is_some()
}

/// Whether the alternatives of a schema differ.
pub(super) fn is_alternative(difference: &Difference<'_>) -> bool {
    difference.kind == Kind::Schema && matches!(difference.field, "oneOf" | "anyOf")
}

/// Whether a parameter of an operation or a path differs.
pub(super) fn is_parameter(difference: &Difference<'_>) -> bool {
    let owner = matches!(difference.kind, Kind::Operation | Kind::PathItem);
    owner && difference.field == "parameters" && difference.entry.is_some()
}

/// Whether a header of a response, or of a part of a body, differs.
pub(super) fn is_header(difference: &Difference<'_>) -> bool {
    let owner = matches!(difference.kind, Kind::Response | Kind::Encoding);
    owner && difference.field == "headers" && difference.entry.is_some()
}

/// Whether a call needs no credential: `security` asks for none, or an empty requirement is among its alternatives.
pub(super) fn is_open(owner: &Value) -> bool {
    let alternatives = owner.get("security").and_then(Value::as_array);
    alternatives.is_none_or(|all| all.is_empty() || all.iter().any(|one| one.as_object().is_some_and(Map::is_empty)))
}

/// Whether a bound of a schema differs.
pub(super) fn is_limit(difference: &Difference<'_>) -> bool {
    let is_limit = || keywords::find(difference.field).is_some_and(|keyword| keyword.role == Role::Limit);
    difference.kind == Kind::Schema && is_limit()
}

/// What the old and the new pattern have to do with each other, where it is a pattern that differs.
pub(super) fn patterns(difference: &Difference<'_>) -> Option<Relation> {
    if !difference.is_field(Kind::Schema, "pattern") {
        return None;
    }
    let text = |value: Option<&Value>| value.map(|value| value.as_str().map(str::to_owned));
    Some(match (text(difference.old), text(difference.new)) {
        // A pattern that is no text.
        (Some(None), _) | (_, Some(None)) => Relation::Unknown,
        (old, new) => compare(old.flatten().as_deref(), new.flatten().as_deref()),
    })
}

/// Whether the new bound allows everything that the old one allowed.
pub(super) fn is_looser(difference: &Difference<'_>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    match (difference.old, difference.new) {
        (Some(_), None) => true,
        // A flag.
        (_, Some(Value::Bool(new))) => !new,
        _ => match (number(difference.old), number(difference.new)) {
            (Some(old), Some(new)) if difference.field == "multipleOf" => old % new == 0.0,
            (Some(old), Some(new)) if is_least(difference.field) => new <= old,
            (Some(old), Some(new)) => new >= old,
            _ => false,
        },
    }
}

fn is_least(field: &str) -> bool {
    field.starts_with("min") || field == "exclusiveMinimum"
}

/// Whether calls go to the server, or went there.
pub(super) fn is_first_server(difference: &Difference<'_>) -> bool {
    let owner = if difference.added() { difference.owners.1 } else { difference.owners.0 };
    let first = owner.get("servers").and_then(|servers| servers.get(0)?.get("url")?.as_str());
    first == difference.entry
}

/// Judges that one thing replaces another by the worst of what differs inside; `same` is the reason where nothing does.
pub(super) fn judge_replacement(difference: &Difference<'_>, same: &str) -> Finding {
    let inner = difference.inner.unwrap_or_default();
    let worst = inner.iter().max_by_key(|change| change.wire);
    match worst {
        None => Finding::new(Wire::Safe, Level::Patch, same),
        Some(change) => {
            let count = match inner.len() {
                1 => "one thing differs".to_owned(),
                count => format!("{count} things differ"),
            };
            let level = inner.iter().map(|change| change.level).max().unwrap_or_default().min(Level::Minor);
            Finding { wire: change.wire, level, why: format!("{count}: {}", change.why) }
        }
    }
}
