//! What a document is checked for before it is repaired: one file for each rule. Only what something is generated from is
//! looked at.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `V007` | two paths differ only in the names of their parameters; both are generated |
//! | `V014` | a component that no operation reaches, which is not generated |

mod paths;
mod references;
mod unreached;

use std::convert::Infallible;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::slice::Live;

/// Checks `document`, a whole one that is bundled, and returns all findings: those of bundling it, which are `assumed`, then
/// rule by rule, each in the order of the document.
pub(crate) fn validate(document: &Value, assumed: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let live = Live::of(document);
    let is_live = |finding: &Diagnostic| {
        // A slice may have removed the place.
        finding.pointer.as_deref().is_none_or(|pointer| live.holds(pointer) && document.pointer(pointer).is_some())
    };
    let mut findings: Vec<Diagnostic> = assumed.into_iter().filter(is_live).collect();
    let Ok(()) = grammar::live_from::<Infallible>(document, Kind::Document, "", &mut |node| {
        findings.extend(references::check(node).into_iter().filter(is_live));
        Ok(())
    });
    paths::check(document, &mut findings);
    unreached::check(document, &mut findings);
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(document: &Value) -> Vec<(&'static str, String)> {
        let findings = validate(document, Vec::new()).into_iter();
        findings.map(|finding| (finding.code, finding.pointer.unwrap_or_default())).collect()
    }

    #[test]
    fn all_findings_come_at_once() {
        let schemas = json!({
            "A": {"$ref": "https://example.com/a.yaml"},
            "C": {"$ref": "../c.yaml"},
        });
        let document = json!({"openapi": "3.0.3", "paths": {}, "components": {"schemas": schemas}});
        let expected = [("S010", "/components/schemas/A"), ("S010", "/components/schemas/C")];
        assert_eq!(found(&document), expected.map(|(code, pointer)| (code, pointer.to_owned())));
    }

    #[test]
    fn what_nothing_is_generated_from_is_not_looked_at() {
        let far = json!({"$ref": "https://example.com/a.yaml"});
        let document = json!({
            "openapi": "3.0.3",
            "paths": {"/a": {"get": {
                "callbacks": {"c": {"{$url}": {"post": {"requestBody": far, "responses": {}}}}},
                "responses": {"200": {"description": "d", "links": {"l": far}}},
            }}},
            "components": {"schemas": {"A": far}, "examples": {"E": far}},
        });
        assert_eq!(found(&document), [("V014", "/components/schemas/A".to_owned())]);
    }
}
