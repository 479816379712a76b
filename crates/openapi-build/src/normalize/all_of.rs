//! Q003: `allOf`.
//!
//! # What it is
//! A schema is put together from parts that must all hold: references, objects, and parts that only constrain
//! (`required` alone) or only describe. Often several parts speak of the same property, and of what lies below it.
//!
//! # Where it was seen
//! In every Confluent document, 1,258 times; 779 times parts refine one property. `user` on the vendored page is an
//! empty object and a part that only requires names.
//!
//! # Why it matters
//! A generator that flattens the parts one after another keeps one part's property and loses the other's fields.
//!
//! # The repair
//! The parts become one schema, their intersection: property by property, through references, items and maps; `required`
//! of one part holds for the properties of another; enums intersect, bounds take the stricter; `additionalProperties` of a part
//! never takes away a property of another. An `allOf` of a lone `$ref` becomes the `$ref`; with a description beside it, it stays,
//! as OpenAPI 3.0's way of describing a reference. Where parts contradict each other in a property, it takes what either says, with
//! a warning: the values of both enums, or what the later part says. Parts whose intersection one schema cannot say stay as they
//! are, with a warning.
//!
//! # Before and after
//! ```yaml
//! allOf:
//! - {type: object, properties: {spec: {type: object, properties: {cloud: {type: string}}}}}
//! - {properties: {spec: {required: [cloud]}}}
//! ```
//! ```yaml
//! {type: object, properties: {spec: {type: object, required: [cloud], properties: {cloud: {type: string}}}}}
//! ```

use serde_json::{Map, Value};

use super::{Repair, Report};
use super::intersect::{Intersection, lone_reference};
use super::walk::{self, Place};
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;

const CODE: &str = "Q003";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let components: Map<String, Value> = walk::components(document).cloned().unwrap_or_default();
    let mut pass = AllOf { intersection: Intersection::eased(&components), within: Vec::new(), report };
    walk::document_parts(document, &mut |schema, place| pass.expand(schema, place));
}

struct AllOf<'a> {
    intersection: Intersection<'a>,
    /// The `allOf`s that the schema at hand came out of: one that holds itself is left as it is.
    within: Vec<Value>,
    report: &'a mut Report,
}

impl AllOf<'_> {
    fn expand(&mut self, schema: &mut Value, place: &mut Place) {
        let entered = self.merge(schema, place);
        walk::children(schema, place, &mut |child, place| self.expand(child, place));
        if entered {
            self.within.pop();
        }
    }

    /// Merges `schema`'s own `allOf`; true if what is inside now came out of it.
    fn merge(&mut self, schema: &mut Value, place: &Place) -> bool {
        let Some(object) = schema.as_object().filter(|object| object.contains_key("allOf")) else { return false };
        if self.within.contains(schema) {
            let message = "the parts of this allOf hold the allOf itself; they stay as they are";
            self.report.add(Diagnostic::warning(CODE, message).at(place.pointer.clone()));
            return false;
        }
        let merged = self.intersection.of_parts(object, 0);
        for reason in self.intersection.take_eased() {
            let message = format!("the parts of this allOf contradict each other, and what either says is taken: {reason}");
            let diagnostic = Diagnostic::warning(CODE, message).at(place.pointer.clone());
            self.report.add(diagnostic.help("correct the parts in an overlay"));
        }
        match merged {
            Ok(whole) if whole == *schema => false,
            Ok(whole) => {
                let message = match lone_reference(&whole) {
                    Some(name) => format!("this allOf is `{name}`"),
                    None => "the parts of this allOf are merged into one schema".to_owned(),
                };
                self.report.add(Diagnostic::note(CODE, message).at(place.pointer.clone()));
                self.within.push(std::mem::replace(schema, whole));
                true
            }
            Err(reason) => {
                self.report.add(
                    Diagnostic::warning(CODE, format!("this allOf cannot be merged: {reason}"))
                        .at(place.pointer.clone())
                        .help("correct the parts in an overlay"),
                );
                false
            }
        }
    }
}
