//! Q010: operations without an `operationId`.
//!
//! # What it is
//! An operation has no `operationId`, or an empty one.
//!
//! # Where it was seen
//! In metrics-v2, on all of its eight operations.
//!
//! # Why it matters
//! The `operationId` is what a method is named after; a generator without it fails, or counts.
//!
//! # The repair
//! The method and the path are the `operationId`: they name the operation whatever else is in the document, and the
//! Rust name follows from them by the same rule as from any other. An overlay can give a better one.
//!
//! # Before and after
//! ```yaml
//! /items/{id}: {get: {responses: {}}}
//! ```
//! ```yaml
//! /items/{id}: {get: {operationId: 'get /items/{id}', responses: {}}}
//! ```

use serde_json::Value;

use super::{Repair, Report};
use super::walk::operation_id;
use crate::lock::Lock;
use crate::diagnostic::Diagnostic;
use crate::grammar::operations_mut;
use crate::names::snake_name;
use crate::pointer::escape;

const CODE: &str = "Q010";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    operations_mut(document, &mut |path, method, operation| {
        if operation.get("operationId").and_then(Value::as_str).is_some_and(|id| !id.is_empty()) {
            return;
        }
        let id = operation_id(operation, method, path);
        let message = format!("this operation has no operationId; its method is `{}` in Rust", snake_name(&id));
        let diagnostic = Diagnostic::note(CODE, message).at(format!("/paths/{}/{method}", escape(path)));
        report.add(diagnostic.help("give it an `operationId` in an overlay"));
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("operationId".into(), Value::String(id));
        }
    });
}
