//! Q021: `oneOf` and `anyOf` without a discriminator.
//!
//! # What it is
//! A value is one of several schemas, and nothing in it says which.
//!
//! # Where it was seen
//! In Confluent documents, 21 times: a text or a list of texts, a number or a text.
//!
//! # Why it matters
//! A generator that writes an untagged enum takes the first alternative that can be read, and drops what that one does
//! not know.
//!
//! # The repair
//! The document stays. `generate` writes an enum and decides by what tells the alternatives apart: the JSON type, the
//! names that are required or declared, values that are constant. Where nothing does, finding G015 says so.
//!
//! # Before and after
//! ```yaml
//! oneOf: [{type: string}, {type: array, items: {type: string}}]
//! ```
//! ```text
//! pub enum Names { String(String), Array(Vec<String>) }
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q021";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind != Kind::Schema || node.value.get("discriminator").is_some() {
        return;
    }
    for (key, fit) in [("oneOf", "exactly one"), ("anyOf", "at least one")] {
        let Some(count) = node.value.get(key).and_then(Value::as_array).map(Vec::len) else { continue };
        let message = format!("{fit} of {count} alternatives fits, and no property says which");
        found.push(Diagnostic::note(CODE, message).at(node.pointer));
    }
}
