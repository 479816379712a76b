//! Q038: references that lead in a circle.
//!
//! # What it is
//! A component is a reference to one that leads back to it, or a union is an alternative of itself.
//!
//! # Where it was seen
//! In a definition that was put together from files that include each other.
//!
//! # Why it matters
//! No value is ever reached: a reader that follows the references does not end.
//!
//! # The repair
//! What leads in a circle stands for nothing, as if it led nowhere (quirk Q037): a schema is any value, a parameter is left out.
//! A union is not its own alternative: the alternative is left out, which changes nothing. A warning says so.
//!
//! # Before and after
//! ```yaml
//! Id: {oneOf: [{type: string}, {$ref: '#/components/schemas/Id'}]}
//! ```
//! ```yaml
//! Id: {oneOf: [{type: string}]}
//! ```

use std::collections::HashSet;

use serde_json::Value;

use super::dangling::End;
use super::leave_out::{fate, leave_out};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::lock::Lock;

const CODE: &str = "Q038";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut gone = HashSet::new();
    let _ = grammar::live_from(document, Kind::Document, "", &mut |node| {
        let Some(reference) = node.reference() else { return Ok::<(), ()>(()) };
        let what = if matches!(End::of(document, node.kind, reference), End::Circle) {
            format!("leads in a circle, and never to a {}", node.kind.name())
        } else if union(node.pointer).is_some_and(|union| chooses(document, reference, union, &gone)) {
            "leads back to the union that it is an alternative of".to_owned()
        } else {
            return Ok(());
        };
        let message = format!("`{reference}` {what}; {}", fate(document, node.kind, node.pointer));
        let diagnostic = Diagnostic::warning(CODE, message).at(node.pointer);
        report.add(diagnostic.help("define one of the references in an overlay"));
        gone.insert(node.pointer.to_owned());
        Ok(())
    });
    leave_out(document, &gone, report);
}

/// The schema of which `pointer` is an alternative, or an alternative of one.
fn union(pointer: &str) -> Option<&str> {
    let (above, _) = pointer.rsplit_once('/')?;
    let schema = above.strip_suffix("/oneOf").or_else(|| above.strip_suffix("/anyOf"))?;
    Some(union(schema).unwrap_or(schema))
}

/// Whether `reference` leads to the schema at `pointer` from alternative to alternative, without those that are `gone`: to check
/// a value, each would ask the next, without end.
fn chooses(document: &Value, reference: &str, pointer: &str, gone: &HashSet<String>) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![reference]);
    while let Some(next) = open.pop().and_then(|reference| reference.strip_prefix('#')) {
        if next == pointer {
            return true;
        }
        if seen.insert(next)
            && let Some(schema) = document.pointer(next)
        {
            alternatives(schema, next, gone, &mut open);
        }
    }
    false
}

/// Adds the references that `schema`, which stands at `pointer`, is or has for alternatives.
fn alternatives<'a>(schema: &'a Value, pointer: &str, gone: &HashSet<String>, open: &mut Vec<&'a str>) {
    if let Some(reference) = grammar::reference(schema) {
        if !gone.contains(pointer) {
            open.push(reference);
        }
        return;
    }
    for key in ["oneOf", "anyOf"] {
        for (index, inner) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            // Pointers are only needed where something is gone.
            let at = if gone.is_empty() { String::new() } else { format!("{pointer}/{key}/{index}") };
            alternatives(inner, &at, gone, open);
        }
    }
}
