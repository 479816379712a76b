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
    /// Reads `#/components/schemas/Item`, the same without `#`, or `POST /items request.name`. Without `#`, a text is a pointer if it
    /// begins with a top-level field of a definition (`/paths/…`); any other, such as `/items`, is a subject.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        let tokens = |pointer: &str| pointer::tokens(pointer).collect::<Vec<_>>();
        match text.strip_prefix('#') {
            Some(fragment) => {
                // What a URL encodes is meant as it is: `%2A` is the key `*`.
                let key = |token: &str| match reference::decoded(token) {
                    decoded if decoded != token && is_star(&decoded) => escaped(&decoded),
                    decoded => decoded,
                };
                let decoded = fragment.split('/').map(key).collect::<Vec<_>>().join("/");
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
    // The top of OpenAPI 3, and then what Swagger 2.0 has besides.
    const TOP: [&str; 20] = [
        "**",
        "openapi",
        "info",
        "servers",
        "paths",
        "webhooks",
        "components",
        "security",
        "tags",
        "externalDocs",
        "swagger",
        "host",
        "basePath",
        "schemes",
        "consumes",
        "produces",
        "definitions",
        "parameters",
        "responses",
        "securityDefinitions",
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
            Some(token) if token == "*" || token.replace("\\*", "*") == tokens[of] => (at, of) = (at + 1, of + 1),
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

fn is_star(token: &str) -> bool {
    matches!(token, "*" | "**") || token.contains("\\*")
}

/// A key that a pattern would read otherwise.
fn escaped(token: &str) -> String {
    token.replace('*', "\\*")
}

/// The place of an entry that is about `change` alone, and the subject, where the place says too little: members of lists have no
/// names in a pointer, and have other numbers in the next version.
///
/// ```
/// # use openapi_build::{pipeline::Loaded, source::SourceFile, track};
/// # let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("a.yaml".as_ref(), text.into())?], &[]);
/// # let of = |parameters: &str| load(&format!("paths: {{/ping: {{get: {{operationId: ping, {parameters} responses: {{'204': {{description: pong}}}}}}}}}}"));
/// let old = of("parameters: [{name: limit, in: query, schema: {type: string}}],")?;
/// let changes = track::diff(&old, &of("")?)?;
/// let (place, subject) = track::judgment::exactly(&changes.changes[0]);
/// assert_eq!(place, "#/paths/~1ping/get/parameters/*");
/// assert_eq!(subject.as_deref(), Some("GET /ping query limit"));
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
pub fn exactly(change: &Change) -> (String, Option<String>) {
    const LISTS: [&str; 9] =
        ["parameters", "required", "enum", "allOf", "oneOf", "anyOf", "servers", "security", "tags"];
    let pointer = change.place().map(|place| place.pointer.as_str()).unwrap_or_default();
    let (mut place, mut before, mut is_vague) = ("#".to_owned(), "", false);
    for token in pointer.split('/').skip(1) {
        let is_index = LISTS.contains(&before) && token.bytes().all(|byte| byte.is_ascii_digit());
        is_vague |= is_index;
        place.push('/');
        match token {
            _ if is_index => place.push('*'),
            token if is_star(token) => place.push_str(&escaped(token)),
            token => place.push_str(token),
        }
        before = token;
    }
    is_vague |= change.member.is_none() && LISTS.contains(&before);
    (place, is_vague.then(|| change.subject.clone()))
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
            ("#/content/\\*", "/content/*", true),
            ("#/content/\\*", "/content/a", false),
            ("#/content/%2A", "/content/*", true),
            ("#/content/%2a", "/content/a", false),
            ("#/content/\\*\\*/a", "/content/**/a", true),
            ("#/content/\\*\\*/a", "/content/a/a", false),
            ("#/content/\\\\*", "/content/\\*", true),
            ("#/content/*~1*", "/content/*~1*", true),
        ] {
            let Pattern::Pointer(written, decoded) = Pattern::parse(pattern) else { panic!("{pattern} is a pointer") };
            let matches = [Some(written), decoded].iter().flatten().any(|pattern| leads(pattern, &tokens(place)));
            assert_eq!(matches, expected, "{pattern} {place}");
        }
        assert_eq!(Pattern::parse("/items"), Pattern::Subject("/items".to_owned()));
    }
}
