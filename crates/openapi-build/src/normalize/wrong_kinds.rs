//! Q039: a field that holds something else than OpenAPI has there.
//!
//! # What it is
//! A text where a number belongs, a list where a mapping belongs, `parameters:` with nothing after it, `items` that is a list.
//!
//! # Where it was seen
//! In many public definitions: PHP writes an empty mapping as `[]`, YAML an empty field as null, and JSON Schema's older drafts a
//! tuple as a list of `items`.
//!
//! # Why it matters
//! A typed parser refuses the document, whatever the field is worth.
//!
//! # The repair
//! What the value must mean is taken: an empty field is absent, the one mapping in a list is that mapping, `"3"` is 3, `items` that
//! is a list is `prefixItems`. Anything else is left out, and nothing around it: a schema is any value, a response keeps its
//! status. Q047 and Q049 say what becomes of `security` and `servers`. A warning says so.
//!
//! # Before and after
//! ```yaml
//! get: {parameters: null, tags: Pets, responses: {'200': null}}
//! ```
//! ```yaml
//! get: {tags: [Pets], responses: {'200': {description: ''}}}
//! ```

use serde_json::{Map, Value, json};

use super::leave_out::{is_alternative, is_beyond_30};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, In, Kind};
use crate::json_type::with_article;
use crate::lock::Lock;
use crate::pointer;

const CODE: &str = "Q039";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let beyond_30 = is_beyond_30(document);
    let mut pass = Pass { report, beyond_30, lists: Vec::new() };
    if let Some(info) = document.get_mut("info") {
        pass.info(info);
    }
    pass.object(document, Kind::Document, &mut String::new());
    if let Some(document) = document.as_object_mut() {
        document.entry("paths").or_insert_with(|| json!({}));
        document.entry("info").or_insert_with(|| json!({"title": "API", "version": "0"}));
    }
    let Pass { report, lists, .. } = pass;
    lists.into_iter().for_each(|(pointer, gone)| report.left_out(&pointer, gone));
}

/// What a field holds that holds no further objects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Text,
    Flag,
    Number,
    Count,
    /// A boolean in OpenAPI 3.0, a number in 3.1.
    Exclusive,
    List,
    Texts,
    Mapping,
    Mappings,
}

use Plain::{Count, Exclusive, Flag, List, Mapping, Mappings, Number, Text, Texts};

impl Plain {
    fn of(kind: Kind, key: &str) -> Option<Self> {
        Some(match (kind, key) {
            (Kind::Components, _) => return None,
            (_, "$ref") => Text,
            (Kind::Parameter | Kind::Header | Kind::RequestBody, "required") => Flag,
            (Kind::Schema, "required") | (Kind::Operation, "tags") => Texts,
            (Kind::Document, "tags") => Mappings,
            (Kind::Document, "info") | (Kind::Schema, "discriminator") => Mapping,
            (Kind::Schema, "enum") => List,
            (
                _,
                "description" | "summary" | "operationId" | "name" | "in" | "style" | "title" | "pattern" | "format",
            ) => Text,
            (
                _,
                "deprecated" | "explode" | "allowReserved" | "allowEmptyValue" | "nullable" | "readOnly" | "writeOnly",
            )
            | (Kind::Schema, "uniqueItems") => Flag,
            (
                Kind::Schema,
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties",
            ) => Count,
            (Kind::Schema, "minimum" | "maximum" | "multipleOf") => Number,
            (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum") => Exclusive,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Text => "a text",
            Flag | Exclusive => "true or false",
            Number => "a number",
            Count => "a whole number from 0",
            List => "a list",
            Texts => "a list of texts",
            Mapping => "a mapping",
            Mappings => "a list of mappings",
        }
    }

    fn fits(self, value: &Value) -> bool {
        let all = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(fits));
        match self {
            Text => value.is_string(),
            Flag => value.is_boolean(),
            Number => value.is_number(),
            Count => value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0),
            Exclusive => value.is_boolean() || value.is_number(),
            List => value.is_array(),
            Texts => all(Value::is_string),
            Mapping => value.is_object(),
            Mappings => all(Value::is_object),
        }
    }

