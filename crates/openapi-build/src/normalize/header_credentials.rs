//! Q046: a credential that is a header parameter.
//!
//! # What it is
//! The document states no `security` at all, and operations require a header parameter `Authorization`.
//!
//! # Where it was seen
//! In Keeper's definition and in others that a web framework writes from the arguments of handlers.
//!
//! # Why it matters
//! OpenAPI ignores header parameters of that name, because security schemes stand for it; without one, a client could not
//! be given the credential that every call needs.
//!
//! # The repair
//! The parameter is read as a security scheme: an API key in that header, whose value is sent as it is given. A warning says
//! so. Where the document states any `security`, the parameter is ignored, as is `Content-Type` everywhere; the values of a
//! header parameter `Accept` are those of the setter `accept`.
//!
//! # Before and after
//! ```yaml
//! get:
//!   parameters: [{name: Authorization, in: header, required: true, schema: {type: string}}]
//!   responses: {}
//! ```
//! ```yaml
//! get:
//!   parameters: []
//!   responses: {}
//!   security: [{Authorization: []}] # {type: apiKey, in: header, name: Authorization}
//! ```

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, resolve};
use crate::lock::Lock;
use crate::pointer::escape;

const CODE: &str = "Q046";

const HEADER: &str = "Authorization";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let found: Vec<Found> = if states_security(document) { Vec::new() } else { find(document) };
    if found.is_empty() {
        return;
    }
    let scheme = scheme(document, found.iter().find_map(|found| found.description.clone()));
    for Found { path, method, lists, .. } in found {
        let at = format!("/paths/{}/{method}", escape(&path));
        let message = format!(
            "no `security` is stated, so that the required header `{HEADER}` is read as an API key in that header, by the name \
             of `{scheme}`"
        );
        let help = "state the security scheme in an overlay";
        report.add(Diagnostic::warning(CODE, message).at(at).help(help));
        let item = &mut document["paths"][&path];
        for (of_item, index) in lists {
            let of = if of_item { &mut *item } else { &mut item[&method] };
            // Those of the path item are ignored, as OpenAPI says, where an operation leaves them.
            if !of_item && let Some(list) = of["parameters"].as_array_mut() {
                list.remove(index);
            }
        }
        item[&method]["security"] = json!([{&scheme: []}]);
    }
}

/// An operation that requires the header.
struct Found {
    path: String,
    method: String,
    /// Where the parameter is declared, the last one first: whether in the path item, and its index.
    lists: Vec<(bool, usize)>,
    description: Option<Value>,
}

fn states_security(document: &Value) -> bool {
    let states = |of: &Value| of.get("security").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    states(document) || operations(document).any(|(_, _, _, operation)| states(operation))
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &Value, &str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        grammar::operations(item).map(move |(method, operation)| (path, item, method.as_str(), operation))
    })
}

fn find(document: &Value) -> Vec<Found> {
    let mut all = Vec::new();
    for (path, item, method, operation) in operations(document) {
        let mut found = Found { path: path.clone(), method: method.to_owned(), lists: Vec::new(), description: None };
        let mut required = false;
        for (of, of_item) in [(item, true), (operation, false)] {
            let list = of.get("parameters").and_then(Value::as_array).into_iter().flatten();
            for (index, parameter) in list.enumerate() {
                let Some(parameter) = resolve(document, parameter).filter(|parameter| is_header(parameter)) else {
                    continue;
                };
                required = parameter.get("required") == Some(&Value::Bool(true));
                found.lists.insert(0, (of_item, index));
                found.description = parameter.get("description").filter(|text| text.is_string()).cloned();
            }
        }
        if required {
            all.push(found);
        }
    }
    all
}

fn is_header(parameter: &Value) -> bool {
    let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
    text("in") == "header" && text("name").eq_ignore_ascii_case(HEADER)
}

/// The name of a security scheme for the header, which is added if the document has none of that kind.
fn scheme(document: &mut Value, description: Option<Value>) -> String {
    let mut scheme = json!({"type": "apiKey", "in": "header", "name": HEADER});
    let Some(object) = document.as_object_mut() else { return HEADER.to_owned() };
    let components = object.entry("components").or_insert_with(|| Value::Object(Map::new()));
    let Some(components) = components.as_object_mut() else { return HEADER.to_owned() };
    let schemes = components.entry("securitySchemes").or_insert_with(|| Value::Object(Map::new()));
    let Some(schemes) = schemes.as_object_mut() else { return HEADER.to_owned() };
    let is_same = |other: &Value| ["type", "in", "name"].iter().all(|key| other.get(key) == scheme.get(key));
    if let Some((name, _)) = schemes.iter().find(|(_, other)| is_same(other)) {
        return name.clone();
    }
    let mut name = HEADER.to_owned();
    while schemes.contains_key(&name) {
        name.push_str("Header");
    }
    if let Some(description) = description {
        scheme["description"] = description;
    }
    schemes.insert(name.clone(), scheme);
    name
}
