//! Q008: OpenAPI 3.1.
//!
//! # What it is
//! The document is OpenAPI 3.1, whose schemas are JSON Schema 2020-12: `type` may be a list, null is a type, a bound is
//! exclusive by a number, a `$ref` has siblings, a schema may be `true` or `false`.
//!
//! # Where it was seen
//! In no document that Confluent publishes today; in what other publishers do.
//!
//! # Why it matters
//! Every reader of OpenAPI 3.0 refuses the document, or overlooks what it does not know.
//!
//! # The repair
//! What OpenAPI 3.0 can say is said in its words: a list of types with null is `nullable`, one of several types an `anyOf`;
//! `const` is an `enum` of one value; an exclusive bound gets its flag; the first of the `examples` is the `example`; a
//! `$ref` with siblings is an `allOf`; `contentEncoding: base64` is the format `byte`, and the description says of which
//! `contentMediaType` a text is; `true` is `{}` and `false` is
//! `{not: {}}`. What OpenAPI 3.0 cannot say is quirk Q009.
//!
//! `nullable` is no keyword of OpenAPI 3.1, and its authors mean it: it counts as in 3.0. A keyword of 3.1 in a document of
//! version 3.0 means what 3.1 says, but for siblings of a `$ref`, which are quirk Q041. A warning says so of both.
//!
//! # Before and after
//! ```yaml
//! openapi: 3.1.0
//! # a schema: {type: [string, 'null'], const: a}
//! ```
//! ```yaml
//! openapi: 3.0.3
//! # a schema: {type: string, enum: [a], nullable: true}
//! ```

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::beyond_30::{self, Lost};
use super::{Repair, Report, walk};
use crate::diagnostic::Diagnostic;
use crate::extensions::SOURCE;
use crate::grammar::{self, Kind};
use crate::json_type::is_of_type;
use crate::keywords::{self, Role};
use crate::lock::Lock;
use crate::pointer::escape;
use crate::version::Version;

const CODE: &str = "Q008";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// An object of the document.
type Object = Map<String, Value>;

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    if !Version::has_new_schemas(document) {
        return in_30(document, report);
    }
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default().to_owned();
    report.add(Diagnostic::note(CODE, format!("this is OpenAPI {version}; it is read as OpenAPI 3.0")).at("/openapi"));
    document["openapi"] = json!("3.0.3");
    let mut lost = Lost::default();
    beyond_30::document(document, &mut lost);
    grammar::walk_mut_at(document, &mut |kind, pointer, value| match kind {
        Kind::Schema => {
            if value.get("nullable") == Some(&json!(true)) {
                let message = "`nullable` is no keyword of OpenAPI 3.1; it is read as in OpenAPI 3.0";
                let diagnostic = Diagnostic::warning(CODE, message).at(format!("{pointer}/nullable"));
                report.add(diagnostic.help("add 'null' to the types, or as an alternative"));
            }
            schema(value, pointer, &mut lost);
        }
        Kind::Operation => operation(value),
        _ => reference(value, pointer, &mut lost),
    });
    beyond_30::close(document, &mut lost);
    webhooks(document);
    // Path items that are components stand where they are used by now.
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.shift_remove("pathItems");
    }
    lost.0.into_iter().for_each(|diagnostic| report.add(diagnostic));
}

/// Says the keywords of OpenAPI 3.1 that a document of version 3.0 has in the words of 3.0.
fn in_30(document: &mut Value, report: &mut Report) {
    let mut lost = Lost::default();
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(object) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        let newer: Vec<String> = object.iter().filter(|(key, value)| is_newer(key, value)).map(|it| it.0.clone()).collect();
        let Some(first) = newer.first().filter(|_| !object.contains_key("$ref")) else { return };
        let diagnostic = Diagnostic::warning(CODE, newer_message(&newer)).at(format!("{pointer}/{}", escape(first)));
        report.add(diagnostic.help("say it in the words of OpenAPI 3.0, or that the document is OpenAPI 3.1"));
        keywords_of_31(object, pointer, &mut lost);
    });
    beyond_30::close(document, &mut lost);
    lost.0.into_iter().for_each(|diagnostic| report.add(diagnostic));
}

/// Whether a member of a schema constrains values as only OpenAPI 3.1 does.
fn is_newer(key: &str, value: &Value) -> bool {
    match keywords::find(key) {
        Some(keyword) if keyword.since == keywords::Version::V31 => {
            matches!(keyword.role, Role::Beyond30 | Role::Other) && key != "$defs"
        }
        Some(_) => key.starts_with("exclusive") && value.is_number(),
        None => false,
    }
}

fn newer_message(keys: &[String]) -> String {
    let names = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    format!("{names} in a document of OpenAPI 3.0: read as in OpenAPI 3.1")
}

