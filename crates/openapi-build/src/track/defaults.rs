//! The defaults of OpenAPI's fields: a document that starts or stops stating one says the same as before.

use serde_json::{Value, json};

use super::difference::Difference;
use crate::grammar::Kind;
use crate::normalize::implied_type;

/// Whether one side states the default of a field (OpenAPI 3.0.3) and the other leaves it out.
pub(crate) fn only_states_default(difference: &Difference<'_>) -> bool {
    if difference.entry.is_some() {
        return false;
    }
    if difference.field == "security" {
        return difference.added() || difference.removed();
    }
    let value_of = |value: Option<&Value>, owner: &Value| match value {
        Some(value) => Some(value.clone()),
        None => default_of(difference.kind, difference.field, owner),
    };
    let (old, new) = (value_of(difference.old, difference.owners.0), value_of(difference.new, difference.owners.1));
    old.is_some() && old == new
}

/// The value that a field has where it is left out.
fn default_of(kind: Kind, field: &str, owner: &Value) -> Option<Value> {
    let text = |key: &str| owner.get(key).and_then(Value::as_str);
    let style = || match (kind, text("in")) {
        (Kind::Parameter, Some("query" | "cookie")) | (Kind::Encoding, _) => "form",
        _ => "simple",
    };
    match (kind, field) {
        (Kind::Parameter | Kind::Header | Kind::RequestBody, "required")
        | (Kind::Parameter | Kind::Header | Kind::Operation | Kind::Schema, "deprecated")
        | (Kind::Parameter | Kind::Header, "allowEmptyValue")
        | (Kind::Parameter | Kind::Header | Kind::Encoding, "allowReserved")
        | (Kind::Schema, "nullable" | "readOnly" | "writeOnly" | "uniqueItems")
        | (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum") => Some(json!(false)),
        // The pass of Q004 adds it.
        (Kind::Schema, "type") => implied_type::implied(owner).map(|implied| json!(implied)),
        (Kind::Parameter | Kind::Header | Kind::Encoding, "style") => Some(json!(style())),
        (Kind::Parameter | Kind::Header | Kind::Encoding, "explode") => {
            Some(json!(text("style").unwrap_or(style()) == "form"))
        }
        _ => None,
    }
}
