//! Q048: parameters as Swagger 2.0 writes them.
//!
//! # What it is
//! In an OpenAPI 3 document, a parameter is `in: body` or `in: formData`, has its type beside its name instead of in a
//! `schema`, or has its place in other letters (`in: Query`) or not at all.
//!
//! # Where it was seen
//! In public definitions that were moved from Swagger 2.0 to OpenAPI 3 by hand, in part.
//!
//! # Why it matters
//! OpenAPI 3 knows no such parameters: the body would not be sent, and a parameter without a schema takes any value.
//!
//! # The repair
//! A body parameter is the request body, as JSON unless `consumes` says otherwise; those of a form are the fields of a form,
//! in parts if one of them is a file. A type beside the name is the schema. A parameter whose place is missing or unknown
//! is in the path, if that names it. A warning says so. Where there is a request body already, such parameters are ignored.
//!
//! # Before and after
//! ```yaml
//! parameters: [{name: item, in: body, required: true, schema: {type: object}}, {name: n, in: query, type: integer}]
//! ```
//! ```yaml
//! parameters: [{name: n, in: query, schema: {type: integer}}]
//! requestBody: {content: {application/json: {schema: {type: object}}}, required: true}
//! ```

use serde_json::{Map, Value, json};

use super::path_templates::template;
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{is_method, operations, resolve};
use crate::keywords;
use crate::lock::Lock;
use crate::media_type::BodyKind;
use crate::pointer::escape;

const CODE: &str = "Q048";

const PLACES: [&str; 6] = ["path", "query", "header", "cookie", "body", "formData"];

/// How many media types a request body is made in: each has the schema of the body.
const MEDIA_TYPES: usize = 10;

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let components = document.get_mut("components").and_then(|all| all.get_mut("parameters")?.as_object_mut());
    for (name, parameter) in components.into_iter().flatten() {
        plain(parameter, &[], &format!("/components/parameters/{}", escape(name)), report);
    }
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let paths: Vec<String> = paths.filter(|(path, _)| !path.starts_with("x-")).map(|(path, _)| path.clone()).collect();
    for path in paths {
        let at = format!("/paths/{}", escape(&path));
        // Only a parameter without a place needs to know what the path names.
        let named = match document["paths"].get(&path).filter(|item| lacks_place(item)) {
            Some(item) => template(document, &path, item).names(),
            None => Vec::new(),
        };
        let Some(item) = document["paths"].get_mut(&path) else { continue };
        list(item, &named, &at, report);
        for (method, operation) in item.as_object_mut().into_iter().flatten().filter(|(key, _)| is_method(key)) {
            list(operation, &named, &format!("{at}/{method}"), report);
        }
        bodies(document, &path, &at, report);
    }
    let components = document.get_mut("components").and_then(|all| all.get_mut("parameters")?.as_object_mut());
    if let Some(components) = components.filter(|components| components.values().any(is_body)) {
        components.retain(|_, parameter| !is_body(parameter));
    }
}

fn warn(report: &mut Report, at: &str, message: String) {
    report.add(Diagnostic::warning(CODE, message).at(at).help("write it as OpenAPI 3 does in an overlay"));
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_body(parameter: &Value) -> bool {
    ["body", "formData"].contains(&text(parameter, "in"))
}

fn own(of: &Value) -> impl Iterator<Item = &Value> {
    of.get("parameters").and_then(Value::as_array).into_iter().flatten()
}

/// Whether a parameter of a path item or of its operations has no place that OpenAPI knows.
fn lacks_place(item: &Value) -> bool {
    let lacks = |of: &Value| own(of).any(|one| one.get("$ref").is_none() && !PLACES.contains(&text(one, "in")));
    lacks(item) || operations(item).any(|(_, operation)| lacks(operation))
}

/// Repairs the parameters in a list.
fn list(of: &mut Value, named: &[String], at: &str, report: &mut Report) {
    for (index, parameter) in of.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
        plain(parameter, named, &format!("{at}/parameters/{index}"), report);
    }
}

/// Writes the place and the schema of a parameter as OpenAPI 3 does.
fn plain(parameter: &mut Value, named: &[String], at: &str, report: &mut Report) {
    let Some(object) = parameter.as_object_mut().filter(|object| !object.contains_key("$ref")) else { return };
    let written = object.get("in").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !PLACES.contains(&written.as_str()) {
        let name = object.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let meant = PLACES.into_iter().find(|place| place.eq_ignore_ascii_case(written.trim()));
        if let Some(place) = meant.or_else(|| named.contains(&name).then_some("path")) {
            let found = if written.is_empty() { "missing".to_owned() } else { format!("`{written}`") };
            warn(report, at, format!("the place of the parameter `{name}` is {found}; `{place}` is meant"));
            object.insert("in".into(), place.into());
        }
    }
    if object.contains_key("schema") || object.contains_key("content") || !object.contains_key("type") {
        return;
    }
    let name = object.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    warn(report, at, format!("the type of `{name}` stands beside its name; it is read as its schema"));
    let is_of_schema = |key: &str| match key {
        // A parameter has these too.
        "description" | "deprecated" | "example" | "examples" | "required" => false,
        _ => keywords::find(key).is_some(),
    };
    let keys: Vec<String> = object.keys().filter(|key| is_of_schema(key)).cloned().collect();
    let schema: Map<String, Value> =
        keys.into_iter().filter_map(|key| object.shift_remove(&key).map(|value| (key, value))).collect();
    let mut schema = Value::Object(schema);
    file(&mut schema);
    object.insert("schema".into(), schema);
    let format = object.shift_remove("collectionFormat");
    let (style, explode) = match format.as_ref().and_then(Value::as_str) {
        Some("multi") => (None, true),
        Some("ssv") => (Some("spaceDelimited"), false),
        Some("pipes") => (Some("pipeDelimited"), false),
        Some("csv") => (None, false),
        _ => return,
    };
    object.entry("explode").or_insert_with(|| explode.into());
    if let Some(style) = style {
        object.entry("style").or_insert_with(|| style.into());
    }
}

