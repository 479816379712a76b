//! Mappings and lists stand where OpenAPI has them.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind, Node};
use crate::normalize::walk::escape;
use crate::source::kind_of;

pub(super) fn check(document: &Value) -> Result<(), Diagnostic> {
    grammar::walk(document, &mut |node| {
        let Node { kind, pointer, value } = node;
        let fits = value.is_object() || (kind == Kind::Schema && value.is_boolean());
        if !fits {
            return Err(misfit(pointer, &format!("a {}", kind.name()), value, "a mapping"));
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(wanted) = grammar::misfit(kind, key, value) {
                return Err(misfit(&format!("{pointer}/{}", escape(key)), &format!("`{key}`"), value, wanted));
            }
        }
        Ok(())
    })
}

fn misfit(pointer: &str, what: &str, value: &Value, wanted: &str) -> Diagnostic {
    Diagnostic::error("V012", format!("{what} is {wanted}, and here is {}", kind_of(value)))
        .at(pointer)
        .help("correct it in an overlay")
}
