//! A `$ref` leads to an object of the kind that belongs where it stands.

use std::collections::HashSet;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Node};

/// How long a chain of references may be.
const CHAIN: usize = 64;

pub(super) fn check(document: &Value, node: Node<'_>) -> Result<(), Diagnostic> {
    let Some(reference) = node.reference() else { return Ok(()) };
    follow(document, node, reference)?;
    match holder(node.pointer).is_some_and(|schema| chooses(document, reference, schema)) {
        true => Err(circle(node, reference)),
        false => Ok(()),
    }
}

/// The schema of which `pointer` is an alternative, or an alternative of one.
fn holder(pointer: &str) -> Option<&str> {
    let (above, _) = pointer.rsplit_once('/')?;
    let schema = above.strip_suffix("/oneOf").or_else(|| above.strip_suffix("/anyOf"))?;
    Some(holder(schema).unwrap_or(schema))
}

/// Whether `reference` leads to the schema at `pointer` from alternative to alternative: to check a value, each would ask the
/// next, without end.
fn chooses(document: &Value, reference: &str, pointer: &str) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![reference]);
    while let Some(next) = open.pop().and_then(|reference| reference.strip_prefix('#')) {
        if next == pointer {
            return true;
        }
        if seen.insert(next) {
            open.extend(document.pointer(next).into_iter().flat_map(alternatives));
        }
    }
    false
}

/// The references that `schema` is, or has for alternatives.
fn alternatives(schema: &Value) -> Vec<&str> {
    let inner = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    grammar::reference(schema).into_iter().chain(inner.flat_map(alternatives)).collect()
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
    Err(circle(node, first))
}

fn circle(node: Node<'_>, reference: &str) -> Diagnostic {
    Diagnostic::error("V002", format!("`{reference}` leads in a circle, and never to a {}", node.kind.name()))
        .at(node.pointer)
        .help("define one of the references in an overlay")
}