/// What Swagger 2.0 calls a file is a text of bytes.
fn file(schema: &mut Value) {
    if text(schema, "type") == "file" {
        schema["type"] = "string".into();
        schema["format"] = "binary".into();
    }
}

/// Makes request bodies of the body and form parameters of a path.
fn bodies(document: &mut Value, path: &str, at: &str, report: &mut Report) {
    let item = &document["paths"][path];
    let is_body_here = |parameter: &Value| resolve(document, parameter).is_some_and(is_body);
    let has = |of: &Value| own(of).any(is_body_here);
    if !has(item) && !operations(item).any(|(_, operation)| has(operation)) {
        return;
    }
    let taken = |of: &Value| -> Vec<Value> {
        own(of).filter(|one| is_body_here(one)).filter_map(|one| resolve(document, one).cloned()).collect()
    };
    let shared = taken(item);
    let mut made = Vec::new();
    for (method, operation) in operations(item).filter(|(_, operation)| operation.is_object()) {
        let parameters = [shared.clone(), taken(operation)].concat();
        if parameters.is_empty() {
            continue;
        }
        let at = format!("{at}/{method}");
        let names: Vec<String> = parameters.iter().map(|parameter| format!("`{}`", text(parameter, "name"))).collect();
        let names = names.join(", ");
        if operation.get("requestBody").is_some() {
            warn(report, &at, format!("the operation has a request body, beside which {names} are ignored"));
            continue;
        }
        let consumes = operation.get("consumes").or_else(|| document.get("consumes"));
        let mut consumes: Vec<&str> =
            consumes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let first = if consumes.len() > MEDIA_TYPES { " in the first of the media types" } else { "" };
        consumes.truncate(MEDIA_TYPES);
        warn(
            report,
            &at,
            format!("OpenAPI 3 has no parameters in a body or a form; the request body is made of {names}{first}"),
        );
        made.push((method.clone(), body(&parameters, consumes)));
    }
    let keep = |of: &Value| -> Option<Vec<Value>> {
        has(of).then(|| own(of).filter(|one| !is_body_here(one)).cloned().collect())
    };
    let mut kept = vec![(None, keep(item))];
    kept.extend(operations(item).map(|(method, operation)| (Some(method.clone()), keep(operation))));
    let item = &mut document["paths"][path];
    for (method, parameters) in kept {
        let of = match method {
            Some(method) => &mut item[method],
            None => &mut *item,
        };
        if let Some(parameters) = parameters {
            of["parameters"] = Value::Array(parameters);
        }
    }
    for (method, body) in made {
        item[method]["requestBody"] = body;
    }
}

/// The request body that parameters are.
fn body(parameters: &[Value], consumes: Vec<&str>) -> Value {
    let is_required = |parameter: &Value| parameter.get("required") == Some(&Value::Bool(true));
    let schema = |parameter: &Value| parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
    // The last one counts, as it does among other parameters.
    if let Some(body) = parameters.iter().rfind(|parameter| text(parameter, "in") == "body") {
        let media_types = if consumes.is_empty() { vec!["application/json"] } else { consumes };
        let content: Map<String, Value> =
            media_types.into_iter().map(|media_type| (media_type.to_owned(), json!({"schema": schema(body)}))).collect();
        let mut made = json!({"content": content, "required": is_required(body)});
        if let Some(description) = body.get("description") {
            made["description"] = description.clone();
        }
        return made;
    }
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    let mut has_file = false;
    for parameter in parameters {
        let mut schema = schema(parameter);
        file(&mut schema);
        has_file |= text(&schema, "format") == "binary";
        if let (Some(object), Some(description)) = (schema.as_object_mut(), parameter.get("description"))
            && !object.contains_key("$ref")
        {
            object.entry("description").or_insert_with(|| description.clone());
        }
        let name = text(parameter, "name");
        properties.insert(name.to_owned(), schema);
        required.retain(|other| *other != name);
        required.extend(is_required(parameter).then_some(name));
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = required.clone().into();
    }
    let of_forms = [BodyKind::Form, BodyKind::Multipart];
    let mut forms: Vec<&str> =
        consumes.into_iter().filter(|media_type| of_forms.contains(&BodyKind::of(media_type))).collect();
    if forms.is_empty() {
        forms.push(if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" });
    }
    let content: Map<String, Value> =
        forms.into_iter().map(|media_type| (media_type.to_owned(), json!({"schema": schema}))).collect();
    json!({"content": content, "required": !required.is_empty()})
}
