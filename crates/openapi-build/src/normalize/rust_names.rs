//! Q026: names that Rust does not take.
//!
//! # What it is
//! A property or a parameter is called as a Rust keyword is, begins with a digit, or is spelled like another but for
//! its case or its punctuation.
//!
//! # Where it was seen
//! In most Confluent documents: `type`, `ref`, `self`; in others `2fa`, `createdAt` beside `created_at`.
//!
//! # Why it matters
//! Such a field does not compile, or stands twice.
//!
//! # The repair
//! The document stays. In Rust a keyword ends in `_`, what begins with a digit begins with `x_`, and of two that would
//! be one the later ends in `_`. On the wire each has its own name.
//!
//! # Before and after
//! ```yaml
//! properties: {type: {type: string}, 2fa: {type: boolean}}
//! ```
//! ```text
//! pub type_: Option<String>, // "type"
//! pub x_2fa: Option<bool>,   // "2fa"
//! ```

use std::collections::HashSet;

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};
use crate::names::{snake_name, unlike};
use crate::pointer::escape;

const CODE: &str = "Q026";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    match node.kind {
        Kind::Schema => {
            let mut taken = HashSet::new();
            for (name, _) in node.value.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let mut ident = snake_name(name);
                let mut changed = unlike(name, &ident);
                while !taken.insert(ident.clone()) {
                    ident.push('_');
                    changed = true;
                }
                if changed {
                    found.push(note(name, &ident, &format!("{}/properties/{}", node.pointer, escape(name))));
                }
            }
        }
        Kind::Parameter => {
            let Some(name) = node.value.get("name").and_then(Value::as_str) else { return };
            let ident = snake_name(name);
            if unlike(name, &ident) {
                found.push(note(name, &ident, node.pointer));
            }
        }
        _ => {}
    }
}

fn note(name: &str, ident: &str, pointer: &str) -> Diagnostic {
    Diagnostic::note(CODE, format!("`{name}` is `{ident}` in Rust")).at(pointer)
}
