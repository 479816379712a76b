//! Q004: objects and arrays that do not say that they are.
//!
//! # What it is
//! A schema has `properties`, `required` or `additionalProperties` and no `type`, or `items` and no `type`.
//!
//! # Where it was seen
//! In every Confluent document, most of all in the parts of an `allOf`.
//!
//! # Why it matters
//! By JSON Schema, which OpenAPI 3.0.3 (Schema Object) builds on, such a schema also accepts a string or a number; every
//! reader and tool takes it for an object or an array, and a generator that does not makes "any value" of it.
//!
//! # The repair
//! `type: object` or `type: array` is added, unless the alternatives of a `oneOf` or `anyOf` beside it say the type.
//!
//! # Before and after
//! ```yaml
//! Item: {properties: {id: {type: string}}}
//! ```
//! ```yaml
//! Item: {type: object, properties: {id: {type: string}}}
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report, walk};
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;

const CODE: &str = "Q004";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    walk::schemas(document, &mut |schema, place| {
        let Some(implied) = implied(schema) else { return };
        let Some(object) = schema.as_object_mut() else { return };
        let message = format!("this is an {implied}, and does not say so");
        report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
        object.shift_insert(0, "type".into(), Value::String(implied.into()));
    });
}

/// The type that `schema` has without saying it.
pub(crate) fn implied(schema: &Value) -> Option<&'static str> {
    implied_by(schema.as_object()?)
}

/// As [`implied`], of a schema that is an object.
pub(crate) fn implied_by(object: &Map<String, Value>) -> Option<&'static str> {
    if object.contains_key("type") || object.contains_key("$ref") {
        None
    } else if ["properties", "required", "additionalProperties"].iter().any(|key| object.contains_key(*key)) {
        Some("object")
    } else if object.contains_key("items") {
        Some("array")
    } else {
        None
    }
}
