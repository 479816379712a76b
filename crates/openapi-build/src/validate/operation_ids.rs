//! An `operationId` names one operation (OpenAPI 3.0.3, Operation Object).

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};

pub(super) fn check(document: &Value) -> Result<(), Diagnostic> {
    let mut seen: HashMap<String, String> = HashMap::new();
    grammar::walk(document, &mut |node| {
        let id = node.value.get("operationId").and_then(Value::as_str).filter(|_| node.kind == Kind::Operation);
        let Some(id) = id else { return Ok(()) };
        match seen.insert(id.to_owned(), node.pointer.to_owned()) {
            None => Ok(()),
            Some(first) => Err(Diagnostic::error("V006", format!("`{id}` is also the operationId of #{first}"))
                .at(format!("{}/operationId", node.pointer))
                .help("give one of them another `operationId` in an overlay")),
        }
    })
}
