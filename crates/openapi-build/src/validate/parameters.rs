//! The parameters that a path names are those that its operations declare for it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{METHODS, resolve};
use crate::pointer::escape;

pub(super) fn check(document: &Value) -> Result<(), Diagnostic> {
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let named = names(path);
        let at = format!("/paths/{}", escape(path));
        let shared = declared(document, item, &at);
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let at = format!("{at}/{method}");
            let mut all = shared.clone();
            all.extend(declared(document, operation, &at));
            if let Some(name) = named.iter().find(|name| !all.contains_key(**name)) {
                return Err(Diagnostic::error("V004", format!("the path names `{name}`, which is not declared"))
                    .at(at)
                    .help(format!("declare it in an overlay: {{name: {name}, in: path, required: true, schema: …}}")));
            }
            if let Some((name, pointer)) = all.iter().find(|(name, _)| !named.contains(name)) {
                return Err(Diagnostic::error(
                    "V005",
                    format!("the path `{path}` does not name the parameter `{name}`"),
                )
                .at(pointer.clone())
                .help("take the parameter out, or correct its name, in an overlay"));
            }
        }
    }
    Ok(())
}

/// The names in braces.
fn names(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

/// The path parameters that an operation or a path item declares, and where.
fn declared<'a>(document: &'a Value, of: &'a Value, at: &str) -> BTreeMap<&'a str, String> {
    let list = of.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate();
    list.filter_map(|(index, parameter)| {
        let parameter = resolve(document, parameter)?;
        let name = parameter.get("name")?.as_str()?;
        (parameter.get("in")? == "path").then(|| (name, format!("{at}/parameters/{index}")))
    })
    .collect()
}
