//! Q027: patterns that Rust's `regex` does not take.
//!
//! # What it is
//! A `pattern` looks ahead or behind, or refers back to a group: OpenAPI takes the regular expressions of ECMA-262.
//!
//! # Where it was seen
//! In documents that were held back.
//!
//! # Why it matters
//! The crate `regex`, which generators use, refuses such a pattern, and reads `\d` as any digit of Unicode where
//! ECMA-262 means ten.
//!
//! # The repair
//! The document stays. What is sent is checked by `fancy-regex`, for which the pattern is translated from ECMA-262, within
//! a bounded number of steps. A pattern that is no regular expression there either is finding G017, and is not checked.
//!
//! # Before and after
//! ```yaml
//! name: {type: string, pattern: '^(?!\s*$).+'}
//! ```
//! ```text
//! pub struct Name(String); // TryFrom<String> checks it
//! ```

use serde_json::Value;

use super::Repair;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Node};

const CODE: &str = "Q027";

pub(super) const REPAIR: Repair = Repair::Generate(spot);

fn spot(_: &Value, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let pattern = node.value.get("pattern").and_then(Value::as_str).filter(|_| node.kind == Kind::Schema);
    let Some(pattern) = pattern else { return };
    if let Some(what) = beyond_regex(pattern) {
        found.push(Diagnostic::note(CODE, format!("the pattern `{pattern}` {what}")).at(node.pointer));
    }
}

/// What of `pattern` Rust's `regex` lacks.
fn beyond_regex(pattern: &str) -> Option<&'static str> {
    let mut characters = pattern.chars();
    let mut within = false;
    while let Some(c) = characters.next() {
        let rest = characters.as_str();
        match c {
            '\\' => {
                match characters.next() {
                    Some('1'..='9' | 'k') if !within => return Some("refers back to a group"),
                    Some('c') => return Some("names a control character"),
                    _ => {}
                };
            }
            '[' => within = true,
            ']' => within = false,
            '(' if !within && (rest.starts_with("?=") || rest.starts_with("?!")) => return Some("looks ahead"),
            '(' if !within && (rest.starts_with("?<=") || rest.starts_with("?<!")) => return Some("looks behind"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::beyond_regex;

    #[test]
    fn what_regex_lacks_is_seen() {
        for (pattern, expected) in [
            (r"^[a-z]+$", false),
            (r"^(?!a)b", true),
            (r"(?<=a)b", true),
            (r"(a)\1", true),
            (r"[(?=]\\1", false),
            (r"\(?!", false),
        ] {
            assert_eq!(beyond_regex(pattern).is_some(), expected, "{pattern}");
        }
    }
}
