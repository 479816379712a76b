//! Q011: responses of differing types in one operation.
//!
//! # What it is
//! The errors of one operation have differing bodies: a list of errors for one status, a message for another, nothing
//! for a third. Or its successes have.
//!
//! # Where it was seen
//! In every Confluent document, in 1,006 operations.
//!
//! # Why it matters
//! progenitor takes one success type and one error type for an operation, and fails on more; other generators drop the
//! bodies.
//!
//! # The repair
//! The document stays. `generate` cuts the responses out before progenitor sees it and writes an enum for each set of
//! statuses, bodies and headers, with a variant a status; a lone success body stays the plain type.
//!
//! # Before and after
//! ```yaml
//! responses:
//!   '400': {description: Bad Request, content: {application/json: {schema: {$ref: '#/components/schemas/Failure'}}}}
//!   '429': {description: Too Many Requests}
//! ```
//! ```text
//! pub enum GetItemError {
//!     BadRequest { body: types::Failure, headers: () },
//!     TooManyRequests { headers: () },
//! }
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use super::Repair;
use super::walk;
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, Node};
use crate::status::is_success;

const CODE: &str = "Q011";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(document: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let responses = node.value.get("responses").and_then(Value::as_object).filter(|_| node.kind == Kind::Operation);
    let Some(responses) = responses else { return };
    for (what, success) in [("successes", true), ("errors", false)] {
        let mut bodies: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let is_meant = |status: &str| !status.starts_with("x-") && is_success(status) == success;
        for (status, response) in responses.iter().filter(|(status, _)| is_meant(status)) {
            bodies.entry(body(document, response)).or_default().push(status);
        }
        if bodies.len() > 1 {
            let mut sets: Vec<String> = bodies.into_values().map(|statuses| statuses.join(" and ")).collect();
            sets.sort();
            let message = format!("the {what} of this operation have differing bodies: {}", sets.join(", "));
            found.push(Diagnostic::note(CODE, message).at(node.pointer));
        }
    }
}

/// What tells the body of a response from others.
fn body(document: &Value, response: &Value) -> String {
    let response = grammar::resolve(document, response).unwrap_or(response);
    let content = response.get("content").and_then(Value::as_object).into_iter().flatten();
    content
        .map(|(media_type, media)| {
            format!("{media_type} {};", walk::canonical(media.get("schema").unwrap_or(&Value::Null)))
        })
        .collect()
}
