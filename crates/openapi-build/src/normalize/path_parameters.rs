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
//! and not declared is a text; any other that is declared and not named is ignored. A warning says so.
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

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{is_method, resolve};
use crate::lock::Lock;
use crate::pointer::escape;

const CODE: &str = "Q033";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let paths: Vec<String> =
        document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(path, _)| path.clone()).collect();
    for path in paths {
        let Some(item) = document["paths"].get(&path) else { continue };
        let at = format!("/paths/{}", escape(&path));
        let named = names(&path);
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
            for name in named.iter().filter(|name| !all.iter().any(|other| other == *name)) {
                let message = format!("the path names `{name}`, which is not declared; it is a text");
                let help = format!("declare it in an overlay: {{name: {name}, in: path, required: true, schema: …}}");
                report.add(Diagnostic::warning(CODE, message).at(at.clone()).help(help));
                let text = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
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

/// The names in braces.
fn names(path: &str) -> Vec<String> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

/// What an operation or a path item declares.
struct Declared {
    /// The path parameters that the path names.
    names: Vec<String>,
    /// The parameters, if they have to be written anew.
    list: Option<Vec<Value>>,
}

impl Declared {
    fn read(
        document: &Value,
        of: &Value,
        at: &str,
        named: &[String],
        shared: &[String],
        report: &mut Report,
    ) -> Self {
        let parameters = of.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let path_name = |parameter: &Value| {
            let parameter = resolve(document, parameter)?;
            let in_path = parameter.get("in")?.as_str()? == "path";
            in_path.then(|| parameter.get("name")?.as_str().map(str::to_owned)).flatten()
        };
        let is_named = |name: &String| named.contains(name);
        let mut names: Vec<String> = parameters.iter().filter_map(path_name).filter(is_named).collect();
        let mut list = Vec::new();
        let mut changed = false;
        for (index, parameter) in parameters.iter().enumerate() {
            let Some(name) = path_name(parameter).filter(|name| !is_named(name)) else {
                list.push(parameter.clone());
                continue;
            };
            changed = true;
            let free = |other: &&String| !names.contains(other) && !shared.contains(other);
            let meant = named.iter().filter(free).find(|other| bare(other) == bare(&name)).cloned();
            let fate = match &meant {
                Some(meant) => format!("it is read as `{meant}`"),
                None => "it is ignored".to_owned(),
            };
            let message = format!("the path does not name the parameter `{name}`; {fate}");
            let diagnostic = Diagnostic::warning(CODE, message).at(format!("{at}/parameters/{index}"));
            report.add(diagnostic.help("take the parameter out, or correct its name, in an overlay"));
            if let (Some(meant), Some(Value::Object(mut parameter))) = (meant, resolve(document, parameter).cloned()) {
                parameter.insert("name".into(), Value::String(meant.clone()));
                list.push(Value::Object(parameter));
                names.push(meant);
            }
        }
        Self { names, list: changed.then_some(list) }
    }
}

/// A name without case and separators.
fn bare(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
