//! Path templates, as published documents write them, and the requests that they serve.

use crate::tree::percent_decoded;

/// The path and query of an operation.
#[derive(PartialEq, Eq)]
pub(crate) struct Route {
    pieces: Vec<Piece>,
    /// The part of the template after `?`, which OpenAPI does not have, but definitions do: names, with their values unless
    /// those are parameters.
    query: Vec<(String, Option<String>)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// This text, decoded.
    Text(String),
    /// A parameter: at least one character, and no slash.
    One,
    /// A parameter whose value may have slashes.
    Many,
}

/// The path of a request, decoded; a slash in a segment is [`ENCODED_SLASH`].
pub(crate) struct RequestPath(String);

/// Stands for a slash that was percent-encoded, which does not end a segment.
const ENCODED_SLASH: &str = "\u{0}";

impl RequestPath {
    pub(crate) fn new(path: &str) -> Self {
        let segments = path.split('/').map(|segment| percent_decoded(segment).replace('/', ENCODED_SLASH));
        Self(segments.collect::<Vec<_>>().join("/"))
    }

    /// What follows `base`, the path of a server.
    pub(crate) fn below(&self, base: &str) -> Option<Self> {
        let rest = self.0.strip_prefix(base)?;
        rest.starts_with('/').then(|| Self(rest.to_owned()))
    }
}

impl Route {
    /// Reads a template. `has_slashes` says which parameters may have slashes in their values, besides those whose expressions
    /// say so.
    pub(crate) fn new(template: &str, has_slashes: &dyn Fn(&str) -> bool) -> Self {
        let mut route = Self { pieces: Vec::new(), query: Vec::new() };
        if !template.starts_with('/') {
            route.text("/");
        }
        let mut rest = template;
        while let Some(start) = rest.find(['{', '?', '#']) {
            route.text(&rest[..start]);
            rest = &rest[start..];
            let Some(length) = expression(rest) else {
                if rest.starts_with('{') {
                    // A brace that nothing closes is text.
                    route.text("{");
                    rest = &rest[1..];
                    continue;
                }
                if let Some(query) = rest.strip_prefix('?') {
                    route.query = pairs(query.split('#').next().unwrap_or_default());
                }
                return route;
            };
            route.parameter(&rest[1..length - 1], has_slashes);
            rest = &rest[length..];
        }
        route.text(rest);
        route
    }

    fn text(&mut self, text: &str) {
        let text = percent_decoded(text);
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(&text),
            _ => self.pieces.push(Piece::Text(text)),
        }
    }

    /// Adds the parameter that is written `{expression}`: by its name, with the pattern of some frameworks (`id:[0-9]+`), or
    /// in the manner of RFC 6570 (`+path`, `path*`).
    fn parameter(&mut self, expression: &str, has_slashes: &dyn Fn(&str) -> bool) {
        let expression = expression.trim();
        let (operator, rest) = match expression.chars().next() {
            Some(operator @ ('+' | '.' | '/' | ';' | '?' | '&' | '#' | '*')) => (operator, &expression[1..]),
            _ => (' ', expression),
        };
        let (name, pattern) = rest.split_once(':').unwrap_or((rest, ""));
        let bare = name.trim_matches(['*', '?', '.', ' ']);
        let many = matches!(operator, '+' | '*' | '/')
            || name.ends_with(['*', '.'])
            || name.starts_with('*')
            || [".*", ".+", "/"].iter().any(|wide| pattern.contains(wide))
            || has_slashes(bare);
        match operator {
            // A query or a fragment, which is no part of the path.
            '?' | '&' | '#' => return,
            '.' => self.text("."),
            '/' => self.text("/"),
            _ => {}
        }
        self.pieces.push(if many { Piece::Many } else { Piece::One });
    }

    /// Whether it serves a request to `path` with `query`.
    pub(crate) fn serves(&self, path: &RequestPath, query: &str) -> bool {
        let sent = || form_urlencoded::parse(query.as_bytes());
        let has = |(name, value): &(String, Option<String>)| {
            sent().any(|(other, sent)| other == *name && value.as_ref().is_none_or(|value| sent == *value))
        };
        self.takes(&path.0) && self.query.iter().all(has)
    }

    /// Whether the pieces are the text, from its beginning to its end.
    fn takes(&self, text: &str) -> bool {
        // The positions up to which the pieces so far can reach.
        let mut ends = vec![0];
        for piece in &self.pieces {
            ends = match piece {
                Piece::Text(wanted) => ends
                    .into_iter()
                    .filter(|end| text[*end..].starts_with(wanted))
                    .map(|end| end + wanted.len())
                    .collect(),
                Piece::One | Piece::Many => {
                    let Some(first) = ends.first().copied() else { return false };
                    let slashes = *piece == Piece::Many;
                    let mut reached: Vec<usize> = if slashes { ends.clone() } else { Vec::new() };
                    let mut starts = ends.iter().peekable();
                    let mut open = false;
                    for (offset, character) in text[first..].char_indices() {
                        open |= starts.next_if(|start| **start == first + offset).is_some();
                        open &= slashes || character != '/';
                        let end = first + offset + character.len_utf8();
                        if open {
                            reached.push(end);
                        }
                    }
                    reached.sort_unstable();
                    reached.dedup();
                    reached
                }
            };
        }
        ends.contains(&text.len())
    }

    /// How unspecific it is: a literal path takes precedence over a template that also matches (OpenAPI 3.0.3, Paths Object),
    /// one with a query over one without, and one segment over several.
    pub(crate) fn rank(&self) -> (usize, usize, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>) {
        let count = |wanted: &Piece| self.pieces.iter().filter(|piece| *piece == wanted).count();
        let text = |piece: &Piece| if let Piece::Text(text) = piece { text.len() } else { 0 };
        let literal = self.pieces.iter().map(text).sum();
        (count(&Piece::Many), count(&Piece::One), std::cmp::Reverse(literal), std::cmp::Reverse(self.query.len()))
    }
}

