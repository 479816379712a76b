//! Q033: path parameters that are not those of the path.
//!
//! # What it is
//! A path names a parameter in braces that its operation does not declare, or an operation declares a path parameter that
//! its path does not name.
//!
//! # Where it was seen
//! In many public definitions that are written by hand: `{id}` beside a parameter `Id`, or paths that were shortened.
//!
//! # Why it matters
//! Without a value for each place in braces, a request goes nowhere; a value without a place is lost.
//!
//! # The repair
//! A declared and a named one that are left over and differ only in case or separators are one. Any other that is named
//! and not declared is a text; any other that is declared and not named is ignored, or is a parameter of the query where
//! the path names it so (`{?page}`). A warning says so.
//!
//! # Before and after
//! ```yaml
//! /rooms/{room_id}/{part}:
//!   get:
//!     parameters:
//!     - {name: roomId, in: path, required: true, schema: {type: integer}}
//!     - {name: floor, in: path, required: true, schema: {type: string}}
//!     responses: {}
//! ```
//! ```yaml
//! /rooms/{room_id}/{part}:
//!   get:
//!     parameters:
//!     - {name: room_id, in: path, required: true, schema: {type: integer}}
//!     - {name: part, in: path, required: true, schema: {type: string}}
//!     responses: {}
//! ```

use serde_json::{Value, json};

use super::path_templates::template;
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{is_method, resolve};
use crate::lock::Lock;
use crate::path_template::plain_name;
use crate::pointer::escape;

const CODE: &str = "Q033";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let paths: Vec<String> =
        document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(path, _)| path.clone()).collect();
    for path in paths {
        let Some(item) = document["paths"].get(&path) else { continue };
        let at = format!("/paths/{}", escape(&path));
        let template = template(document, &path, item);
        let named = Named { path: template.names(), query: template.query };
        let shared = Declared::read(document, item, &at, &named, &[], report);
        let mut all = shared.names.clone();
        let mut lists = vec![(None, shared.list)];
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !is_method(method) {
                continue;
            }
            let at = format!("{at}/{method}");
            let mut own = Declared::read(document, operation, &at, &named, &shared.names, report);
            all.clone_from(&shared.names);
            all.append(&mut own.names);
            let path_names = named.path.iter().filter(|name| !all.contains(name)).map(|name| (name, "path"));
            let known = [shared.query.as_slice(), own.query.as_slice()].concat();
            let query_names = named.query.iter().filter(|name| !known.contains(name)).map(|name| (name, "query"));
            for (name, place) in path_names.chain(query_names) {
                let required = place == "path";
                let message = format!("the path names `{name}`, which is not declared; it is a text");
                let help =
                    format!("declare it in an overlay: {{name: {name}, in: {place}, required: {required}, schema: …}}");
                report.add(Diagnostic::warning(CODE, message).at(at.clone()).help(help));
                let text = json!({"name": name, "in": place, "required": required, "schema": {"type": "string"}});
                let written = operation.get("parameters").and_then(Value::as_array);
                own.list.get_or_insert_with(|| written.cloned().unwrap_or_default()).push(text);
            }
            lists.push((Some(method.clone()), own.list));
        }
        for (method, list) in lists {
            let of = match method {
                Some(method) => &mut document["paths"][&path][&method],
                None => &mut document["paths"][&path],
            };
            if let (Some(list), Some(of)) = (list, of.as_object_mut()) {
                of.insert("parameters".into(), Value::Array(list));
            }
        }
    }
}

/// The parameters that a path names.
struct Named {
    path: Vec<String>,
    /// In expressions for a query.
    query: Vec<String>,
}

/// What an operation or a path item declares.
struct Declared {
    /// The path parameters that the path names.
    names: Vec<String>,
    /// The parameters of the query.
    query: Vec<String>,
    /// The parameters, if they have to be written anew.
    list: Option<Vec<Value>>,
}

impl Declared {
    fn read(document: &Value, of: &Value, at: &str, named: &Named, shared: &[String], report: &mut Report) -> Self {
        let parameters = of.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let name_in = |place: &str, parameter: &Value| {
            let parameter = resolve(document, parameter)?;
            let is_there = parameter.get("in")?.as_str()? == place;
            is_there.then(|| parameter.get("name")?.as_str().map(str::to_owned)).flatten()
        };
        let is_named = |name: &String| named.path.contains(name);
        let path_names = parameters.iter().filter_map(|parameter| name_in("path", parameter));
        let mut names: Vec<String> = path_names.filter(is_named).collect();
        let mut query: Vec<String> = parameters.iter().filter_map(|parameter| name_in("query", parameter)).collect();
        let mut list = Vec::new();
        let mut changed = false;
        for (index, parameter) in parameters.iter().enumerate() {
            let Some(name) = name_in("path", parameter).filter(|name| !is_named(name)) else {
                list.push(parameter.clone());
                continue;
            };
            changed = true;
            let free = |other: &&String| !names.contains(other) && !shared.contains(other);
            let meant = |other: &&String| bare(other) == bare(&name) || **other == plain_name(&name);
            let (meant, fate) = match named.path.iter().filter(free).find(meant) {
                Some(meant) => (Some((meant.clone(), "path")), format!("it is read as `{meant}`")),
                None if named.query.contains(&name) => {
                    (Some((name.clone(), "query")), "it is a parameter of the query".to_owned())
                }
                None => (None, "it is ignored".to_owned()),
            };
            // What is declared as the whole expression in braces is known for certain.
            let is_guess = meant.as_ref().is_none_or(|(meant, _)| *meant != plain_name(&name));
            let message = format!("the path does not name the parameter `{name}`; {fate}");
            let at = format!("{at}/parameters/{index}");
            report.add(match is_guess {
                true => {
                    let help = "take the parameter out, or correct its name, in an overlay";
                    Diagnostic::warning(CODE, message).at(at).help(help)
                }
                false => Diagnostic::note(CODE, message).at(at),
            });
            let resolved = resolve(document, parameter).cloned();
            if let (Some((meant, place)), Some(Value::Object(mut parameter))) = (meant, resolved) {
                parameter.insert("name".into(), meant.clone().into());
                parameter.insert("in".into(), place.into());
                list.push(Value::Object(parameter));
                if place == "path" { &mut names } else { &mut query }.push(meant);
            }
        }
        Self { names, query, list: changed.then_some(list) }
    }
}

/// A name without case and separators.
fn bare(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
