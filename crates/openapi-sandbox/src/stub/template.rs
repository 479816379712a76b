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
        [Piece::Literal(text), rest @ ..] => fitting(rest, path.strip_prefix(text)?, slashes),
        [Piece::Parameter(name), rest @ ..] => {
            let limit = if slashes { path.len() } else { path.find('/').unwrap_or(path.len()) };
            let ends = path.char_indices().map(|(index, c)| index + c.len_utf8()).take_while(|end| *end <= limit);
            ends.into_iter().find_map(|end| {
                let mut found = fitting(rest, &path[end..], slashes)?;
                found.push((name, &path[..end]));
                Some(found)
            })
        }
    }
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
}
