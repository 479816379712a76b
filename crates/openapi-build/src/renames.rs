//! Other names in Rust, as the user chooses them: for a component, an operation, or a property.
//!
//! A choice is written into the document as the extension `x-rust-name`, which the definition or an overlay may have as well. From
//! there it is carried to where names are made: components may be merged and copied on the way, and their names with them.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `X006` | a name is chosen for a component, an operation or a place that there is not; nothing changes |
//! | `X007` | an `x-rust-name` that is no name in Rust, or that stands where nothing is named; it is ignored |

use serde_json::{Map, Value, json};

use crate::convert::Moves;
use crate::diagnostic::Diagnostic;
use crate::extensions::{FIELD_NAME, TYPE_NAMES};
use crate::grammar::{self, Kind};
use crate::nearest::nearest;
use crate::pointer::escape;

/// The key of a schema or an operation that says how it is called in Rust.
pub(crate) const EXTENSION: &str = "x-rust-name";

/// A choice of the user.
#[derive(Clone, Debug)]
pub(crate) struct Renamed {
    /// The name of a component, an `operationId`, or a JSON pointer.
    target: String,
    name: String,
    /// Whether there is such a thing in some document.
    found: bool,
}

impl Renamed {
    pub(crate) fn new(target: &str, name: &str) -> Self {
        Self { target: target.to_owned(), name: name.to_owned(), found: false }
    }

    /// The warning that nothing is as this says, if so. `known` are the names that there are.
    pub(crate) fn unmatched(&self, known: &[String]) -> Option<Diagnostic> {
        let Self { target, name, found: false } = self else { return None };
        let message = format!(
            "`{target}` is to be `{name}`, and there is no such component, operation or place; nothing changes"
        );
        let help = match nearest(target, known.iter().map(String::as_str), target.len().div_ceil(3)) {
            Some(nearest) => format!("the nearest name is `{nearest}`"),
            None => "name a component of a schema, an operationId, or a JSON pointer to a property".to_owned(),
        };
        Some(Diagnostic::warning("X006", message).help(help))
    }
}

/// The names of the components and operations of `document`.
pub(crate) fn known(document: &Value) -> Vec<String> {
    let components = document.pointer("/components/schemas").and_then(Value::as_object);
    let mut names: Vec<String> = components.into_iter().flat_map(Map::keys).cloned().collect();
    let mut document = document.clone();
    grammar::walk_mut_at(&mut document, &mut |kind, _, value| {
        let id = value.get("operationId").and_then(Value::as_str).filter(|_| kind == Kind::Operation);
        names.extend(id.map(str::to_owned));
    });
    names
}

/// Writes `wanted` into `document`, and every `x-rust-name` to where names are made. Of choices for one thing, the first counts.
pub(crate) fn apply(document: &mut Value, moves: &Moves, wanted: &mut [&mut Renamed]) -> Vec<Diagnostic> {
    let places = moves.reversed();
    let pointers: Vec<Option<String>> = wanted.iter().map(|it| places.pointed_at(&it.target, document)).collect();
    let (mut findings, mut types) = (Vec::new(), Map::new());
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(object) = value.as_object_mut() else { return };
        let component = pointer.strip_prefix("/components/schemas/").filter(|rest| !rest.contains('/'));
        let id =
            object.get("operationId").and_then(Value::as_str).filter(|_| kind == Kind::Operation).map(str::to_owned);
        for (it, place) in wanted.iter_mut().zip(&pointers) {
            let named = component.is_some_and(|name| name == escape(&it.target)) || id.as_deref() == Some(&*it.target);
            if named || place.as_deref() == Some(pointer) {
                it.found = true;
                object.entry(EXTENSION).or_insert_with(|| it.name.as_str().into());
            }
        }
        let Some(name) = object.get(EXTENSION).cloned() else { return };
        let is_property = pointer.rsplit('/').nth(1) == Some("properties");
        let is_named = kind == Kind::Operation || (kind == Kind::Schema && (component.is_some() || is_property));
        let text = name.as_str().filter(|name| syn::parse_str::<syn::Ident>(name).is_ok() && is_named);
        let Some(text) = text else {
            let message = match is_named {
                true => format!("`{EXTENSION}` is {name}, which is no name in Rust; it is ignored"),
                false => format!("`{EXTENSION}: {name}` stands where nothing is named; it is ignored"),
            };
            let help = "write it beside a component's schema, a property or an operation";
            findings.push(Diagnostic::warning("X007", message).at(pointer).help(help));
            object.remove(EXTENSION);
            return;
        };
        if let Some(component) = component {
            types.insert(component.replace("~1", "/").replace("~0", "~"), text.into());
        } else if is_property {
            object.insert(FIELD_NAME.into(), text.into());
        }
    });
    if let (Some(document), false) = (document.as_object_mut(), types.is_empty()) {
        document.insert(TYPE_NAMES.into(), json!(types));
    }
    findings
}
