//! Q035: values of an enum that are of another type.
//!
//! # What it is
//! The values of an `enum` are not of the type that its schema states, or are of several types where it states none.
//!
//! # Where it was seen
//! In many public definitions: `enum: [on, off, true]` without quotes, numbers among texts, numbers in quotes.
//!
//! # Why it matters
//! YAML takes `true`, `null` and `256` for what they look like, while the server means texts.
//!
//! # The repair
//! A value is written as the stated type where nothing is lost: a boolean or a number as the text that the source has
//! (`1.10` stays `1.10`, and `0x10` stays `0x10`), a text as the number or boolean that it spells. Null makes the schema
//! nullable. Any other value is left out. Where no type is stated, it is that of the values; if they are of several types, those
//! of each are an alternative, and so is null. A warning says so, or, where no type is stated, a note.
//!
//! # Before and after
//! ```yaml
//! Item: {type: object, properties: {size: {type: string, enum: [256, 1.10, null]}, limit: {enum: [1, unlimited]}}}
//! ```
//! ```yaml
//! Item:
//!   type: object
//!   properties:
//!     size: {type: string, enum: ['256', '1.10', null], nullable: true}
//!     limit: {anyOf: [{type: integer, enum: [1]}, {type: string, enum: [unlimited]}]}
//! ```

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::extensions::SOURCE;
use crate::grammar::{self, Kind};
use crate::json_type::is_of_type;
use crate::lock::Lock;

const CODE: &str = "Q035";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    grammar::walk_mut_at(document, &mut |kind, pointer, value| {
        let Some(schema) = value.as_object_mut().filter(|_| kind == Kind::Schema) else { return };
        if schema.contains_key("$ref") {
            return;
        }
        let Some(values) = schema.get("enum").and_then(Value::as_array).cloned() else { return };
        let stated = schema.get("type").and_then(Value::as_str).map(str::to_owned);
        let message = match &stated {
            Some(stated) => typed(schema, &values, stated),
            None => split(schema, &values),
        };
        let Some(message) = message else { return };
        let pointer = format!("{pointer}/enum");
        let help = "write the values as one type in an overlay; YAML takes true, null and 1 for what they look like";
        report.add(match stated {
            Some(_) => Diagnostic::warning(CODE, message).at(pointer).help(help),
            // Without a type, values of any are valid.
            None => Diagnostic::note(CODE, message).at(pointer),
        });
    });
}

/// How many values a message lists.
const SHOWN: usize = 5;

/// Writes `values` as the type that `schema` states; the message says what was done.
fn typed(schema: &mut Map<String, Value>, values: &[Value], stated: &str) -> Option<String> {
    if values.iter().all(|value| value.is_null() || is_of_type(value, stated)) {
        return None;
    }
    let mut kept = Vec::new();
    let (mut read, mut lost) = (Vec::new(), Vec::new());
    let mut texts = Texts::of(schema);
    for value in values {
        let text = texts.next(value);
        match written_as(value, &text, stated) {
            _ if value.is_null() || is_of_type(value, stated) => kept.push(value.clone()),
            Some(written) => {
                read.push(text);
                kept.push(written);
            }
            None => lost.push(value.to_string()),
        }
    }
    kept.dedup();
    if kept.iter().any(Value::is_null) {
        schema.insert("nullable".into(), Value::Bool(true));
    }
    match kept.iter().all(Value::is_null) {
        true => drop(schema.shift_remove("enum")),
        false => drop(schema.insert("enum".into(), Value::Array(kept))),
    }
    let of = |values: &[String]| match values.len().saturating_sub(SHOWN) {
        0 => values.join(", "),
        more => format!("{} and {more} more", values[..SHOWN].join(", ")),
    };
    let (read_as, left_out) = (of(&read), of(&lost));
    let wrong = format!("some values are not of type {stated}, and are");
    Some(match (read.is_empty(), lost.is_empty()) {
        (false, true) => format!("{wrong} converted to it: {read_as}"),
        (true, _) => format!("{wrong} left out: {left_out}"),
        (false, false) => format!("{wrong} converted to it: {read_as}; or left out: {left_out}"),
    })
}

/// The texts of values in the source.
struct Texts<'a>(HashMap<&'a str, std::slice::Iter<'a, Value>>);

impl Texts<'_> {
    /// Those that the reader has kept in `schema`, because they are not what JSON would write.
    fn of(schema: &Map<String, Value>) -> Texts<'_> {
        let kept = schema.get(SOURCE).and_then(|source| source.get("enum")).and_then(Value::as_object);
        let texts = kept.into_iter().flatten();
        Texts(texts.filter_map(|(value, texts)| Some((value.as_str(), texts.as_array()?.iter()))).collect())
    }

    /// The text of `value`, which is the next one of the list.
    fn next(&mut self, value: &Value) -> String {
        let written = value.to_string();
        let kept = self.0.get_mut(written.as_str()).and_then(Iterator::next).and_then(Value::as_str);
        kept.map_or(written, str::to_owned)
    }
}

/// `value`, whose text is `text`, as one of the type `stated`, where nothing is lost.
fn written_as(value: &Value, text: &str, stated: &str) -> Option<Value> {
    let written = match (stated, value) {
        ("string", Value::Bool(_) | Value::Number(_)) => Value::from(text),
        ("boolean" | "integer" | "number", Value::String(text)) => serde_json::from_str(text.trim()).ok()?,
        _ => return None,
    };
    is_of_type(&written, stated).then_some(written)
}

/// States the type of `values` if they are scalars of one type, as those of a `const` are. Texts are left as they are.
fn state(schema: &mut Map<String, Value>, values: &[Value]) -> bool {
    let real: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let all = |kind: &&str| !real.is_empty() && real.iter().all(|value| is_of_type(value, kind));
    let Some(kind) = ["boolean", "integer", "number"].iter().find(|kind| all(kind)) else { return false };
    schema.insert("type".into(), json!(kind));
    if real.len() < values.len() {
        schema.insert("nullable".into(), json!(true));
    }
    true
}

/// Makes an alternative of the values of each type, if they are of several; the message says so.
fn split(schema: &mut Map<String, Value>, values: &[Value]) -> Option<String> {
    if state(schema, values) {
        return None;
    }
    let kinds = ["integer", "number", "string", "boolean", "array", "object"];
    let mut alternatives: Vec<(&str, Vec<Value>)> = Vec::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        let kind = kinds.into_iter().find(|kind| is_of_type(value, kind))?;
        match alternatives.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, values)) => values.push(value.clone()),
            None => alternatives.push((kind, vec![value.clone()])),
        }
    }
    if alternatives.len() < 2 || schema.contains_key("anyOf") {
        return None;
    }
    let names: Vec<&str> = alternatives.iter().map(|(kind, _)| *kind).collect();
    let message = format!("the values are of several types: {}; each is an alternative", names.join(", "));
    let several = alternatives.into_iter().map(|(kind, values)| json!({"type": kind, "enum": values}));
    // Without a type, `nullable` says nothing; null is an alternative of its own.
    let null = values.iter().any(Value::is_null).then(|| json!({"enum": [null]}));
    let several: Vec<Value> = several.chain(null).collect();
    schema.shift_remove("enum");
    schema.insert("anyOf".into(), Value::Array(several));
    Some(message)
}
