//! The name of a media type stands in a header, `Accept` or `Content-Type`, so it is what a header can hold (RFC 9110, 5.5
//! and 8.3.1).

use crate::diagnostic::Diagnostic;
use crate::grammar::Node;
use crate::media_type;

pub(super) fn check(node: Node<'_>) -> Result<(), Diagnostic> {
    let visible = |c: char| c == ' ' || c.is_ascii_graphic();
    match media_type::of(node).filter(|name| !name.chars().all(visible)) {
        None => Ok(()),
        Some(name) => Err(Diagnostic::error("V015", format!("{name:?} is no media type: a header cannot hold it"))
            .at(node.pointer)
            .help("write it as `type/subtype`, in visible ASCII, in an overlay")),
    }
}
