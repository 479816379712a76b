//! Q030: discriminators without alternatives.
//!
//! # What it is
//! A schema has a `discriminator`, and no `oneOf` or `anyOf` beside it: others build on it with `allOf`, and the
//! property is to say which of them a value is.
//!
//! # Where it was seen
//! In no Confluent document; in what other publishers do.
//!
//! # Why it matters
//! By JSON Schema the schema accepts what it says by itself; which others there are, and what they add, it does not
//! say.
//!
//! # The repair
//! The document stays, and the schema is read as what it is by itself: members that the others add are undeclared here.
//! A warning says so; an overlay can list the others in a `oneOf`.
//!
//! # Before and after
//! ```yaml
//! Pet: {type: object, properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
//! ```
//! ```text
//! pub struct Pet { pub kind: Option<String> }
//! ```

use serde_json::Value;

use super::Repair;
use super::discriminators::discriminator;
use crate::diagnostic::Diagnostic;
use crate::grammar::Node;

const CODE: &str = "Q030";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    if let Some((name, false)) = discriminator(node) {
        let message = format!("the discriminator `{name}` has no alternatives here: this schema does not list those that extend it");
        found.push(Diagnostic::warning(CODE, message).at(node.pointer).help("list them in a `oneOf`, in an overlay"));
    }
}
