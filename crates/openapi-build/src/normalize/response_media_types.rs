//! Q012: a response in several media types.
//!
//! # What it is
//! One response has several members in its `content`.
//!
//! # Where it was seen
//! In schema-registry-v1 and data-catalog-v1, 272 times: three spellings of JSON; in metrics-v2, JSON and two formats
//! of text.
//!
//! # Why it matters
//! A generator that takes the first alone cannot read the others, and asks for nothing else.
//!
//! # The repair
//! The document stays. `generate` asks for all of them in `Accept` and goes by the `Content-Type` of the answer: media
//! types that are one Rust type are one; several are an enum with a variant each.
//!
//! # Before and after
//! ```yaml
//! content:
//!   application/json: {schema: {$ref: '#/components/schemas/Item'}}
//!   text/plain: {schema: {type: string}}
//! ```
//! ```text
//! pub enum GetItemOkBody {
//!     ApplicationJson(types::Item),
//!     TextPlain(String),
//! }
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q012";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind == Kind::Response {
        several(node, CODE, "this response comes", found);
    }
}

/// Says that `node` has several media types, if it has.
pub(super) fn several(node: Node<'_>, code: &'static str, what: &str, found: &mut Vec<Diagnostic>) {
    let content = node.value.get("content").and_then(Value::as_object);
    let names: Vec<String> = content.into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
    if names.len() > 1 {
        found.push(Diagnostic::note(code, format!("{what} as {}", names.join(", "))).at(node.pointer));
    }
}
