//! A `$ref` stays within the folder of the document: a build depends on nothing that others can change.

use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::source::reference::escapes;

pub(super) fn check(node: Node<'_>) -> Option<Diagnostic> {
    let reference = node.reference()?;
    let why = escapes(reference)?;
    let help =
        "copy the file into the folder, or run `cargo oas bundle`, which writes one file of all that is referred to";
    Some(Diagnostic::error("S010", format!("`{reference}` {why}")).at(node.pointer).help(help))
}
