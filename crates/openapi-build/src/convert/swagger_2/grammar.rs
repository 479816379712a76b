//! Which object of Swagger 2.0 stands where in a document.

use std::collections::HashSet;

use serde_json::Value;

use crate::grammar::In::{self, List, Map, One};
use crate::grammar::{Kind, METHODS, reference};
use crate::keywords::{self, Holds};
use crate::pointer::{escape, tokens};

/// How objects stand in the field `key` of an object of `kind`, if it holds any.
fn field(kind: Kind, key: &str) -> Option<In> {
    Some(match (kind, key) {
        (Kind::Document, "paths") => Map(Kind::PathItem),
        (Kind::Document, "definitions") => Map(Kind::Schema),
        (Kind::Document, "parameters") => Map(Kind::Parameter),
        (Kind::PathItem | Kind::Operation, "parameters") => List(Kind::Parameter),
        (Kind::Document | Kind::Operation, "responses") => Map(Kind::Response),
        (Kind::PathItem, method) if METHODS.contains(&method) => One(Kind::Operation),
        (Kind::Parameter | Kind::Response, "schema") => One(Kind::Schema),
        (Kind::Schema, key) => match keywords::holds(key)? {
            Holds::One => One(Kind::Schema),
            Holds::List => List(Kind::Schema),
            Holds::Map => Map(Kind::Schema),
        },
        _ => return None,
    })
}

/// The key of the document that holds shared objects of `kind`.
pub(super) fn section(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Schema => Some("definitions"),
        Kind::Parameter => Some("parameters"),
        Kind::Response => Some("responses"),
        _ => None,
    }
}

/// The kind of the shared objects in that key of a document.
pub(super) fn kind_of(section: &str) -> Kind {
    match section {
        "parameters" => Kind::Parameter,
        "responses" => Kind::Response,
        _ => Kind::Schema,
    }
}

/// Calls `visit` on every object in `value`, itself an object of `kind` at `pointer`; inner ones first.
pub(super) fn walk_mut(value: &mut Value, kind: Kind, pointer: &str, visit: &mut dyn FnMut(Kind, &str, &mut Value)) {
    crate::grammar::from_mut_at(value, kind, pointer, field, visit);
}

/// Makes a reference of each name of a definition that stands alone in a `$ref`, as Swagger 1 had it.
pub(crate) fn name_definitions(tree: &mut Value) {
    let Some(definitions) = tree.get("definitions").and_then(Value::as_object) else { return };
    let names: HashSet<String> = definitions.keys().cloned().collect();
    walk_mut(tree, Kind::Document, "", &mut |_, _, node| {
        if let Some(text) = reference(node).filter(|text| names.contains(*text)) {
            node["$ref"] = Value::String(format!("#/definitions/{}", escape(text)));
        }
    });
}

/// The name of the shared object that `reference`, into a file beside the document, becomes.
pub(super) fn shared_name(reference: &str) -> String {
    let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let place: Vec<String> = tokens(pointer).collect();
    let place = match place.as_slice() {
        [outer, name] if ["definitions", "parameters", "responses"].contains(&outer.as_str()) => name.clone(),
        other => other.join("."),
    };
    let name = [stem, &place].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(".");
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c), "_");
    name.trim_matches(['_', '.']).to_owned()
}
