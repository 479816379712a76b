//! The object that `--format json` prints. The README describes it. Existing keys are stable; new ones may be added.

use openapi_build::diagnostic::Diagnostic;
use serde_json::{Map, Value, json};

/// The whole object.
pub(super) fn document(exit: u8, diagnostics: &[Diagnostic], rest: Map<String, Value>) -> Value {
    let mut object = Map::new();
    object.insert("exit".into(), exit.into());
    object.extend(rest);
    object.insert("diagnostics".into(), diagnostics.iter().map(diagnostic).collect());
    Value::Object(object)
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let mut object = Map::new();
    object.insert("severity".into(), json!(diagnostic.severity.to_string()));
    if diagnostic.is_denied() {
        object.insert("denied".into(), json!(true));
    }
    object.insert("code".into(), json!(diagnostic.code));
    object.insert("message".into(), json!(diagnostic.message));
    if let Some(pointer) = &diagnostic.pointer {
        object.insert("pointer".into(), json!(pointer));
    }
    if let Some(position) = &diagnostic.position {
        object.insert("file".into(), json!(position.file.display().to_string()));
        if position.line > 0 {
            object.insert("line".into(), json!(position.line));
            object.insert("column".into(), json!(position.column));
        }
    }
    if let Some(help) = &diagnostic.help {
        object.insert("help".into(), json!(help));
    }
    Value::Object(object)
}
