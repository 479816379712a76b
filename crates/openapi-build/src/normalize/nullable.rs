//! Q022: `nullable`.
//!
//! # What it is
//! A schema says `nullable: true`, or `x-nullable: true` in any version: beside a `type`, beside an `allOf`, a `oneOf`, an
//! `anyOf` or a reference, beside an `enum` that does not list null, or alone.
//!
//! # Where it was seen
//! In ai-v1, apikeys-v2, billing-v1 and others, 69 times; alone where a part of an `allOf` says it. Beside an `allOf` of one
//! reference in what drf-spectacular and NSwag write.
//!
//! # Why it matters
//! Beside a `type`, null is a value, and for an optional property another thing than its absence. Beside anything else it
//! says nothing by OpenAPI 3.0.3 (Schema Object, as 3.0.4 makes clear), but its authors mean that null is a value, and their
//! servers send it: a reader that does not expect it loses the whole answer.
//!
//! # The repair
//! `x-nullable` becomes `nullable`. Null is a value wherever `nullable` stands beside what describes a value: `generate` keeps
//! null and absent apart in what is sent, and a merged `allOf` keeps it. A part of an `allOf` that says nothing else says
//! nothing, because the other parts do not take null.
//!
//! # Before and after
//! ```yaml
//! properties: {note: {type: string, nullable: true}, owner: {nullable: true, allOf: [{$ref: '#/components/schemas/Owner'}]}}
//! ```
//! ```text
//! pub note: Option<Option<String>>
//! pub owner: Option<Option<Owner>>
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report, walk};
use crate::diagnostic::Diagnostic;
use crate::lock::Lock;

const CODE: &str = "Q022";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

/// Other names of `nullable`: those that Swagger 2.0's readers know.
const OTHER_NAMES: [&str; 2] = ["x-nullable", "x-isnullable"];

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    walk::schemas(document, &mut |schema, place| {
        let Some(object) = schema.as_object_mut() else { return };
        rename(object);
        if is_nullable(object) {
            report.add(Diagnostic::note(CODE, meaning(object)).at(place.pointer.clone()));
        }
    });
}

/// Says `nullable` where another name of it stands.
fn rename(object: &mut Map<String, Value>) {
    for name in OTHER_NAMES {
        if object.get(name) == Some(&Value::Bool(true)) {
            object.shift_remove(name);
            object.insert("nullable".into(), Value::Bool(true));
        }
    }
}

/// Whether a schema says `nullable`, by any of its names.
pub(super) fn is_nullable(schema: &Map<String, Value>) -> bool {
    let says = |name: &str| schema.get(name) == Some(&Value::Bool(true));
    says("nullable") || OTHER_NAMES.into_iter().any(says)
}

/// What `nullable` means in `schema`.
fn meaning(schema: &Map<String, Value>) -> &'static str {
    let stands = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    let lists_null = |values: &Value| values.as_array().is_none_or(|values| values.contains(&Value::Null));
    if stands(&["allOf", "oneOf", "anyOf", "$ref"]) || !schema.get("enum").is_none_or(lists_null) {
        "null is a value here: `nullable` is read as it is meant, although OpenAPI 3.0.3 says otherwise"
    } else if stands(&["type", "properties", "required", "additionalProperties", "items"]) {
        "null is a value here, and is kept apart from no value at all"
    } else {
        "`nullable` has no `type` beside it, and says nothing"
    }
}
