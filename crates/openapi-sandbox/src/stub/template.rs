//! Path templates, and the values that a path has for them.

/// A part of a path template.
pub(super) enum Piece<'a> {
    Literal(&'a str),
    Parameter(&'a str),
}

impl Piece<'_> {
    /// How much of a path it decides.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Parameter(_) => 0,
        }
    }
}

/// The parts of `template`, without the query that a definition may have written there.
pub(super) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut rest = template.split('?').next().unwrap_or_default();
    let mut pieces = Vec::new();
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        if !before.is_empty() {
            pieces.push(Piece::Literal(before));
        }
        pieces.push(Piece::Parameter(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// The values that `path`, which may begin with the path of a server, has for the parameters of `template`; `None` if it does not fit.
/// The values are as they are in the path, percent-encoded. A value has slashes only where nothing else fits.
pub(super) fn values<'t, 'p>(template: &'t str, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
    anywhere(template, path, false).or_else(|| anywhere(template, path, true))
}

/// Whether `path` fits `template`, each value being one segment or a part of one.
pub(super) fn fits(template: &str, path: &str) -> bool {
    anywhere(template, path, false).is_some()
}

fn anywhere<'t, 'p>(template: &'t str, path: &'p str, slashes: bool) -> Option<Vec<(&'t str, &'p str)>> {
    let pieces = pieces(template);
    let mut starts = path.match_indices('/').map(|(start, _)| start);
    let mut found = starts.find_map(|start| fitting(&pieces, &path[start..], slashes))?;
    found.reverse();
    Some(found)
}

/// The values of the parameters, the last first.
fn fitting<'t, 'p>(pieces: &[Piece<'t>], path: &'p str, slashes: bool) -> Option<Vec<(&'t str, &'p str)>> {
    match pieces {
        [] => path.is_empty().then(Vec::new),
        [Piece::Literal(text), rest @ ..] => fitting(rest, behind(path, text)?, slashes),
        [Piece::Parameter(name), rest @ ..] => {
            let limit = if slashes { path.len() } else { path.find('/').unwrap_or(path.len()) };
            let mut ends = std::iter::successors(Some(0), |end| Some(end + first(&path[*end..])?.0)).skip(1);
            ends.by_ref().take_while(|end| *end <= limit).find_map(|end| {
                let mut found = fitting(rest, &path[end..], slashes)?;
                found.push((name, &path[..end]));
                Some(found)
            })
        }
    }
}

/// The length of the first character of `path`, or of the byte that is percent-encoded there, and that byte.
fn first(path: &str) -> Option<(usize, Option<u8>)> {
    let character = path.chars().next()?;
    let digits = path.strip_prefix('%').and_then(|rest| rest.get(..2));
    let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    Some(if byte.is_some() { (3, byte) } else { (character.len_utf8(), None) })
}

/// What follows `text` in `path`, where its characters may be percent-encoded; a slash that is encoded belongs to a value.
fn behind<'p>(path: &'p str, text: &str) -> Option<&'p str> {
    if let Some(rest) = path.strip_prefix(text) {
        return Some(rest);
    }
    let mut rest = path;
    let mut left = text;
    while !left.is_empty() {
        let (length, byte) = first(rest)?;
        left = match byte {
            // A template may be percent-encoded itself.
            _ if left.starts_with(&rest[..length]) => &left[length..],
            Some(b'/') | None => return None,
            Some(byte) if byte.is_ascii() => left.strip_prefix(char::from(byte))?,
            Some(_) => {
                let character = left.chars().next()?;
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    let (length, encoded) = first(rest)?;
                    rest = &rest[length..];
                    (encoded == Some(byte)).then_some(())?;
                }
                left = &left[character.len_utf8()..];
                continue;
            }
        };
        rest = &rest[length..];
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_behind_that_of_a_server() {
        assert_eq!(values("/rooms/{id}", "/v1/rooms/r%2F1"), Some(vec![("id", "r%2F1")]));
        assert!(fits("/rooms/{id}", "/rooms/r1") && !fits("/rooms/{id}", "/rooms/r1/files"));
        assert_eq!(values("/rooms/{id}", "/rooms/"), None);
        assert_eq!(values("/rooms", "/v1/rooms"), Some(Vec::new()));
        assert_eq!(values("/rooms", "/v1/classrooms"), None);
    }

    #[test]
    fn several_parameters_share_a_segment_and_one_has_several() {
        assert_eq!(values("/x/{a}-{b}.json", "/x/1-2-3.json"), Some(vec![("a", "1"), ("b", "2-3")]));
        assert_eq!(values("/files/{path}/raw", "/files/a/b/raw"), Some(vec![("path", "a/b")]));
    }

    #[test]
    fn what_is_percent_encoded_is_one_character() {
        // The `2` of the template is not that of `%2F`.
        assert_eq!(values("/x/{a}2{b}", "/x/q%2Fr2s"), Some(vec![("a", "q%2Fr"), ("b", "s")]));
        assert_eq!(values("/x/{a}F", "/x/q%2F"), None);
        assert_eq!(values("/rooms/{id}/raw", "/rooms/a%2Fraw"), None);
        assert_eq!(values("/rooms/{id}/raw", "/rooms/a%2Fraw/raw"), Some(vec![("id", "a%2Fraw")]));
        // A URL encodes what a template has as it is. What a template encodes, a URL has to encode too.
        for path in ["/räume/a b/{id}:x", "/r%C3%A4ume/a%20b/{id}%3Ax", "/räume/a%20b/{id}%3ax"] {
            let sent = "/r%C3%A4ume/a%20b/1:x";
            let expected = if path.contains("%3") { None } else { Some(vec![("id", "1")]) };
            assert_eq!(values(path, sent), expected, "{path}");
        }
        assert_eq!(values("/a%20b/{id}", "/a%20b/1"), Some(vec![("id", "1")]));
        assert_eq!(values("/%/{id}", "/%25/1"), Some(vec![("id", "1")]));
        assert_eq!(values("/ä/{id}", "/%C3%B6/1"), None);
        assert_eq!(values("/{a}f", "/%+f"), Some(vec![("a", "%+")]));
    }
}