    /// What `value` must mean.
    fn read(self, value: &Value) -> Option<Value> {
        let read = match (self, value) {
            (Text, Value::Number(_) | Value::Bool(_)) => Value::String(value.to_string()),
            (Flag | Number | Count | Exclusive, Value::String(text)) => {
                serde_json::from_str(&text.trim().to_ascii_lowercase()).ok()?
            }
            (Texts, Value::Array(items)) => items.iter().filter_map(text).collect(),
            (Texts, Value::String(_) | Value::Number(_)) => Value::Array(text(value).into_iter().collect()),
            (List, Value::String(_) | Value::Number(_)) => json!([value]),
            (Mapping, Value::String(_)) => json!({"propertyName": value}),
            (Mapping, Value::Array(items)) => items.first().filter(|_| items.len() == 1)?.clone(),
            (Mappings, Value::Object(object)) if !object.is_empty() => json!([value]),
            (Mappings, Value::Array(items)) => items.iter().filter(|item| item.is_object()).cloned().collect(),
            _ => return None,
        };
        self.fits(&read).then_some(read)
    }
}

/// A text, or what YAML took for something else.
fn text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
        _ => None,
    }
}

struct Pass<'a> {
    report: &'a mut Report,
    beyond_30: bool,
    /// The lists of which items were left out, and their indices.
    lists: Vec<(String, Vec<usize>)>,
}

impl Pass<'_> {
    fn say(&mut self, pointer: &str, message: String) {
        self.report.add(Diagnostic::warning(CODE, message).at(pointer).help("correct it in an overlay"));
    }

    /// The title and the version are texts, and YAML reads many a version as a number.
    fn info(&mut self, info: &mut Value) {
        let Some(info) = info.as_object_mut() else { return };
        for (key, absent) in [("title", "API"), ("version", "0")] {
            let value = info.get(key);
            if value.is_some_and(Value::is_string) {
                continue;
            }
            let read = value.and_then(text).unwrap_or_else(|| absent.into());
            if value.is_some_and(|value| !value.is_null() && text(value).is_none()) {
                self.say(&format!("/info/{key}"), format!("`{key}` is a text; it is read as {read}"));
            }
            info.insert(key.into(), read);
        }
    }

    fn object(&mut self, value: &mut Value, kind: Kind, pointer: &mut String) {
        let in_path = kind == Kind::Parameter && value.get("in").is_some_and(|place| place == "path");
        let Some(object) = value.as_object_mut().filter(|_| !kind.is_idle()) else { return };
        let wrong: Vec<String> =
            object.iter().filter(|(key, value)| is_wrong(kind, key, value)).map(|(key, _)| key.clone()).collect();
        let length = pointer.len();
        for key in wrong {
            pointer::push(pointer, &key);
            self.field(object, kind, &key, in_path, pointer);
            pointer.truncate(length);
        }
        for (key, value) in object.iter_mut() {
            let Some(within) = grammar::field(kind, key) else { continue };
            pointer::push(pointer, key);
            match (within, value) {
                (In::One(kind), value) => self.object(value, kind, pointer),
                (In::List(kind), Value::Array(items)) => {
                    let (mut index, mut gone) = (0, Vec::new());
                    items.retain_mut(|item| {
                        let length = pointer.len();
                        pointer::push(pointer, &index.to_string());
                        index += 1;
                        let stays = self.entry(item, kind, pointer);
                        pointer.truncate(length);
                        gone.extend((!stays).then_some(index - 1));
                        stays
                    });
                    if !gone.is_empty() {
                        self.lists.push((pointer.clone(), gone));
                    }
                }
                (In::Map(kind), Value::Object(entries)) => entries.retain(|name, entry| {
                    if !grammar::is_entry(kind, name) {
                        return true;
                    }
                    let length = pointer.len();
                    pointer::push(pointer, name);
                    if let (Value::String(text), "$ref") = (&*entry, name.as_str()) {
                        self.say(pointer, format!("`{text}` leads to no mapping that could stand here; it is ignored"));
                        pointer.truncate(length);
                        return false;
                    }
                    let stays = self.entry(entry, kind, pointer);
                    pointer.truncate(length);
                    stays
                }),
                _ => {}
            }
            pointer.truncate(length);
        }
    }

    /// Corrects the field `key`, which is wrong and stands at `pointer`, or leaves it out.
    fn field(&mut self, object: &mut Map<String, Value>, kind: Kind, key: &str, in_path: bool, pointer: &str) {
        let Some(value) = object.get(key).cloned() else { return };
        if kind == Kind::Schema && key == "items" && value.as_array().is_some_and(|items| items.len() > 1) {
            return self.tuple(object, pointer);
        }
        let plain = Plain::of(kind, key);
        let within = grammar::field(kind, key);
        let read = match (plain, within) {
            _ if value.is_null() => None,
            (Some(plain), _) => plain.read(&value),
            (None, Some(within)) => read(within, key, &value),
            (None, None) => None,
        };
        let wanted = plain.map(Plain::name).or_else(|| grammar::misfit(kind, key, &value)).unwrap_or("a mapping");
        let here = with_article(&value);
        if value.is_null() {
            // An empty description says nothing, and neither does its absence.
            if within.is_some() || key == "info" {
                self.say(pointer, format!("`{key}` is empty; it is read as absent"));
            }
        } else if let Some(read) = &read {
            let shown = if read.is_object() || read.is_array() { wanted.to_owned() } else { format!("`{read}`") };
            self.say(pointer, format!("`{key}` is {wanted}, and here is {here}; it is read as {shown}"));
        } else {
            self.say(pointer, format!("`{key}` is {wanted}, and here is {here}; it is ignored"));
        }
        match (read, key) {
            (Some(read), _) => drop(object.insert(key.to_owned(), read)),
            (None, "schema") if in_path => drop(object.insert(key.to_owned(), json!({"type": "string"}))),
            (None, _) => drop(object.shift_remove(key)),
        }
    }

    /// `items` that is a list is a tuple, as in JSON Schema before 2020-12.
    fn tuple(&mut self, schema: &mut Map<String, Value>, pointer: &str) {
        let Some(items) = schema.shift_remove("items") else { return };
        self.say(pointer, "`items` is a list; it is read as `prefixItems` of OpenAPI 3.1".to_owned());
        schema.insert("prefixItems".into(), items);
        if let Some(rest) = schema.shift_remove("additionalItems") {
            let rest = if rest == json!(false) && !self.beyond_30 { json!({"not": {}}) } else { rest };
            schema.insert("items".into(), rest);
        }
    }

    /// Corrects an entry of a list or a mapping; returns whether it stays.
    fn entry(&mut self, value: &mut Value, kind: Kind, pointer: &mut String) -> bool {
        if value.is_object() || (kind == Kind::Schema && value.is_boolean()) {
            self.object(value, kind, pointer);
            return true;
        }
        if kind.is_idle() {
            return false;
        }
        let (instead, fate) = match kind {
            Kind::Schema if is_alternative(pointer) => (None, "it is left out"),
            Kind::Schema => (Some(json!({})), "it is any value"),
            Kind::PathItem => (Some(json!({})), "the path has no operations"),
            Kind::Response => (Some(json!({"description": ""})), "nothing but its status is known"),
            Kind::MediaType => (Some(json!({})), "the body is any value"),
            _ => (None, "it is left out"),
        };
        let of = kind.with_article();
        self.say(pointer, format!("{of} is a mapping, and here is {}; {fate}", with_article(value)));
        let stays = instead.is_some();
        *value = instead.unwrap_or_default();
        stays
    }
}

