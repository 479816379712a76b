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

use super::walk::operation_id;
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::is_method;
use crate::lock::Lock;
use crate::names::snake_name;
use crate::pointer::escape;

const CODE: &str = "Q032";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    each(document, &mut |_, _, operation| {
        if let Some(id) = stated(operation) {
            *counts.entry(id).or_default() += 1;
        }
    });
    each(document, &mut |path, method, operation| {
        let Some(id) = stated(operation).filter(|id| counts[id] > 1) else { return };
        let Some(object) = operation.as_object_mut() else { return };
        object.shift_remove("operationId");
        let name = operation_id(operation, method, path);
        let message = format!(
            "`{id}` is the operationId of several operations; the method of this one is `{}` in Rust",
            snake_name(&name)
        );
        let diagnostic = Diagnostic::warning(CODE, message).at(format!("/paths/{}/{method}/operationId", escape(path)));
        report.add(diagnostic.help("give each of them an `operationId` of its own in an overlay"));
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("operationId".into(), Value::String(name));
        }
    });
}

fn stated(operation: &Value) -> Option<String> {
    operation.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Visits each operation, with its path and method.
fn each(document: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Value)) {
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if is_method(method) {
                visit(path, method, operation);
            }
        }
    }
}
