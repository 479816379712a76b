//! Q031: defaults that do not fit.
//!
//! # What it is
//! A `default` is of another type than its schema, is not one of the values of its `enum`, or is beyond its bounds or format. The
//! schema may be the component that stands beside it, in an `allOf` of nothing else.
//!
//! # Where it was seen
//! In many public definitions: `"true"` for a boolean, `"10"` for an integer, an empty text for an enum.
//!
//! # Why it matters
//! It documents what the server does without a value. A client sends no default, so that a wrong one must not keep anybody
//! from having a client.
//!
//! # The repair
//! A text that is a value of the type, and a number or a boolean where the type is a text, is taken for it, as the source
//! writes it: `1.10` stays `1.10`. Any other default is ignored. A warning says which.
//!
//! # Before and after
//! ```yaml
//! Page: {type: object, properties: {size: {type: integer, default: '10'}, order: {type: string, enum: [up], default: none}}}
//! ```
//! ```yaml
//! Page: {type: object, properties: {size: {type: integer, default: 10}, order: {type: string, enum: [up]}}}
//! ```

use std::collections::HashMap;

use serde_json::Value;

use super::{Repair, Report, walk};
use crate::diagnostic::Diagnostic;
use crate::extensions::SOURCE;
use crate::formats;
use crate::json_type::is_of_type;
use crate::lock::Lock;

const CODE: &str = "Q031";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let scalars = scalars(document);
    walk::schemas(document, &mut |schema, place| {
        // Nothing after this pass needs the texts of the source.
        let source = schema.as_object_mut().and_then(|schema| schema.shift_remove(SOURCE));
        let Some(default) = schema.get("default") else { return };
        let component = only_part(schema).and_then(|name| scalars.get(&name));
        let judge = component.unwrap_or(schema);
        let Some(why) = misfit(default, judge) else { return };
        let text = source.as_ref().and_then(|source| source.get("default")?.as_str());
        let read = coerced(default, text, judge).filter(|value| misfit(value, judge).is_none());
        // The reader keeps the texts of schemas that are texts themselves.
        let read = read.filter(|_| component.is_none() || default.is_string());
        let fate = read.as_ref().map_or_else(|| "it is ignored".to_owned(), |value| format!("it is read as `{value}`"));
        let written = text.map_or_else(|| default.to_string(), str::to_owned);
        let message = format!("the default `{written}` {why}; {fate}");
        let diagnostic = Diagnostic::warning(CODE, message).at(format!("{}/default", place.pointer));
        report.add(diagnostic.help("correct it in an overlay"));
        let Some(object) = schema.as_object_mut() else { return };
        match read {
            Some(value) => drop(object.insert("default".into(), value)),
            None => drop(object.shift_remove("default")),
        }
    });
}

/// The components whose values have no parts, which a `default` beside a reference can be held against.
fn scalars(document: &Value) -> HashMap<String, Value> {
    let scalar = |schema: &&Value| matches!(schema["type"].as_str(), Some("boolean" | "integer" | "number" | "string"));
    let components = walk::components(document).into_iter().flatten();
    components.filter(|(_, schema)| scalar(schema)).map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

/// The component that `schema` is, where it is an `allOf` of nothing else.
fn only_part(schema: &Value) -> Option<String> {
    match schema.get("allOf")?.as_array()?.as_slice() {
        [part] if schema.get("type").is_none() => walk::referenced(part),
        _ => None,
    }
}

/// `default` as a value of the type that `schema` states, where nothing is lost; `text` is what the source writes, if that
/// is not what JSON would write.
fn coerced(default: &Value, text: Option<&str>, schema: &Value) -> Option<Value> {
    let stated = schema.get("type").and_then(Value::as_str)?;
    match (stated, default) {
        ("string", Value::Bool(_) | Value::Number(_)) => Some(text.map_or_else(|| default.to_string(), str::to_owned).into()),
        ("boolean" | "integer" | "number", Value::String(text)) => {
            let value: Value = serde_json::from_str(text.trim()).ok()?;
            (value.is_boolean() || value.is_number()).then_some(value)
        }
        _ => None,
    }
}

/// Why `schema` does not accept `value`.
fn misfit(value: &Value, schema: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let stated = schema.get("type").and_then(Value::as_str);
    if let Some(stated) = stated.filter(|stated| !is_of_type(value, stated)) {
        return Some(format!("is not of type {stated}"));
    }
    if schema.get("enum").and_then(Value::as_array).is_some_and(|values| !values.contains(value)) {
        return Some("is not one of the values of the enum".into());
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or("int64");
    let chosen = schema.get(formats::EXTENSION).is_some();
    if stated == Some("integer") && !chosen && !formats::holds(format, value) {
        return Some(format!("is beyond `{format}`"));
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let (size, unit) = match value {
        Value::Number(number) => (number.as_f64()?, ("minimum", "maximum")),
        Value::String(text) => (text.chars().count() as f64, ("minLength", "maxLength")),
        Value::Array(items) => (items.len() as f64, ("minItems", "maxItems")),
        _ => return None,
    };
    if let Some(bound) = bound(unit.0).filter(|bound| size < *bound) {
        return Some(format!("is below `{}`, {bound}", unit.0));
    }
    bound(unit.1).filter(|bound| size > *bound).map(|bound| format!("is above `{}`, {bound}", unit.1))
}