/// Whether a field holds something else than it should.
fn is_wrong(kind: Kind, key: &str, value: &Value) -> bool {
    match (Plain::of(kind, key), grammar::field(kind, key)) {
        (Some(plain), _) => !plain.fits(value),
        (None, Some(within)) => {
            let (In::One(of) | In::List(of) | In::Map(of)) = within;
            !of.is_idle() && (value.is_null() || grammar::misfit(kind, key, value).is_some())
        }
        (None, None) => false,
    }
}

/// What `value` in a field that holds objects must mean.
fn read(within: In, key: &str, value: &Value) -> Option<Value> {
    match (within, value) {
        // PHP writes an empty mapping so.
        (In::Map(_) | In::One(Kind::Schema), Value::Array(items)) if items.is_empty() => Some(json!({})),
        (In::One(_), Value::Array(items)) => items.first().filter(|item| items.len() == 1 && item.is_object()).cloned(),
        (In::One(Kind::Schema), Value::String(text)) if key == "additionalProperties" => {
            serde_json::from_str(text).ok().filter(Value::is_boolean)
        }
        (In::List(Kind::Parameter), Value::Object(object)) if !object.contains_key("name") && !object.is_empty() => {
            let all = object.values().all(Value::is_object);
            all.then(|| object.values().cloned().collect())
        }
        (In::List(_), Value::Object(object)) if !object.is_empty() => Some(json!([value])),
        (In::List(_), Value::Object(_)) => Some(json!([])),
        _ => None,
    }
}
