//! What a document must hold to before it is repaired: one file a rule. What breaks one stops the build, because any client
//! of it would be a guess; an overlay can mend it.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `V001` | a `$ref` leads nowhere |
//! | `V002` | `$ref`s lead in a circle |
//! | `V003` | a `$ref` leads to an object of another kind |
//! | `V007` | two paths differ only in the names of their parameters; both are generated |
//! | `V009` | a `format` is unknown, or does not fit its type; the plain type is used |
//! | `V012` | a field holds something else than OpenAPI has there: a list for a mapping, a text for a number |
//! | `V013` | a field is missing without which its object says nothing |
//! | `V014` | a component that no operation reaches, which is not generated |
//! | `V015` | the name of a media type is what no header can hold |

mod media_types;
mod paths;
mod references;
mod shape;
mod types;
mod unreached;

use std::convert::Infallible;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Node};

enum Rule {
    /// What each object by itself must hold to.
    Object(fn(&Value, Node<'_>, &mut Vec<Diagnostic>) -> Result<(), Diagnostic>),
    /// What the document must hold to as a whole.
    Document(fn(&Value, &mut Vec<Diagnostic>) -> Result<(), Diagnostic>),
}

/// The rules, in the order in which their findings explain each other: what leads nowhere cannot be looked into.
const RULES: [Rule; 6] = [
    Rule::Object(|_, node, _| shape::check(node)),
    Rule::Object(|document, node, _| references::check(document, node)),
    Rule::Document(paths::check),
    Rule::Object(|_, node, _| media_types::check(node)),
    Rule::Object(|_, node, notes| types::check(node, notes)),
    Rule::Document(unreached::check),
];

/// Checks `document`, a whole one whose references are all local; gives back notes.
///
/// # Errors
///
/// The first rule that is broken, at the first place; its pointer is a place in `document`.
pub(crate) fn validate(document: &Value) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut notes = Vec::new();
    let mut broken = first_broken(document, &mut notes);
    for (index, rule) in RULES.iter().enumerate() {
        if let Some((_, error)) = broken.take_if(|(of, _)| *of == index) {
            return Err(error);
        }
        if let Rule::Document(check) = rule {
            check(document, &mut notes)?;
        }
    }
    Ok(notes)
}

/// The first of the rules of objects that is broken, at the first place: all of them in one walk.
fn first_broken(document: &Value, notes: &mut Vec<Diagnostic>) -> Option<(usize, Diagnostic)> {
    let mut broken: Option<(usize, Diagnostic)> = None;
    let Ok(()) = grammar::walk::<Infallible>(document, &mut |node| {
        let before = broken.as_ref().map_or(RULES.len(), |(of, _)| *of);
        for (index, rule) in RULES[..before].iter().enumerate() {
            if let Rule::Object(check) = rule
                && let Err(error) = check(document, node, notes)
            {
                broken = Some((index, error));
                break;
            }
        }
        Ok(())
    });
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_is_told_wherever_it_is_broken_and_of_its_places_the_first() {
        let broken = |schemas: Value| {
            let document = serde_json::json!({"openapi": "3.0.3", "paths": {}, "components": {"schemas": schemas}});
            let error = validate(&document).expect_err("it is broken");
            (error.code, error.pointer.expect("a place"))
        };
        // By place it would be the reference, by rule it is the shape.
        let several = serde_json::json!({
            "A": {"$ref": "#/nowhere"},
            "B": {"$ref": "#/info"},
            "D": {"properties": []},
            "E": {"properties": []},
        });
        assert_eq!(broken(several), ("V012", "/components/schemas/D/properties".into()));
        let some = serde_json::json!({"A": {}, "B": {"$ref": "#/nowhere"}, "C": {"$ref": "#/nowhere"}});
        assert_eq!(broken(some), ("V001", "/components/schemas/B".into()));
    }
}