/// Whether a `type` is that of texts, and of nothing else but null.
fn is_string(stated: &Value) -> bool {
    let is = |name: &str| stated.as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let others = stated.as_array().into_iter().flatten().any(|name| name != "string" && name != "null");
    stated == "string" || (is("string") && !others)
}

/// Puts path items that are components where webhooks refer to them.
fn webhooks(document: &mut Value) {
    let items = document.pointer("/components/pathItems").cloned().unwrap_or_default();
    for (_, webhook) in document.get_mut("webhooks").and_then(Value::as_object_mut).into_iter().flatten() {
        let pointer = webhook.get("$ref").and_then(Value::as_str);
        let pointer = pointer.and_then(|reference| reference.strip_prefix("#/components/pathItems"));
        if let Some(item) = pointer.and_then(|pointer| items.pointer(pointer)).cloned() {
            *webhook = item;
        }
    }
}

/// An operation must have a response in OpenAPI 3.0; in 3.1 it need not.
fn operation(value: &mut Value) {
    let Some(operation) = value.as_object_mut() else { return };
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    if responses.as_object().is_some_and(Map::is_empty) {
        *responses = json!({"default": {"description": "none is documented"}});
    }
}

/// A reference to anything but a schema: OpenAPI 3.0 has no words beside it.
fn reference(value: &mut Value, pointer: &str, lost: &mut Lost) {
    let Some(object) = value.as_object_mut().filter(|object| object.contains_key("$ref")) else { return };
    for key in ["summary", "description"] {
        if object.shift_remove(key).is_some() {
            lost.say(&format!("{pointer}/{key}"), format!("the `{key}` beside a reference"));
        }
    }
}

fn schema(value: &mut Value, pointer: &str, lost: &mut Lost) {
    match value {
        // `additionalProperties` may be a boolean in OpenAPI 3.0 too.
        Value::Bool(_) if pointer.ends_with("/additionalProperties") => return,
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => *value = json!({"not": {}}),
        _ => {}
    }
    let Some(object) = value.as_object_mut() else { return };
    let alternative = nullable(object);
    keywords_of_31(object, pointer, lost);
    types(object);
    if !alternative {
        return siblings(object);
    }
    // What describes stays beside the union.
    let (words, mut rules): (Object, Object) =
        std::mem::take(object).into_iter().partition(|(key, _)| walk::is_annotation(key));
    siblings(&mut rules);
    object.insert("anyOf".into(), json!([rules, {"enum": [null]}]));
    object.extend(words);
}

/// Reads `nullable` as OpenAPI 3.0 does. Beside several types null is one of them; beside a reference, which needs no type, it
/// is an alternative, and this returns whether it is.
fn nullable(object: &mut Object) -> bool {
    if object.get("nullable") != Some(&json!(true)) {
        object.shift_remove("nullable");
        return false;
    }
    if let Some(Value::Array(names)) = object.get_mut("type") {
        names.push(json!("null"));
        object.shift_remove("nullable");
    }
    object.contains_key("$ref") && object.shift_remove("nullable").is_some()
}

/// Says the keywords of OpenAPI 3.1 in the words of 3.0.
fn keywords_of_31(object: &mut Object, pointer: &str, lost: &mut Lost) {
    beyond_30::schema(object, pointer, lost);
    if let Some(value) = object.shift_remove("const") {
        if let Some(Value::Object(source)) = object.get_mut(SOURCE) {
            match source.shift_remove("const") {
                Some(text) => source.insert("enum".into(), json!({value.to_string(): [text]})),
                None => source.shift_remove("enum"),
            };
        }
        object.insert("enum".into(), json!([value]));
    }
    bound(object, "minimum", "exclusiveMinimum", |exclusive, inclusive| exclusive >= inclusive);
    bound(object, "maximum", "exclusiveMaximum", |exclusive, inclusive| exclusive <= inclusive);
    if let Some(Value::Array(examples)) = object.shift_remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        object.entry("example").or_insert(first);
    }
    content(object, pointer, lost);
}

/// `$ref` with siblings: an `allOf` of both.
fn siblings(object: &mut Object) {
    if object.len() < 2 {
        return;
    }
    let Some(reference) = object.shift_remove("$ref") else { return };
    let mut parts = vec![json!({"$ref": reference})];
    let beside = std::mem::take(object);
    let (words, rules): (Object, Object) = beside.into_iter().partition(|(key, _)| walk::is_annotation(key));
    if !rules.is_empty() {
        parts.push(Value::Object(rules));
    }
    object.insert("allOf".into(), Value::Array(parts));
    object.extend(words);
}

