//! Q019: the methods OPTIONS, HEAD and TRACE.
//!
//! # What it is
//! An operation answers to OPTIONS, HEAD or TRACE.
//!
//! # Where it was seen
//! OPTIONS in ai-v1.
//!
//! # Why it matters
//! progenitor does not know OPTIONS and TRACE. An answer to HEAD has the headers of a GET and no body (RFC 9110,
//! 9.3.2), so that reading the documented body fails.
//!
//! # The repair
//! The document stays. `generate` writes such an operation as any other, and reads no body after HEAD.
//!
//! # Before and after
//! ```yaml
//! /items: {head: {operationId: headItems, responses: {'200': {description: As GET, content: {application/json: {schema: {type: object}}}}}}}
//! ```
//! ```text
//! pub fn head_items(&self) -> requests::HeadItems // Response<(), ()>
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q019";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    for method in ["options", "head", "trace"].into_iter().filter(|_| node.kind == Kind::PathItem) {
        if node.value.get(method).is_some_and(Value::is_object) {
            let message = format!("the method of this operation is {}", method.to_ascii_uppercase());
            found.push(Diagnostic::note(CODE, message).at(format!("{}/{method}", node.pointer)));
        }
    }
}
