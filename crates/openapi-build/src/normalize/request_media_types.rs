//! Q013: a request body in several media types.
//!
//! # What it is
//! One request body has several members in its `content`.
//!
//! # Where it was seen
//! In schema-registry-v1, 33 times.
//!
//! # Why it matters
//! progenitor fails on a second media type of a request body; a client that takes one alone cannot send the others.
//!
//! # The repair
//! The document stays. `generate` writes a method for the first JSON form, and one for each further media type, whose
//! name ends in it.
//!
//! # Before and after
//! ```yaml
//! requestBody:
//!   content:
//!     application/json: {schema: {$ref: '#/components/schemas/Item'}}
//!     application/octet-stream: {schema: {type: string, format: binary}}
//! ```
//! ```text
//! pub fn put_item(&self, body: types::Item) -> requests::PutItem
//! pub fn put_item_with_application_octet_stream(&self, body: impl Into<Body>) -> requests::PutItem
//! ```

use serde_json::Value;

use super::Repair;
use super::response_media_types::several;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q013";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind == Kind::RequestBody {
        several(node, CODE, "this body can be sent", found);
    }
}
