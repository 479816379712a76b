//! Q029: parameters in cookies.
//!
//! # What it is
//! A parameter is `in: cookie`.
//!
//! # Where it was seen
//! In documents of other publishers.
//!
//! # Why it matters
//! progenitor does not know them; a client that leaves one out that is required is refused.
//!
//! # The repair
//! The document stays. `generate` takes it as it takes any parameter, and sends it in the header `Cookie` (RFC 6265,
//! 4.2.1).
//!
//! # Before and after
//! ```yaml
//! parameters: [{name: session, in: cookie, required: true, schema: {type: string}}]
//! ```
//! ```text
//! pub fn list_items(&self, session: &str) -> requests::ListItems // Cookie: session=…
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q029";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let text = |key: &str| node.value.get(key).and_then(Value::as_str);
    if node.kind == Kind::Parameter
        && text("in") == Some("cookie")
        && let Some(name) = text("name")
    {
        let message = format!("the parameter `{name}` is sent in the header `Cookie`");
        found.push(Diagnostic::note(CODE, message).at(node.pointer));
    }
}
