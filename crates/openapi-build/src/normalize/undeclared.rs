//! Q005: names that are `required` and nowhere declared.
//!
//! # What it is
//! An object requires a property that none of its `properties`, nor those of its `allOf` parts or alternatives, declares.
//!
//! # Where it was seen
//! On documentation pages: `user` is an empty object that requires `given_name`, `family_name` and `email`.
//!
//! # Why it matters
//! By OpenAPI 3.0.3 (Schema Object) the property must be there and may hold anything. A generator that looks at
//! `properties` alone makes an empty struct, which no server that reads the definition accepts.
//!
//! # The repair
//! The property is declared with the schema of `additionalProperties`, if there is one, else with `{}`, any JSON value.
//! A warning names it: an overlay can say more.
//!
//! # Before and after
//! ```yaml
//! User: {type: object, required: [email]}
//! ```
//! ```yaml
//! User: {type: object, required: [email], properties: {email: {}}}
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report};
use super::walk;
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;

const CODE: &str = "Q005";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    walk::schemas(document, &mut |schema, place| {
        let missing = missing(schema);
        let Some(object) = schema.as_object_mut().filter(|_| !missing.is_empty()) else { return };
        let any = object.get("additionalProperties").filter(|schema| schema.is_object()).cloned();
        let any = any.unwrap_or_else(|| Value::Object(Map::new()));
        let properties = object.entry("properties").or_insert_with(|| Value::Object(Map::new()));
        for name in &missing {
            if let Some(properties) = properties.as_object_mut() {
                properties.insert(name.clone(), any.clone());
            }
        }
        let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let (is, it) = if missing.len() == 1 { ("is", "it") } else { ("are", "each") };
        report.add(
            Diagnostic::warning(CODE, format!("{names} {is} required and not declared; {it} may be any JSON value"))
                .at(place.pointer.clone())
                .help("declare the type in an overlay"),
        );
    });
}

/// The names that `schema` requires and nothing declares.
fn missing(schema: &Value) -> Vec<String> {
    let Some(required) = schema.get("required").and_then(Value::as_array) else { return Vec::new() };
    // What must not be there cannot be declared: the contradiction is the document's.
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        return Vec::new();
    }
    let names = required.iter().filter_map(Value::as_str);
    names.filter(|name| !declares(schema, name)).map(str::to_owned).collect()
}

fn declares(schema: &Value, name: &str) -> bool {
    schema.get("properties").is_some_and(|properties| properties.get(name).is_some())
        || ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some())
}
