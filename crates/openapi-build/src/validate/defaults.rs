//! A `default` is a value that its own schema accepts, as far as the schema itself says: its type, its `enum`, its bounds.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::json_type::is_of_type;

pub(super) fn check(node: Node<'_>) -> Result<(), Diagnostic> {
    let Some(default) = node.value.get("default").filter(|_| node.kind == Kind::Schema) else { return Ok(()) };
    match misfit(default, node.value) {
        None => Ok(()),
        Some(why) => Err(Diagnostic::error("V010", format!("the default `{default}` {why}"))
            .at(format!("{}/default", node.pointer))
            .help("correct it in an overlay")),
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
