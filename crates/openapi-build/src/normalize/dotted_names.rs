//! Q025: names with dots.
//!
//! # What it is
//! The name of a component, or a title that stands for one, has dots in it: `cmk.v2.Cluster`.
//!
//! # Where it was seen
//! In every Confluent document: group, version and kind; 181 titles on 60 pages.
//!
//! # Why it matters
//! A Rust identifier has no dots. A generator that drops them one way for a component and another for its title has two
//! types.
//!
//! # The repair
//! The document stays, and the component keeps its name. Its type in Rust is the words in one: `CmkV2Cluster`, whether
//! they come from a name or a title.
//!
//! # Before and after
//! ```yaml
//! components: {schemas: {cmk.v2.Cluster: {type: object}}}
//! ```
//! ```text
//! pub struct CmkV2Cluster
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::names::type_name;
use crate::pointer::unescape;

const CODE: &str = "Q025";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if node.kind != Kind::Schema {
        return;
    }
    let component = node.pointer.strip_prefix("/components/schemas/").filter(|rest| !rest.contains('/'));
    let title = || node.value.get("title").and_then(Value::as_str).map(str::to_owned);
    let Some(name) = component.map(unescape).or_else(title).filter(|name| name.contains('.')) else { return };
    let message = format!("`{name}` is `{}` in Rust", type_name(&name));
    found.push(Diagnostic::note(CODE, message).at(node.pointer));
}
