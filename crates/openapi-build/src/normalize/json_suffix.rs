//! Q015: JSON under the name of a vendor.
//!
//! # What it is
//! A media type ends in `+json`: `application/vnd.schemaregistry.v1+json`.
//!
//! # Where it was seen
//! In schema-registry-v1 and data-catalog-v1, 315 times.
//!
//! # Why it matters
//! A generator that compares with `application/json` takes such a body for bytes, or fails.
//!
//! # The repair
//! The document stays. `generate` takes every `+json` for JSON (RFC 6839, 3.1) and sends the name as it is written.
//!
//! # Before and after
//! ```yaml
//! content: {application/vnd.schemaregistry.v1+json: {schema: {$ref: '#/components/schemas/Schema'}}}
//! ```
//! ```text
//! call.json("application/vnd.schemaregistry.v1+json", &body)
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type;

const CODE: &str = "Q015";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(name) = media_type::of(node) else { return };
    let essence = media_type::essence(&name);
    if essence.ends_with("+json") && essence != super::json_patch::JSON_PATCH {
        found.push(Diagnostic::note(CODE, format!("`{name}` is JSON")).at(node.pointer));
    }
}
