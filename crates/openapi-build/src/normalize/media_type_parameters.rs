//! Q016: media types with parameters.
//!
//! # What it is
//! A media type has parameters: `application/json; qs=0.5`, `text/plain; version=0.0.4`.
//!
//! # Where it was seen
//! In schema-registry-v1 and data-catalog-v1 (`qs`, a preference of the server), and metrics-v2 (`version`).
//!
//! # Why it matters
//! A generator that compares whole strings does not know such a body for JSON, and finds none of them in an answer that
//! leaves the parameter out.
//!
//! # The repair
//! The document stays. `generate` asks for what is written, and finds the member of an answer by type and subtype, its
//! parameters deciding only between members that have the same.
//!
//! # Before and after
//! ```yaml
//! content: {'application/json; qs=0.5': {schema: {$ref: '#/components/schemas/Item'}}}
//! ```
//! ```text
//! Response<types::Item, ()>
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type;

const CODE: &str = "Q016";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(name) = media_type::of(node) else { return };
    if name.contains(';') {
        let essence = media_type::essence(&name);
        found.push(Diagnostic::note(CODE, format!("`{name}` is `{essence}` with a parameter")).at(node.pointer));
    }
}
