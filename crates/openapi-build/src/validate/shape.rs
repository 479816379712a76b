//! A field holds what OpenAPI has there: a mapping, a list, a text, a number.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, Node};
use crate::json_type::with_article;
use crate::pointer::escape;

pub(super) fn check(node: Node<'_>) -> Result<(), Diagnostic> {
    let Node { kind, pointer, value } = node;
    let fits = value.is_object() || (kind == Kind::Schema && value.is_boolean());
    if !fits {
        return Err(misfit(pointer, &format!("a {}", kind.name()), value, "a mapping"));
    }
    if node.reference().is_none() {
        needed(node)?;
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        if let Some(wanted) = grammar::misfit(kind, key, value).or_else(|| plain_misfit(kind, key, value)) {
            return Err(misfit(&format!("{pointer}/{}", escape(key)), &format!("`{key}`"), value, wanted));
        }
    }
    Ok(())
}

fn misfit(pointer: &str, what: &str, value: &Value, wanted: &str) -> Diagnostic {
    Diagnostic::error("V012", format!("{what} is {wanted}, and here is {}", with_article(value)))
        .at(pointer)
        .help("correct it in an overlay")
}

/// Whether the fields are there that an object is nothing without.
fn needed(node: Node<'_>) -> Result<(), Diagnostic> {
    let (within, keys): (_, &[&str]) = match node.kind {
        Kind::SecurityScheme => ("", &["type"]),
        Kind::Schema if node.value.get("discriminator").is_some_and(Value::is_object) => {
            ("/discriminator", &["propertyName"])
        }
        _ => return Ok(()),
    };
    let missing = keys.iter().find(|key| node.value.pointer(&format!("{within}/{key}")).is_none());
    missing.map_or(Ok(()), |key| {
        let of = if within.is_empty() { node.kind.name() } else { "discriminator" };
        Err(Diagnostic::error("V013", format!("this {of} has no `{key}`"))
            .at(format!("{}{within}", node.pointer))
            .help("add it in an overlay"))
    })
}

/// What a field without further objects should hold, if it holds something else; `null` is an empty field.
fn plain_misfit(kind: Kind, key: &str, value: &Value) -> Option<&'static str> {
    let (fits, wanted): (fn(&Value) -> bool, _) = match (kind, key) {
        (Kind::Components | Kind::Callback | Kind::Example, _) => return None,
        (Kind::Parameter | Kind::Header | Kind::RequestBody, "required") => (Value::is_boolean, "true or false"),
        (Kind::Schema, "required") => (is_texts, "a list of texts"),
        (Kind::Operation, "tags") => (is_texts, "a list of texts"),
        (Kind::Document, "info") | (Kind::Schema, "discriminator") => (Value::is_object, "a mapping"),
        (Kind::Schema, "enum") => (Value::is_array, "a list"),
        (_, "description" | "summary" | "operationId" | "name" | "in" | "style" | "title" | "pattern" | "format") => {
            (Value::is_string, "a text")
        }
        (_, "deprecated" | "explode" | "allowReserved" | "allowEmptyValue" | "nullable" | "readOnly" | "writeOnly")
        | (Kind::Schema, "uniqueItems") => (Value::is_boolean, "true or false"),
        (Kind::Schema, "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties") => {
            (is_count, "a whole number from 0")
        }
        (Kind::Schema, "minimum" | "maximum" | "multipleOf") => (Value::is_number, "a number"),
        // A boolean in OpenAPI 3.0, a number in 3.1.
        (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum") => {
            (|value| value.is_boolean() || value.is_number(), "true or false")
        }
        _ => return None,
    };
    (!value.is_null() && !fits(value)).then_some(wanted)
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

/// Whether `value` is a length, written as JSON does or as YAML may: `3` or `3.0`.
fn is_count(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0)
}
