//! Q023: `x-extensible-enum`.
//!
//! # What it is
//! A text has the extension `x-extensible-enum`: values that are known today, with more to come.
//!
//! # Where it was seen
//! In Confluent documents, 118 times.
//!
//! # Why it matters
//! A generator that does not know the extension has a plain `String`; one that takes it for `enum` refuses what the
//! server adds tomorrow.
//!
//! # The repair
//! The document stays. `generate` writes an enum with the known values and `Unknown(String)`, on both sides.
//!
//! # Before and after
//! ```yaml
//! cloud: {type: string, x-extensible-enum: [AWS, GCP]}
//! ```
//! ```text
//! pub enum Cloud { Aws, Gcp, Unknown(String) }
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q023";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind == Kind::Schema && node.value.get("x-extensible-enum").is_some_and(serde_json::Value::is_array) {
        found.push(Diagnostic::note(CODE, "these values have names, and others are values too").at(node.pointer));
    }
}
