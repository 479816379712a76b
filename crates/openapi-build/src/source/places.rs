//! The places of a document where what is behind a reference must stand itself, because no component can be named there.

use serde_json::Value;

use crate::grammar::{self, Grammar, In, Kind};
use crate::pointer;

/// What stands behind a reference in place of a component.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Object(Kind),
    Many(In),
    /// A field of an object that OpenAPI does not name.
    Plain,
    /// The same, where it is for people only.
    Documentation,
}

impl Place {
    /// What belongs there, in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object(kind) => kind.name(),
            Self::Many(In::List(_)) => "list",
            Self::Many(_) => "mapping",
            Self::Plain => "value",
            Self::Documentation => "text",
        }
    }
}

/// Fields that people move to files of their own, and that hold no objects that OpenAPI names.
const PLAIN: [&str; 5] = ["discriminator", "enum", "required", "security", "servers"];

/// Such fields without which the client does the same.
const DOCUMENTATION: [&str; 6] = ["description", "externalDocs", "info", "summary", "tags", "title"];

/// The places where what is behind a reference must stand itself.
pub(super) struct Places {
    pub(super) grammar: &'static Grammar,
    pub(super) whole: bool,
    pub(super) found: Vec<(String, Place)>,
}

impl Places {
    /// Looks for them in `value`, which stands at `pointer`.
    pub(super) fn look(&mut self, value: &Value, place: Place, pointer: &mut String) {
        if place_refers(value, place, self.grammar) {
            self.found.push((pointer.clone(), place));
            return;
        }
        match (place, value) {
            (Place::Object(kind), Value::Object(object)) => {
                for (key, value) in object {
                    match (self.grammar.field)(kind, key) {
                        Some(within) if self.whole || grammar::is_live_field((kind, within)) => {
                            let one = |kind| Place::Object(kind);
                            let place = if let In::One(kind) = within { one(kind) } else { Place::Many(within) };
                            self.enter(key, value, place, pointer);
                        }
                        None if PLAIN.contains(&key.as_str()) => self.enter(key, value, Place::Plain, pointer),
                        None if DOCUMENTATION.contains(&key.as_str()) => {
                            self.enter(key, value, Place::Documentation, pointer);
                        }
                        _ => {}
                    }
                }
            }
            (Place::Many(In::List(kind)), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.enter(&index.to_string(), item, Place::Object(kind), pointer);
                }
            }
            (Place::Many(In::Map(kind)), Value::Object(entries)) => {
                for (name, entry) in entries.iter().filter(|(name, _)| grammar::is_entry(kind, name)) {
                    self.enter(name, entry, Place::Object(kind), pointer);
                }
            }
            (Place::Plain | Place::Documentation, Value::Object(object)) => {
                object.iter().for_each(|(key, value)| self.enter(key, value, place, pointer));
            }
            (Place::Plain | Place::Documentation, Value::Array(items)) => {
                let items = items.iter().enumerate();
                items.for_each(|(index, item)| self.enter(&index.to_string(), item, place, pointer));
            }
            _ => {}
        }
    }

    fn enter(&mut self, token: &str, value: &Value, place: Place, pointer: &mut String) {
        let length = pointer.len();
        pointer::push(pointer, token);
        self.look(value, place, pointer);
        pointer.truncate(length);
    }
}

/// Whether `value` is a reference to what must stand in its place.
pub(super) fn place_refers(value: &Value, place: Place, grammar: &Grammar) -> bool {
    let refers = grammar::reference(value).is_some();
    match place {
        Place::Object(kind) => {
            refers && (matches!(kind, Kind::PathItem | Kind::MediaType) || grammar.section(kind).is_none())
        }
        Place::Many(_) => refers,
        Place::Plain | Place::Documentation => refers && lone(value).is_some(),
    }
}

/// Puts `value` to where a reference stands at `at`, with what else that object says.
pub(super) fn put(document: &mut Value, at: &str, place: Place, mut value: Value) {
    let Some(there) = document.pointer_mut(at) else { return };
    if let (Value::Object(value), Value::Object(object)) = (&mut value, &mut *there)
        && matches!(place, Place::Object(_) | Place::Many(_))
    {
        value.extend(std::mem::take(object).into_iter().filter(|(key, _)| key != "$ref"));
    }
    *there = value;
}

/// Takes the field at `at` out of `document`; a title and a version every document has.
pub(super) fn remove(document: &mut Value, at: &str) {
    if at == "/info" {
        document["info"] = super::no_info();
    } else if let Some((above, _)) = at.rsplit_once('/')
        && let Some(object) = document.pointer_mut(above).and_then(Value::as_object_mut)
    {
        object.shift_remove(&crate::pointer::last_token(at));
    }
}

/// Where `value` leads, if it is nothing but a reference.
pub(super) fn lone(value: &Value) -> Option<&str> {
    grammar::reference(value).filter(|_| value.as_object().is_some_and(|object| object.len() == 1))
}
