//! Q020: discriminators.
//!
//! # What it is
//! A `oneOf` or `anyOf` has a `discriminator`: a property whose value says which alternative it is.
//!
//! # Where it was seen
//! In byok-v1, cdx-v1, networking-v1 and others, 19 times.
//!
//! # Why it matters
//! A generator that tries the alternatives one after another takes the first that fits, which need not be the one that
//! the value names.
//!
//! # The repair
//! The document stays. `generate` writes an enum whose variants are named after the mapping, and reads the one that the
//! property names.
//!
//! # Before and after
//! ```yaml
//! oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
//! discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}
//! ```
//! ```text
//! pub enum Pet { Cat(Cat), Dog(Dog), Unknown(serde_json::Value) }
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q020";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if let Some((name, true)) = discriminator(node) {
        let message = format!("the property `{name}` decides between the alternatives");
        found.push(Diagnostic::note(CODE, message).at(node.pointer));
    }
}

/// The property that the discriminator of a schema names, and whether alternatives stand beside it.
fn discriminator(node: Node<'_>) -> Option<(&str, bool)> {
    let discriminator = node.value.get("discriminator").filter(|_| node.kind == Kind::Schema)?;
    let name = discriminator.get("propertyName")?.as_str()?;
    Some((name, ["oneOf", "anyOf"].iter().any(|key| node.value.get(key).is_some())))
}
