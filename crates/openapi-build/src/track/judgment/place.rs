//! The places that a team names: pointers and subjects, with `*`.

use crate::pointer;
use crate::slice::like;
use crate::source::reference;
use crate::track::change::Change;

/// The place of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// A JSON pointer: the tokens, of which `*` stands for one and `**` for any number of them; as they are written, and as the
    /// fragment of a URL that they may be.
    Pointer(Vec<String>, Option<Vec<String>>),
    /// The subject, as reports have it; `*` stands for any characters.
    Subject(String),
}

impl Pattern {
    /// Reads `#/components/schemas/Item`, the same without `#`, or `POST /items request.name`. A path such as `/items` is a
    /// subject, because a definition has nothing else at its top.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        let tokens = |pointer: &str| pointer::tokens(pointer).collect::<Vec<_>>();
        match text.strip_prefix('#') {
            Some(fragment) => {
                let decoded = reference::decoded(fragment);
                Self::Pointer(tokens(fragment), Some(decoded).filter(|it| it != fragment).map(|it| tokens(&it)))
            }
            None if is_pointer(text) => Self::Pointer(tokens(text), None),
            None => Self::Subject(text.to_owned()),
        }
    }

    /// Whether the change is at this place, in the old document or in the new one.
    pub(crate) fn matches(&self, change: &Change) -> bool {
        match self {
            Self::Pointer(written, decoded) => {
                let places = [&change.new, &change.old].into_iter().flatten();
                places
                    .map(|place| pointer::tokens(&place.pointer).collect::<Vec<_>>())
                    .any(|it| leads(written, &it) || decoded.as_ref().is_some_and(|decoded| leads(decoded, &it)))
            }
            Self::Subject(pattern) => like(pattern, &change.subject),
        }
    }
}

fn is_pointer(text: &str) -> bool {
    const TOP: [&str; 12] = [
        "**",
        "paths",
        "components",
        "servers",
        "security",
        "definitions",
        "parameters",
        "responses",
        "securityDefinitions",
        "webhooks",
        "openapi",
        "swagger",
    ];
    text.strip_prefix('/').is_some_and(|rest| TOP.contains(&rest.split('/').next().unwrap_or_default()))
}

/// Whether the tokens are those of the pattern.
fn leads(pattern: &[String], tokens: &[String]) -> bool {
    // Where a `**` began, and how many tokens it stands for so far.
    let (mut at, mut of, mut open) = (0, 0, None);
    while of < tokens.len() {
        match pattern.get(at).map(String::as_str) {
            Some("**") => {
                at += 1;
                open = Some((at, of));
            }
            Some(token) if token == "*" || token == tokens[of] => (at, of) = (at + 1, of + 1),
            _ => match open {
                Some((after, from)) => {
                    (at, of) = (after, from + 1);
                    open = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|token| token == "**")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_pointers_it_names() {
        let tokens = |text: &str| pointer::tokens(text).collect::<Vec<_>>();
        for (pattern, place, expected) in [
            ("#/a/b", "/a/b", true),
            ("#/a/b", "/a/b/c", false),
            ("#/a/*", "/a/b", true),
            ("#/a/*", "/a", false),
            ("#/a/*/c", "/a/b/c", true),
            ("#/a/**", "/a", true),
            ("#/a/**", "/a/b/c", true),
            ("#/**/c", "/a/b/c", true),
            ("#/**/b/**/d", "/a/b/b/c/d", true),
            ("#/**/b/*/d", "/b/x/b/c/d", true),
            ("#/**/b", "/a/b/c", false),
            ("#/**", "", true),
            ("#/paths/~1items~1%7Bid%7D/get", "/paths/~1items~1{id}/get", true),
            ("/paths/~1a/get", "/paths/~1a/get", true),
            // A report has pointers as they are, and a reference in a document has them as fragments.
            ("#/paths/~1a%20b/get", "/paths/~1a%20b/get", true),
            ("#/paths/~1a%20b/get", "/paths/~1a b/get", true),
            ("#/paths/~1a%20b/get", "/paths/~1ab/get", false),
        ] {
            let Pattern::Pointer(written, decoded) = Pattern::parse(pattern) else { panic!("{pattern} is a pointer") };
            let matches = [Some(written), decoded].iter().flatten().any(|pattern| leads(pattern, &tokens(place)));
            assert_eq!(matches, expected, "{pattern} {place}");
        }
        assert_eq!(Pattern::parse("/items"), Pattern::Subject("/items".to_owned()));
    }
}
