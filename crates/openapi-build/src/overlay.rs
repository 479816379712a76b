//! Applies an OpenAPI Overlay (1.0 or 1.1), and reports which of its actions match nothing.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `O001` | this is not an overlay, or its version is not supported |
//! | `O002` | an action's target is not a JSONPath (RFC 9535), or the action cannot be applied |
//! | `O003` | an action matches nothing |
//! | `O004` | an action gives no reason |
//! | `O005` | an action is redundant: the document says the same without it |

use roas_overlay::apply::{ActionOutcome, Apply};
use serde_json::{Value, json};

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// Applies the overlay in `file` to `document`, and returns warnings.
///
/// # Errors
///
/// `O001` and `O002`, and what [`SourceFile::parse`] gives.
pub fn apply(document: &mut Value, file: &SourceFile) -> Result<Vec<Diagnostic>, Diagnostic> {
    let overlay = file.parse()?;
    let mut warnings = Vec::new();
    for outcome in apply_actions(document, &overlay, file)? {
        let pointer = format!("/actions/{}", outcome.index);
        let reason = overlay.pointer(&format!("{pointer}/description")).and_then(Value::as_str);
        if outcome.matched == 0 {
            let reason = reason.map(|reason| format!(" ({})", reason.trim())).unwrap_or_default();
            let message = format!("action {}, `{}`, matches nothing{reason}", outcome.index, outcome.target);
            warnings.push(
                place(file, Diagnostic::warning("O003", message), &pointer)
                    .help("remove the action if upstream has made it redundant; otherwise correct its target"),
            );
        }
        if reason.is_none() {
            let message = format!("action {}, `{}`, gives no reason", outcome.index, outcome.target);
            warnings
                .push(place(file, Diagnostic::warning("O004", message), &pointer).help("say why in its `description`"));
        }
    }
    Ok(warnings)
}

/// Applies the overlay in `file` to `document`, action by action, and returns a warning for each action that matches something
/// and changes nothing, or nothing but documentation: upstream has made it redundant.
///
/// # Errors
///
/// As [`apply`].
pub fn redundant(document: &mut Value, file: &SourceFile) -> Result<Vec<Diagnostic>, Diagnostic> {
    let overlay = file.parse()?;
    let actions = overlay.get("actions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut warnings = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let before = document.clone();
        let mut one = overlay.clone();
        one["actions"] = json!([action]);
        let matched = apply_actions(document, &one, file)?.iter().any(|outcome| outcome.matched > 0);
        let what = if *document == before {
            "nothing"
        } else if says_the_same(&before, document) {
            "nothing but documentation"
        } else {
            continue;
        };
        if matched {
            let target = action.get("target").and_then(Value::as_str).unwrap_or_default();
            let message = format!("action {index}, `{target}`, changes {what}");
            warnings.push(
                place(file, Diagnostic::warning("O005", message), &format!("/actions/{index}"))
                    .help("upstream has made the action redundant; remove it"),
            );
        }
    }
    Ok(warnings)
}

/// Whether two trees differ only in documentation.
fn says_the_same(one: &Value, other: &Value) -> bool {
    const DOCUMENTATION: [&str; 5] = ["description", "summary", "example", "examples", "externalDocs"];
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let says = |key: &str| {
                let (one, other) = (one.get(key), other.get(key));
                match (one, other) {
                    (Some(one), Some(other)) => one == other || says_the_same(one, other),
                    _ => false,
                }
            };
            // A property may have such a name; then the value is a schema instead of a text.
            let documents = |key: &str| {
                DOCUMENTATION.contains(&key)
                    && [one, other].iter().all(|tree| tree.get(key).is_none_or(|value| !value.is_object()))
            };
            one.keys().chain(other.keys()).all(|key| documents(key) || says(key))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| says_the_same(one, other))
        }
        (one, other) => one == other,
    }
}

/// Applies `overlay`, which was read from `file`, and returns what each action did.
fn apply_actions(document: &mut Value, overlay: &Value, file: &SourceFile) -> Result<Vec<ActionOutcome>, Diagnostic> {
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default();
    let broken = |error: serde_json::Error| {
        place(file, Diagnostic::error("O001", format!("this is not an overlay: {error}")), "")
            .help("see https://spec.openapis.org/overlay/v1.1.0.html")
    };
    let report = if version.starts_with("1.1") {
        let overlay: roas_overlay::v1_1::Overlay = serde_json::from_value(overlay.clone()).map_err(broken)?;
        overlay.apply(document, Default::default())
    } else if version.starts_with("1.0") {
        let overlay: roas_overlay::v1_0::Overlay = serde_json::from_value(overlay.clone()).map_err(broken)?;
        overlay.apply(document, Default::default())
    } else {
        let message = format!("`overlay` is `{version}`; 1.0 and 1.1 are read");
        return Err(
            place(file, Diagnostic::error("O001", message), "/overlay").help("an overlay begins with `overlay: 1.1.0`")
        );
    };
    let report = report.map_err(|error| {
        let message = format!("action {} cannot be applied: {error}", error.action_index);
        place(file, Diagnostic::error("O002", message), &format!("/actions/{}/target", error.action_index))
            .help("targets are JSONPath (RFC 9535)")
    })?;
    Ok(report.actions)
}

/// `diagnostic`, about the node of the overlay at `pointer`.
fn place(file: &SourceFile, diagnostic: Diagnostic, pointer: &str) -> Diagnostic {
    let diagnostic = diagnostic.at(pointer);
    match file.locate(pointer) {
        Some((position, _)) => diagnostic.in_file(position),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redundant_actions(document: Value, actions: &str) -> Vec<String> {
        let text = format!("overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}");
        let file = SourceFile::from_bytes("o.yaml".as_ref(), text.into()).expect("text");
        let (mut one, mut other) = (document.clone(), document);
        let warnings = redundant(&mut one, &file).expect("an overlay");
        apply(&mut other, &file).expect("an overlay");
        assert_eq!(one, other, "action by action comes to the same");
        assert!(warnings.iter().all(|warning| warning.code == "O005" && warning.position.is_some()));
        warnings.into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn an_action_that_changes_nothing_is_named() {
        let document = json!({"a": {"type": "string"}, "b": {"description": "d", "properties": {"description": {}}}});
        let actions = "\
- {target: $.a, description: r, update: {type: string}}
- {target: $.a, description: r, update: {type: integer}}
- {target: $.a, description: r, update: {type: integer, description: new}}
- {target: $.missing, description: r, update: {type: integer}}
- {target: $.b.properties, description: r, update: {description: {type: string}}}
- {target: $.b, description: r, update: {description: e}}
";
        assert_eq!(
            redundant_actions(document, actions),
            [
                "action 0, `$.a`, changes nothing",
                "action 2, `$.a`, changes nothing but documentation",
                "action 5, `$.b`, changes nothing but documentation",
            ]
        );
    }
}
