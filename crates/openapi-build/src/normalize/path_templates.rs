//! Q050: paths that are more than a path template.
//!
//! # What it is
//! A path has a fragment, an expression in braces that says more than a name (`{id:[0-9]+}`, `{path*}`, `{+name}`), a brace
//! without its partner, braces without a name, no slash at its beginning, white space around it, or is a whole URL.
//!
//! # Where it was seen
//! Fragments in Box's and Gcore's definitions, which tell the operations of one path apart by them; expressions in Google's
//! and in what routers of web frameworks write.
//!
//! # Why it matters
//! Sent as it stands, such a path leads nowhere: a fragment becomes `%23…`, and an expression is never filled in.
//!
//! # The repair
//! The path stays as it is: it names the operation, in the lock and in comparisons of versions too. The path template that
//! is sent goes into an extension of the path item: without the fragment, with names alone in braces, and with a slash
//! before it. The values of `{path*}`, `{+name}`, `{proxy+}` and the like keep their slashes, as does that of a parameter
//! with `x-multi-segment`. The host of a whole URL is the server of its operations,
//! unless the path or an operation lists servers of its own. A guess is a warning, anything else a
//! note.
//!
//! # Before and after
//! ```yaml
//! /files/{id:[0-9]+}#add_link: {put: {responses: {}}}
//! ```
//! ```yaml
//! /files/{id:[0-9]+}#add_link: {put: {responses: {}}, x-openapi-build-path: '/files/{id}'}
//! ```

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::extensions::{MULTI_SEGMENT, PATH};
use crate::grammar::{self, resolve};
use crate::lock::Lock;
use crate::path_template::{Template, plain_name};
use crate::pointer::escape;

const CODE: &str = "Q050";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else { return };
    let items = paths.iter().filter(|(path, _)| !path.starts_with("x-"));
    let read: Vec<(String, Template, Vec<String>)> =
        items.map(|(path, item)| (path.clone(), template(document, path, item), marked(document, item))).collect();
    for (path, template, marked) in read {
        for finding in &template.findings {
            let message = finding.message();
            let at = format!("/paths/{}", escape(&path));
            report.add(match finding.is_guess() {
                true => Diagnostic::warning(CODE, message).at(at).help("correct the path in an overlay"),
                false => Diagnostic::note(CODE, message).at(at),
            });
        }
        if let Some(item) = document["paths"].get_mut(&path).and_then(Value::as_object_mut) {
            if let Some(origin) = &template.origin {
                other_servers(item, origin, &path, report);
            }
            write(item, &path, template, marked);
        }
    }
}

/// Says which servers are called instead of the host in a path.
fn other_servers(item: &Map<String, Value>, origin: &str, path: &str, report: &mut Report) {
    let of_item = std::iter::once((String::new(), item.get("servers")));
    let item = Value::Object(item.clone());
    let of_operations = grammar::operations(&item).map(|(method, of)| (format!("/{method}"), of.get("servers")));
    for (at, servers) in of_item.chain(of_operations) {
        let url = |server: &Value| server.get("url").and_then(Value::as_str).map(|url| url.trim_end_matches('/').to_owned());
        let mut urls = servers.and_then(Value::as_array).into_iter().flatten().filter_map(url);
        if let Some(other) = urls.find(|url| !url.eq_ignore_ascii_case(origin)) {
            let message = format!("the path is at `{origin}`, but its servers are listed; requests go to `{other}`");
            let at = format!("/paths/{}{at}/servers", escape(path));
            report.add(Diagnostic::warning(CODE, message).at(at).help("take out one of them in an overlay"));
        }
    }
}

fn write(item: &mut Map<String, Value>, path: &str, template: Template, marked: Vec<String>) {
    let text = template.text();
    match text == path {
        true => item.shift_remove(PATH),
        false => item.insert(PATH.into(), text.into()),
    };
    let has = template.names();
    let mut names: Vec<String> = template.multi_segment().into_iter().map(str::to_owned).collect();
    let more: Vec<String> = marked.into_iter().filter(|name| !names.contains(name) && has.contains(name)).collect();
    names.extend(more);
    match names.is_empty() {
        true => item.shift_remove(MULTI_SEGMENT),
        false => item.insert(MULTI_SEGMENT.into(), names.into()),
    };
    if let Some(origin) = template.origin {
        item.entry("servers").or_insert_with(|| json!([{"url": origin}]));
    }
}

/// The template that is sent for a path.
pub(super) fn template(document: &Value, path: &str, item: &Value) -> Template {
    let names = |place: &str| -> Vec<&str> {
        let of_place = parameters(document, item).filter(|parameter| text(parameter, "in") == place);
        of_place.map(|parameter| text(parameter, "name")).collect()
    };
    let declared = if path.contains('{') { names("path") } else { Vec::new() };
    let mut template = Template::read(path, &declared);
    if path.contains('?') {
        let query = names("query");
        template.without_pairs(|name| query.contains(&name));
    }
    template
}

/// The path parameters with `x-multi-segment`.
fn marked(document: &Value, item: &Value) -> Vec<String> {
    let is_marked = |parameter: &&Value| parameter.get("x-multi-segment") == Some(&Value::Bool(true));
    let mut names: Vec<String> = Vec::new();
    for parameter in parameters(document, item).filter(is_marked).filter(|parameter| text(parameter, "in") == "path") {
        let name = plain_name(text(parameter, "name"));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The parameters of the path item and of its operations.
fn parameters<'a>(document: &'a Value, item: &'a Value) -> impl Iterator<Item = &'a Value> {
    let own = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let operations = grammar::operations(item).filter_map(|(_, operation)| operation.get("parameters")?.as_array());
    own.chain(operations.flatten()).filter_map(|parameter| resolve(document, parameter))
}

fn text<'a>(parameter: &'a Value, key: &str) -> &'a str {
    parameter.get(key).and_then(Value::as_str).unwrap_or_default()
}
