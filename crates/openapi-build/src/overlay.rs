//! Applies an OpenAPI Overlay (1.0 or 1.1) and says which of its actions match nothing.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `O001` | this is no overlay, or not of a version that is read |
//! | `O002` | an action's target is no JSONPath (RFC 9535), or it cannot be applied |
//! | `O003` | an action matches nothing |
//! | `O004` | an action gives no reason |

use roas_overlay::apply::{Apply, ApplyReport};
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// Applies the overlay in `file` to `document`; gives back warnings.
///
/// # Errors
///
/// `O001` and `O002`, and what [`SourceFile::parse`] gives.
pub fn apply(document: &mut Value, file: &SourceFile) -> Result<Vec<Diagnostic>, Diagnostic> {
    let overlay = file.parse()?;
    let place = |diagnostic: Diagnostic, pointer: &str| {
        let diagnostic = diagnostic.at(pointer);
        match file.locate(pointer) {
            Some((position, _)) => diagnostic.in_file(position),
            None => diagnostic,
        }
    };
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default().to_owned();
    let broken = |error: serde_json::Error| {
        place(Diagnostic::error("O001", format!("this is no overlay: {error}")), "")
            .help("see https://spec.openapis.org/overlay/v1.1.0.html")
    };
    let report: Result<ApplyReport, _> = if version.starts_with("1.1") {
        let overlay: roas_overlay::v1_1::Overlay = serde_json::from_value(overlay.clone()).map_err(broken)?;
        overlay.apply(document, Default::default())
    } else if version.starts_with("1.0") {
        let overlay: roas_overlay::v1_0::Overlay = serde_json::from_value(overlay.clone()).map_err(broken)?;
        overlay.apply(document, Default::default())
    } else {
        let message = format!("`overlay` is `{version}`; 1.0 and 1.1 are read");
        return Err(
            place(Diagnostic::error("O001", message), "/overlay").help("an overlay begins with `overlay: 1.1.0`")
        );
    };
    let report = report.map_err(|error| {
        let message = format!("action {} cannot be applied: {error}", error.action_index);
        place(Diagnostic::error("O002", message), &format!("/actions/{}/target", error.action_index))
            .help("targets are JSONPath (RFC 9535)")
    })?;
    let mut warnings = Vec::new();
    for outcome in report.actions {
        let pointer = format!("/actions/{}", outcome.index);
        let reason = overlay.pointer(&format!("{pointer}/description")).and_then(Value::as_str);
        if outcome.matched == 0 {
            let reason = reason.map(|reason| format!(" ({})", reason.trim())).unwrap_or_default();
            let message = format!("action {}, `{}`, matches nothing{reason}", outcome.index, outcome.target);
            warnings.push(
                place(Diagnostic::warning("O003", message), &pointer)
                    .help("take the action out if upstream made it needless; correct its target otherwise"),
            );
        }
        if reason.is_none() {
            let message = format!("action {}, `{}`, gives no reason", outcome.index, outcome.target);
            warnings.push(place(Diagnostic::warning("O004", message), &pointer).help("say why in its `description`"));
        }
    }
    Ok(warnings)
}
