//! Q014: bodies that are not JSON.
//!
//! # What it is
//! A body is `text/html` or other text, form fields, or bytes.
//!
//! # Where it was seen
//! In kafkarest-v3 (`text/html`, 167 times in all documents), metrics-v2, cdx-v1 and sts-v1.
//!
//! # Why it matters
//! progenitor reads everything as JSON, so that the page of a proxy that answers in HTML is an error without a body.
//!
//! # The repair
//! The document stays. `generate` reads and writes text as `String`, bytes as `Vec<u8>`, and form fields from the type
//! of their schema. An answer of a range of media types (`*/*`) with a schema has the type of that schema, and is read as
//! its `Content-Type` says. One of an event stream, JSON lines or a JSON text sequence can be read item by item as well.
//!
//! # Before and after
//! ```yaml
//! content: {text/html: {schema: {type: string}}}
//! ```
//! ```text
//! Unauthorized { body: String, headers: () }
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type::{self, BodyKind, Sequence};

const CODE: &str = "Q014";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(document: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(name) = media_type::of(node) else { return };
    let schema = node.value.get("schema").unwrap_or(&Value::Null);
    let is_response = !node.pointer.contains("/requestBody/") && !node.pointer.contains("/requestBodies/");
    if is_response && media_type::is_typed_range(document, &name, schema) {
        let message = format!("a body of `{name}` is read as the `Content-Type` of the answer says: JSON or text");
        found.push(Diagnostic::note(CODE, message).at(node.pointer));
        return;
    }
    if is_response && Sequence::of(&name).is_some() {
        let message = format!("a body of `{name}` is read item by item, or as a whole");
        found.push(Diagnostic::note(CODE, message).at(node.pointer));
        return;
    }
    let what = match BodyKind::of(&name) {
        BodyKind::Json => return,
        BodyKind::Text => "text",
        BodyKind::Form => "form fields",
        BodyKind::Multipart => "a part for each member",
        BodyKind::Bytes => "bytes",
    };
    found.push(Diagnostic::note(CODE, format!("a body of `{name}` is {what}")).at(node.pointer));
}
