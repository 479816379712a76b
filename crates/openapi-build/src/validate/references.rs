//! A `$ref` leads to an object of the kind that belongs where it stands.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Node};

/// How long a chain of references may be.
const CHAIN: usize = 64;

pub(super) fn check(document: &Value, node: Node<'_>) -> Result<(), Diagnostic> {
    node.reference().map_or(Ok(()), |reference| follow(document, node, reference))
}

fn follow(document: &Value, node: Node<'_>, first: &str) -> Result<(), Diagnostic> {
    let mut reference = first;
    for _ in 0..CHAIN {
        let target = reference.strip_prefix('#').and_then(|pointer| Some((pointer, document.pointer(pointer)?)));
        let Some((pointer, value)) = target else {
            return Err(Diagnostic::error("V001", format!("`{reference}` leads nowhere"))
                .at(node.pointer)
                .help("define what it refers to, or correct it, in an overlay"));
        };
        let kind = grammar::kind_at(pointer);
        if kind != Some(node.kind) {
            let found = kind.map_or("something else", grammar::Kind::name);
            let message = format!("`{reference}` leads to a {found}; a {} belongs here", node.kind.name());
            let message = message.replace("a something", "something");
            return Err(Diagnostic::error("V003", message).at(node.pointer).help("correct it in an overlay"));
        }
        match grammar::reference(value) {
            Some(next) => reference = next,
            None => return Ok(()),
        }
    }
    Err(Diagnostic::error("V002", format!("`{first}` leads in a circle, and never to a {}", node.kind.name()))
        .at(node.pointer)
        .help("define one of the references in an overlay"))
}
