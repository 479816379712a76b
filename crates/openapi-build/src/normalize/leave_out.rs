//! Leaves out objects that cannot be read. What is left in place of one depends on where it stands: the rest of the document
//! keeps its meaning, and nothing is accepted that was not.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::Report;
use crate::grammar::{self, In, Kind, field, is_entry};

/// The keys beside a reference that stay where the reference is left out.
const DESCRIBES: [&str; 4] = ["description", "deprecated", "readOnly", "writeOnly"];

/// Whether the schemas of `document` are those of OpenAPI 3.1 or later.
pub(super) fn is_beyond_30(document: &Value) -> bool {
    let version = document.get("openapi").and_then(Value::as_str);
    version.is_some_and(|version| version.starts_with("3.") && !version.starts_with("3.0"))
}

/// Whether what stands at `pointer` is an alternative of a union.
pub(super) fn is_alternative(pointer: &str) -> bool {
    let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
    above.ends_with("/oneOf") || above.ends_with("/anyOf")
}

/// The keyword whose schema stands at `pointer`, if it is one that any value turns into another meaning: `not` would accept
/// nothing, and `if` would always apply.
pub(super) fn condition(pointer: &str) -> Option<&str> {
    let (above, key) = pointer.rsplit_once('/')?;
    (is_condition(key) && grammar::kind_at(above) == Some(Kind::Schema)).then_some(key)
}

/// What becomes of an object of `kind` at `pointer` that is left out.
pub(super) fn fate(document: &Value, kind: Kind, pointer: &str) -> &'static str {
    match kind {
        Kind::Schema if is_alternative(pointer) => "the alternative is left out",
        Kind::Schema if in_path(document, pointer) => "it is a text",
        Kind::Schema if condition(pointer) == Some("not") => "`not` is left out",
        Kind::Schema if condition(pointer).is_some() => "`if` is left out, with `then` and `else`",
        Kind::Schema => "it is any value",
        Kind::Parameter => "the parameter is left out",
        Kind::Header => "the header is left out",
        Kind::RequestBody => "the body is any JSON value",
        Kind::Response => "nothing but its status is known",
        Kind::MediaType => "the body is any value",
        Kind::Operation => "the operation is left out",
        Kind::PathItem => "the path has only what stands beside the reference",
        Kind::SecurityScheme => "the scheme is left out, and nobody can meet what requires it",
        _ => "it is left out",
    }
}

/// Whether `pointer` leads to the schema of a path parameter.
fn in_path(document: &Value, pointer: &str) -> bool {
    let parameter = pointer.strip_suffix("/schema").and_then(|pointer| document.pointer(pointer));
    parameter.is_some_and(is_path_parameter)
}

fn is_path_parameter(value: &Value) -> bool {
    value.get("in").is_some_and(|place| place == "path") && value.get("name").is_some()
}

/// Leaves out the objects at the pointers `gone`.
pub(super) fn leave_out(document: &mut Value, gone: &HashSet<String>, report: &mut Report) {
    if !gone.is_empty() {
        let beyond_30 = is_beyond_30(document);
        let mut without = Without { gone, beyond_30, lists: Vec::new() };
        without.object(document, Kind::Document, &mut String::new());
        without.lists.into_iter().for_each(|(pointer, gone)| report.left_out(&pointer, gone));
    }
}

struct Without<'a> {
    gone: &'a HashSet<String>,
    beyond_30: bool,
    /// The lists of which items were left out, and their indices.
    lists: Vec<(String, Vec<usize>)>,
}

impl Without<'_> {
    /// Returns whether a union has lost all its alternatives.
    fn object(&mut self, value: &mut Value, kind: Kind, pointer: &mut String) -> bool {
        let in_path = kind == Kind::Parameter && is_path_parameter(value);
        let Some(object) = value.as_object_mut() else { return false };
        let (length, mut emptied, mut removed) = (pointer.len(), false, Vec::new());
        for (key, value) in object.iter_mut() {
            let Some(within) = field(kind, key) else { continue };
            crate::pointer::push(pointer, key);
            match (within, value) {
                (In::One(kind), value) => {
                    let stays = match kind == Kind::Schema && is_condition(key) {
                        true => self.item(value, kind, key, pointer),
                        false => self.entry(value, kind, in_path, pointer),
                    };
                    if !stays {
                        removed.push(key.clone());
                        let with: &[&str] = if key == "if" { &["then", "else"] } else { &[] };
                        removed.extend(with.iter().map(|key| (*key).to_owned()));
                    }
                }
                (In::List(kind), Value::Array(items)) => {
                    let (had, mut index, mut gone) = (items.len(), 0, Vec::new());
                    items.retain_mut(|item| {
                        let length = pointer.len();
                        crate::pointer::push(pointer, &index.to_string());
                        index += 1;
                        let stays = self.item(item, kind, key, pointer);
                        pointer.truncate(length);
                        gone.extend((!stays).then_some(index - 1));
                        stays
                    });
                    if !gone.is_empty() {
                        self.lists.push((pointer.clone(), gone));
                    }
                    if items.is_empty() && had > 0 && is_union(key) {
                        emptied = true;
                        removed.push(key.clone());
                    }
                }
                (In::Map(kind), Value::Object(entries)) => entries.retain(|name, entry| {
                    if !is_entry(kind, name) {
                        return true;
                    }
                    let length = pointer.len();
                    crate::pointer::push(pointer, name);
                    let stays = self.entry(entry, kind, false, pointer);
                    pointer.truncate(length);
                    stays
                }),
                _ => {}
            }
            pointer.truncate(length);
        }
        removed.iter().for_each(|key| drop(object.shift_remove(key)));
        emptied
    }

    /// Returns whether the item of the list `key`, or the schema of the keyword `key`, stays.
    fn item(&mut self, item: &mut Value, kind: Kind, key: &str, pointer: &mut String) -> bool {
        if !is_union(key) && !is_condition(key) {
            return self.entry(item, kind, false, pointer);
        }
        if self.gone.contains(pointer) {
            return false;
        }
        // A union of nothing is no value, and what is left of it would be any value.
        let emptied = self.object(item, kind, pointer);
        !(emptied && item.as_object().is_some_and(Map::is_empty))
    }

    /// Returns whether the entry stays.
    fn entry(&mut self, value: &mut Value, kind: Kind, in_path: bool, pointer: &mut String) -> bool {
        if !self.gone.contains(pointer) {
            self.object(value, kind, pointer);
            return true;
        }
        match kind {
            Kind::Schema if in_path => *value = json!({"type": "string"}),
            Kind::Schema => {
                let beside = value.as_object_mut().map(std::mem::take).unwrap_or_default().into_iter();
                let stays = |key: &str| key != "$ref" && (self.beyond_30 || DESCRIBES.contains(&key));
                *value = Value::Object(beside.filter(|(key, _)| stays(key)).collect());
            }
            Kind::RequestBody => *value = json!({"content": {"application/json": {"schema": {}}}}),
            Kind::Response => *value = json!({"description": ""}),
            Kind::MediaType => *value = json!({"schema": {}}),
            Kind::PathItem => {
                let beside = value.as_object_mut().map(std::mem::take).unwrap_or_default().into_iter();
                *value = Value::Object(beside.filter(|(key, _)| key != "$ref").collect());
            }
            _ => return false,
        }
        true
    }
}

fn is_union(key: &str) -> bool {
    key == "oneOf" || key == "anyOf"
}

fn is_condition(key: &str) -> bool {
    key == "not" || key == "if"
}
