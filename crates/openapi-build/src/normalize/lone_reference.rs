//! Q007: an `allOf` of nothing but one reference.
//!
//! # What it is
//! An `allOf` has one part, a `$ref`, and nothing stands beside it.
//!
//! # Where it was seen
//! In most Confluent documents, 377 times.
//!
//! # Why it matters
//! A generator that merges every `allOf` makes a second type of it, equal to the component and named after the place.
//!
//! # The repair
//! It becomes the reference. With a description beside it, it stays: that is how OpenAPI 3.0 describes a reference.
//!
//! # Before and after
//! ```yaml
//! owner: {allOf: [{$ref: '#/components/schemas/Owner'}]}
//! ```
//! ```yaml
//! owner: {$ref: '#/components/schemas/Owner'}
//! ```

use serde_json::Value;

use super::{Repair, Report};
use super::walk;
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;

const CODE: &str = "Q007";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    walk::schemas(document, &mut |schema, place| {
        let Some(name) = lone(schema).and_then(walk::referenced) else { return };
        let message = format!("this allOf is `{name}`");
        report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
        *schema = walk::reference(&name);
    });
}

/// The only part of an `allOf` that stands alone.
fn lone(schema: &Value) -> Option<&Value> {
    let object = schema.as_object().filter(|object| object.len() == 1)?;
    match object.get("allOf")?.as_array()?.as_slice() {
        [part] => Some(part),
        _ => None,
    }
}
