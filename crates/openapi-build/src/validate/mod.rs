//! What a document must hold to before it is cured: one file a rule. What breaks one stops the build, because any client
//! of it would be a guess; an overlay can mend it.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `V001` | a `$ref` leads nowhere |
//! | `V002` | `$ref`s lead in a circle |
//! | `V003` | a `$ref` leads to an object of another kind |
//! | `V004` | the path names a parameter that is not declared |
//! | `V005` | a path parameter is declared that the path does not name |
//! | `V006` | two operations have one `operationId` |
//! | `V007` | two paths differ only in the names of their parameters |
//! | `V008` | a schema's `type` is none that OpenAPI knows |
//! | `V009` | a `format` is unknown, or does not fit its type; the plain type is used |
//! | `V010` | a `default` does not fit its schema |
//! | `V011` | the values of an `enum` are of several types, or not of the schema's |
//! | `V012` | a field holds something else than OpenAPI has there: a list for a mapping, a text for a number |
//! | `V013` | a field is missing without which its object says nothing |
//! | `V014` | a component that no operation reaches, which is not generated |
//! | `V015` | the name of a media type is what no header can hold |

mod defaults;
mod enums;
mod media_types;
mod operation_ids;
mod parameters;
mod paths;
mod references;
mod shape;
mod types;
mod unreached;

pub(crate) use defaults::is_of_type;
use serde_json::Value;

use crate::diagnostic::Diagnostic;

type Rule = fn(&Value, &mut Vec<Diagnostic>) -> Result<(), Diagnostic>;

/// The rules, in the order in which their findings explain each other: what leads nowhere cannot be looked into.
const RULES: [Rule; 10] = [
    |document, _| shape::check(document),
    |document, _| references::check(document),
    |document, _| operation_ids::check(document),
    |document, _| paths::check(document),
    |document, _| media_types::check(document),
    |document, _| parameters::check(document),
    types::check,
    |document, _| enums::check(document),
    |document, _| defaults::check(document),
    unreached::check,
];

/// Checks `document`, a whole one whose references are all local; gives back notes.
///
/// # Errors
///
/// The first rule that is broken, at the first place; its pointer is a place in `document`.
pub(crate) fn validate(document: &Value) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut notes = Vec::new();
    for rule in RULES {
        rule(document, &mut notes)?;
    }
    Ok(notes)
}
