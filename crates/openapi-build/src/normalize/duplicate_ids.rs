//! Q032: an `operationId` of several operations.
//!
//! # What it is
//! Two or more operations have the same `operationId`, which OpenAPI forbids.
//!
//! # Where it was seen
//! In public definitions that frameworks generate from the names of functions.
//!
//! # Why it matters
//! The `operationId` is what a method is named after, and a client cannot have two of one name.
//!
//! # The repair
//! Each of them is named by its method and path, as an operation without an `operationId` is (Q010): so no name depends on
//! the order of the document. A warning says so. An overlay can give better ones.
//!
//! `names.lock` says which operation is known by an `operationId`. When another one with the same `operationId` is added, the
//! first one keeps it; and when one of two is removed, the other is still named by its method and path.
//!
//! # Before and after
//! ```yaml
//! /items: {get: {operationId: list, responses: {}}}
//! /rooms: {get: {operationId: list, responses: {}}}
//! ```
//! ```yaml
//! /items: {get: {operationId: get /items, responses: {}}}
//! /rooms: {get: {operationId: get /rooms, responses: {}}}
//! ```

use std::collections::HashMap;

use serde_json::Value;

use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::operations_mut;
use crate::lock::{Choice, ID, Lock};
use crate::names::snake_name;
use crate::pointer::escape;

const CODE: &str = "Q032";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, lock: &Lock, report: &mut Report) {
    let mut counts: HashMap<String, Count> = HashMap::new();
    operations_mut(document, &mut |path, method, operation| {
        let Some(id) = stated(operation) else { return };
        let count = counts.entry(id.clone()).or_default();
        count.all += 1;
        count.known += usize::from(lock.get(&place(&id, method, path)) == Some(&id));
    });
    operations_mut(document, &mut |path, method, operation| {
        let Some(id) = stated(operation) else { return };
        let place = place(&id, method, path);
        let fallback = format!("{method} {path}");
        let is_known = lock.get(&place) == Some(&id) && counts[&id].known == 1;
        let is_renamed = lock.get(&place) == Some(&fallback);
        let is_lone = counts[&id].all == 1;
        let name = if is_known || (is_lone && !is_renamed) { id.clone() } else { fallback };
        let locked = is_lone || lock.get(&place) == Some(&name);
        report.choices.push(Choice { places: vec![place], name: name.clone(), locked });
        if is_lone && name == id {
            return;
        }
        let message = match is_lone {
            true => format!("`{id}` was the operationId of several operations, and names.lock keeps the name of this one"),
            false => format!("`{id}` is the operationId of several operations"),
        };
        let message = format!("{message}; the method of this one is `{}` in Rust", snake_name(&name));
        let at = format!("/paths/{}/{method}/operationId", escape(path));
        report.add(match is_lone {
            true => Diagnostic::note(CODE, message).at(at),
            false => {
                let help = "give each of them an `operationId` of its own in an overlay";
                Diagnostic::warning(CODE, message).at(at).help(help)
            }
        });
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("operationId".into(), Value::String(name));
        }
    });
}

/// How many operations have an `operationId`.
#[derive(Default)]
struct Count {
    all: usize,
    /// Those that the lock knows by it.
    known: usize,
}

/// An operation and its `operationId`, as `names.lock` writes them.
fn place(id: &str, method: &str, path: &str) -> String {
    let escaped = |text: &str| text.replace('/', "~1");
    format!("{}@{ID}/{method} {}", escaped(id), escaped(path))
}

fn stated(operation: &Value) -> Option<String> {
    operation.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}
