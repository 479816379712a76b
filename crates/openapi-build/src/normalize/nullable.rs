//! Q022: `nullable`.
//!
//! # What it is
//! A schema says `nullable: true`, beside a `type` or alone.
//!
//! # Where it was seen
//! In ai-v1, apikeys-v2, billing-v1 and others, 69 times; alone where a part of an `allOf` says it.
//!
//! # Why it matters
//! Beside a `type`, null is a value, and for an optional property another thing than its absence. Alone it says nothing
//! (OpenAPI 3.0.3, Schema Object, as 3.0.4 makes clear), and a generator that heeds it sends null where the server
//! refuses it.
//!
//! # The repair
//! Beside a `type` the document stays: `generate` keeps null and absent apart in what is sent. Alone it counts for
//! nothing, and a merged `allOf` leaves it out.
//!
//! # Before and after
//! ```yaml
//! properties: {note: {type: string, nullable: true}}
//! ```
//! ```text
//! pub note: Option<Nullable<String>>
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::version::Version;

const CODE: &str = "Q022";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(document: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    // Beside a reference it is quirk Q041.
    if node.kind != Kind::Schema || node.reference().is_some() || node.value.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    // In OpenAPI 3.1 it is quirk Q008.
    if Version::has_new_schemas(document) {
        return;
    }
    let message = match node.value.get("type") {
        Some(_) => "null is a value here, and is kept apart from no value at all",
        None => "`nullable` has no `type` beside it, and says nothing",
    };
    found.push(Diagnostic::note(CODE, message).at(node.pointer));
}
