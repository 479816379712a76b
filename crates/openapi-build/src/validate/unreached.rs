//! A component that no operation reaches is not generated: a note says which.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::pointer::escape;
use crate::slice;

/// The parts of `components` whose objects become something in the client.
const SECTIONS: [&str; 5] = ["schemas", "parameters", "requestBodies", "responses", "headers"];

pub(super) fn check(document: &Value, notes: &mut Vec<Diagnostic>) {
    let reached = slice::reached(document);
    for section in SECTIONS {
        let entries = document.pointer(&format!("/components/{section}")).and_then(Value::as_object);
        for (name, _) in entries.into_iter().flatten() {
            let pointer = format!("/components/{section}/{}", escape(name));
            if !reached.contains(&pointer) {
                let message = "no operation reaches this component; it is not generated";
                notes.push(Diagnostic::note("V014", message).at(pointer));
            }
        }
    }
}