/// The length of the expression in braces at the start of `text`, with the braces; patterns have braces of their own.
fn expression(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (index > 0).then_some(index + 1);
        }
    }
    None
}

/// The pairs of a query in a template.
fn pairs(query: &str) -> Vec<(String, Option<String>)> {
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !name.starts_with('{'));
    pairs
        .map(|(name, value)| (name.into_owned(), Some(value.into_owned()).filter(|value| !value.contains('{'))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serves(template: &str, path: &str) -> bool {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Route::new(template, &|name| name == "deep").serves(&RequestPath::new(path), query)
    }

    #[test]
    fn a_parameter_is_a_part_of_a_segment() {
        for (template, path, expected) in [
            ("/rooms", "/rooms", true),
            ("/rooms", "/rooms/", false),
            ("/rooms/{id}", "/rooms/7", true),
            ("/rooms/{id}", "/rooms/", false),
            ("/rooms/{id}", "/rooms/7/8", false),
            ("/rooms/{id}", "/rooms/7%2F8", true),
            ("/rooms/{id}:free", "/rooms/7:free", true),
            ("/rooms/{id}:free", "/rooms/7:book", false),
            ("/{owner}.{repo}/x", "/a.b.c/x", true),
            ("/{owner}.{repo}/x", "/a/x", false),
            ("/@me/a b", "/%40me/a%20b", true),
            ("/{a}{b}", "/x", false),
            ("/{a}{b}", "/xy", true),
            ("rooms", "/rooms", true),
            ("", "/", true),
            ("/{a", "/%7Ba", true),
            ("/{id}", "/ä", true),
        ] {
            assert_eq!(serves(template, path), expected, "{template} {path}");
        }
    }

    #[test]
    fn expressions_of_other_frameworks_are_parameters() {
        for (template, path, expected) in [
            ("/x/{id:[0-9]{4}}/y", "/x/1234/y", true),
            ("/x/{id:[0-9]{4}}/y", "/x/12/34/y", false),
            ("/x/{rest:.*}", "/x/a/b", true),
            ("/x/{rest*}", "/x/a/b", true),
            ("/x/{+rest}/y", "/x/a/b/y", true),
            ("/x/{*rest}", "/x/a/b", true),
            ("/x/{deep}", "/x/a/b", true),
            ("/x{?a,b}", "/x?a=1", true),
            ("/x{.format}", "/x.json", true),
        ] {
            assert_eq!(serves(template, path), expected, "{template} {path}");
        }
    }

    #[test]
    fn a_fragment_is_not_sent_and_a_query_is() {
        assert!(serves("/files/{id}#share", "/files/1"));
        assert!(serves("/files?kind=new", "/files?a=b&kind=new"));
        assert!(!serves("/files?kind=new", "/files?kind=old"));
        assert!(serves("/files?kind={kind}", "/files?kind=old"));
        assert!(!serves("/files?kind={kind}", "/files"));
    }
}