/// A bound that is exclusive by a number, with a flag.
fn bound(object: &mut Object, inclusive: &str, exclusive: &str, stricter: fn(f64, f64) -> bool) {
    let Some(value) = object.get(exclusive).filter(|value| value.is_number()).cloned() else { return };
    object.shift_remove(exclusive);
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    if object.get(inclusive).is_none_or(|other| stricter(number(&value), number(other))) {
        object.insert(inclusive.into(), value);
        object.insert(exclusive.into(), json!(true));
    }
}

/// Text that holds bytes, or a document of another media type. Its media type is said in its description.
fn content(object: &mut Object, pointer: &str, lost: &mut Lost) {
    let mut taken = |key: &str| object.shift_remove(key).and_then(|value| value.as_str().map(str::to_owned));
    let (encoding, media_type) = (taken("contentEncoding"), taken("contentMediaType"));
    let sentence = match (&media_type, encoding.as_deref()) {
        (Some(media_type), None) => format!("The text is `{media_type}`."),
        (Some(media_type), Some(encoding)) => format!("The content is `{media_type}`, encoded as `{encoding}`."),
        (None, Some(encoding)) if encoding != "base64" => format!("The content is encoded as `{encoding}`."),
        _ => String::new(),
    };
    if !sentence.is_empty() {
        let description = object.get("description").and_then(Value::as_str).map(|text| format!("{text}\n\n{sentence}"));
        object.insert("description".into(), json!(description.unwrap_or(sentence)));
    }
    let is_text = |media_type: &String| {
        media_type.starts_with("text/") || ["json", "xml", "yaml"].iter().any(|kind| media_type.contains(kind))
    };
    let format = match (encoding.as_deref(), &media_type) {
        (Some("base64"), _) => "byte",
        (None, Some(media_type)) if is_text(media_type) => {
            let message = format!("this is `{media_type}` in a text, which stays a text");
            lost.0.push(Diagnostic::note(CODE, message).at(format!("{pointer}/contentMediaType")));
            return;
        }
        (None, Some(_)) if object.get("type").is_none_or(is_string) => "binary",
        (Some(encoding), _) => {
            let message = format!("`{encoding}` is not decoded here; the text is as it is sent");
            lost.0.push(Diagnostic::note(CODE, message).at(format!("{pointer}/contentEncoding")));
            return;
        }
        _ => return,
    };
    object.entry("type").or_insert(json!("string"));
    if object.get("type").is_some_and(is_string) {
        object.entry("format").or_insert(json!(format));
    }
}

/// A list of types, and the type null.
pub(super) fn types(object: &mut Object) {
    let named: Vec<String> = match object.get("type") {
        Some(Value::String(name)) if name == "null" => vec![name.clone()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return,
    };
    object.shift_remove("type");
    let null = named.iter().any(|name| name == "null");
    let number = named.iter().any(|name| name == "number");
    let real = named.iter().filter(|name| *name != "null" && !(number && *name == "integer"));
    let mut seen = HashSet::new();
    let real: Vec<&String> = real.filter(|name| seen.insert(*name)).collect();
    match real.as_slice() {
        // By JSON Schema, no type fits a value; that is what an empty list says.
        [] => {
            object.insert("enum".into(), json!([null]));
        }
        [one] => {
            object.shift_insert(0, "type".into(), json!(one));
            if null {
                object.insert("nullable".into(), json!(true));
            }
        }
        several => {
            let mut alternatives: Vec<Value> = several.iter().map(|name| alternative(object, name)).collect();
            if null {
                alternatives.push(json!({"enum": [null]}));
            }
            object.retain(|key, _| of_type(key).is_none() && key != "enum");
            let alternatives = Value::Array(alternatives);
            if object.contains_key("anyOf") {
                let mut beside = std::mem::take(object);
                siblings(&mut beside);
                object.insert("allOf".into(), json!([beside, {"anyOf": alternatives}]));
            } else {
                object.insert("anyOf".into(), alternatives);
            }
        }
    }
}

/// What `object` says of values of one of its types.
fn alternative(object: &Object, name: &str) -> Value {
    let mut alternative = Object::from_iter([("type".to_owned(), json!(name))]);
    let concerns = |wanted: &str| wanted == name || (wanted == "number" && name == "integer");
    let rules = object.iter().filter(|(key, _)| of_type(key).is_some_and(concerns));
    alternative.extend(rules.map(|(key, value)| (key.clone(), value.clone())));
    if let Some(Value::Array(values)) = object.get("enum") {
        let fitting = values.iter().filter(|value| is_of_type(value, name));
        alternative.insert("enum".into(), fitting.cloned().collect());
    }
    Value::Object(alternative)
}

/// The type that a keyword is about.
fn of_type(key: &str) -> Option<&'static str> {
    keywords::find(key)?.about
}
