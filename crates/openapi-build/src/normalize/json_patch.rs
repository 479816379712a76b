//! Q018: JSON Patch.
//!
//! # What it is
//! A request body is `application/json-patch+json` (RFC 6902): a list of changes, not the resource.
//!
//! # Where it was seen
//! In documents that were held back, for PATCH operations.
//!
//! # Why it matters
//! A generator that knows `application/json` alone fails on it, and one that takes it for JSON of any kind sends it
//! under the wrong name.
//!
//! # The repair
//! The document stays. `generate` sends the list that the schema describes, under its own name.
//!
//! # Before and after
//! ```yaml
//! requestBody: {content: {application/json-patch+json: {schema: {$ref: '#/components/schemas/Patch'}}}}
//! ```
//! ```text
//! call.json("application/json-patch+json", &body)
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type;

/// The media type of RFC 6902.
pub(super) const JSON_PATCH: &str = "application/json-patch+json";

const CODE: &str = "Q018";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(name) = media_type::of(node) else { return };
    if media_type::essence(&name) == JSON_PATCH {
        found.push(Diagnostic::note(CODE, "this body is a JSON Patch, sent under its own name").at(node.pointer));
    }
}
