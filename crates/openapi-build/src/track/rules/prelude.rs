//! What rules are written with: the names that each of them uses, and the questions that several ask of a difference.

pub(super) use serde_json::{Map, Value};

pub(super) use crate::grammar::Kind;
pub(super) use crate::grammar::is_method;
pub(super) use crate::track::change::Wire;
pub(super) use crate::track::defaults::only_states_default;
pub(super) use crate::track::difference::{Difference, Finding};
pub(super) use crate::track::semver::Level;

use crate::keywords::{self, Role};
use crate::media_type::plain;
pub(super) use crate::track::patterns::{self, Relation};
use crate::track::servers::url;

/// Why another server than the first may change.
pub(super) const OTHER_SERVER: &str = "only programs that name this server are affected; they must name another";

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

/// Judges that one thing replaces another by the worst of what differs inside; `same` is the reason where nothing does.
pub(super) fn judge_replacement(difference: &Difference<'_>, same: &str) -> Finding {
    let inner = difference.inner.unwrap_or_default();
    match worst(inner) {
        None => Finding::new(Wire::Safe, Level::Patch, same),
        Some((wire, why)) => {
            let level = inner.iter().map(|change| change.level).max().unwrap_or_default().min(Level::Minor);
            Finding { wire, level, why }
        }
    }
}

/// The worst of what differs inside, and why it is.
pub(in crate::track) fn worst(inner: &[crate::track::change::Change]) -> Option<(Wire, String)> {
    let worst = inner.iter().max_by_key(|change| change.wire)?;
    let count = match inner.len() {
        1 => "one thing differs".to_owned(),
        count => format!("{count} things differ"),
    };
    Some((worst.wire, format!("{count}: {}", worst.why)))
}

/// Whether a media type has another name that is another spelling of it.
pub(super) fn is_respelled(difference: &Difference<'_>) -> bool {
    let Some(old) = difference.entry.filter(|_| difference.field == "content" && difference.changed()) else {
        return false;
    };
    // The entry that has come is the one whose value is the new one.
    let mut came = media_types(difference.owners.1).filter(|(name, _)| !has_media_type(difference.owners.0, name));
    came.any(|(name, value)| Some(value) == difference.new && plain(name) == plain(old))
}

/// Whether a media type that is gone is left in another spelling, for a body that is the same.
pub(super) fn is_left_respelled(difference: &Difference<'_>) -> bool {
    let Some(old) = difference.entry.filter(|_| difference.field == "content" && difference.removed()) else {
        return false;
    };
    media_types(difference.owners.1).any(|(name, value)| {
        // What differs in one that was there before is reported there.
        let before = difference.owners.0.get("content").and_then(|all| all.get(name)).unwrap_or(value);
        plain(name) == plain(old) && Some(before) == difference.old
    })
}

/// The reason where that is so.
pub(super) const RESPELLED: &str = "it is left in another spelling";

fn media_types(owner: &Value) -> impl Iterator<Item = (&String, &Value)> {
    owner.get("content").and_then(Value::as_object).into_iter().flatten()
}

fn has_media_type(owner: &Value, name: &str) -> bool {
    owner.get("content").is_some_and(|all| all.get(name).is_some())
}

/// Whether it is a server that differs.
pub(super) fn is_server(difference: &Difference<'_>) -> bool {
    difference.field == "servers" && difference.entry.is_some()
}

/// Whether a server is the one that it was, with other variables.
pub(super) fn has_other_variables(difference: &Difference<'_>) -> bool {
    let (Some((_, old)), Some((_, new))) = (difference.servers.old, difference.servers.new) else { return false };
    let same_url = old.url == new.url || difference.old.map(url) == difference.new.map(url);
    is_server(difference) && old.variables != new.variables && same_url
}
