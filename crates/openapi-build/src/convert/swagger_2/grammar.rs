//! Which object of Swagger 2.0 stands where in a document.

use std::collections::HashSet;

use serde_json::Value;

use crate::grammar::In::{self, List, Map, One};
use crate::grammar::{Grammar, Kind, METHODS, from_mut_at, reference};
use crate::keywords::{self, Holds};
use crate::pointer::escape;

/// Swagger 2.0.
pub(crate) const SWAGGER_2: Grammar = Grammar { field, components: "", section, is_converted: true };

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
fn section(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Schema => Some("definitions"),
        Kind::Parameter => Some("parameters"),
        Kind::Response => Some("responses"),
        _ => None,
    }
}

/// Makes a reference of each name of a definition that stands alone in a `$ref`, as Swagger 1 had it.
pub(crate) fn name_definitions(tree: &mut Value) {
    let Some(definitions) = tree.get("definitions").and_then(Value::as_object) else { return };
    let names: HashSet<String> = definitions.keys().cloned().collect();
    from_mut_at(tree, Kind::Document, "", field, &mut |_, _, node| {
        if let Some(text) = reference(node).filter(|text| names.contains(*text)) {
            node["$ref"] = Value::String(format!("#/definitions/{}", escape(text)));
        }
    });
}
