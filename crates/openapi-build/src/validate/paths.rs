//! Paths differ in more than the names of their parameters (OpenAPI 3.0.3, Paths Object).

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::path_template::nameless;
use crate::pointer::escape;

pub(super) fn check(document: &Value, notes: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for path in document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(path, _)| path) {
        if let Some(first) = seen.insert(nameless(path), path) {
            let message = format!("this path and `{first}` differ only in the names of their parameters");
            let diagnostic = Diagnostic::warning("V007", message).at(format!("/paths/{}", escape(path)));
            notes.push(diagnostic.help("make them one path, or take one out, in an overlay"));
        }
    }
}
