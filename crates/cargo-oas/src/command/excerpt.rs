//! The lines of a file around a place, shortened to fit a screen, because a document may be a single line of megabytes.

use std::path::Path;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use openapi_build::diagnostic::Position;

/// How many lines are shown before and after the line of the place.
const LINES: usize = 2;

/// How many characters of a line are shown.
const WIDTH: usize = 160;

/// How many characters before the place are shown if the line has to be shortened.
const BEFORE: usize = 60;

/// A few lines of a file, and a place in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    first_line: usize,
    /// The place in the file, both from 0.
    line: usize,
    column: usize,
    /// The place in `text`, in bytes.
    span: SourceSpan,
}

impl Excerpt {
    /// The lines around `position`; `None` if the file cannot be read, or the position has no line.
    pub(super) fn read(position: &Position) -> Option<Self> {
        let bytes = std::fs::read(&position.file).ok()?;
        Self::of(&position.file, &bytes, position.line.checked_sub(1)?, position.column.saturating_sub(1))
    }

    fn of(file: &Path, bytes: &[u8], line: usize, column: usize) -> Option<Self> {
        let first_line = line.saturating_sub(LINES);
        let lines = bytes.split(|byte| *byte == b'\n').skip(first_line).take(LINES + 1 + line - first_line);
        let mut text = String::new();
        let mut span = None;
        for (index, bytes) in lines.enumerate() {
            let is_line = first_line + index == line;
            // Control characters must not reach a terminal.
            let shown: String = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes))
                .chars()
                .skip(if is_line { skipped(column) } else { 0 })
                .take(WIDTH)
                .map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c })
                .collect();
            if is_line {
                let before: usize = shown.chars().take(column - skipped(column)).map(char::len_utf8).sum();
                let word = shown[before..].split([' ', ':', ',', '\t']).next().map_or(0, str::len);
                span = Some(SourceSpan::from((text.len() + before, word)));
            }
            text.push_str(&shown);
            text.push('\n');
        }
        let name = file.display().to_string();
        Some(Self { name, text, first_line, line, column, span: span? })
    }

    /// The place in the excerpt.
    pub(super) fn span(&self) -> SourceSpan {
        self.span
    }
}

/// How many characters at the start of the line are left out.
fn skipped(column: usize) -> usize {
    if column < WIDTH { 0 } else { column - BEFORE }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // miette asks without context for the place in the file.
        let (data, span, line, column) = if before == 0 {
            let end = span.offset() + span.len();
            (self.text.get(span.offset()..end).ok_or(MietteError::OutOfBounds)?, *span, self.line, self.column)
        } else {
            (self.text.as_str(), SourceSpan::from((0, self.text.len())), self.first_line, 0)
        };
        let lines = self.text.lines().count();
        let contents = MietteSpanContents::new_named(self.name.clone(), data.as_bytes(), span, line, column, lines);
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, line: usize, column: usize) -> String {
        let excerpt = Excerpt::of(Path::new("a.yaml"), text.as_bytes(), line, column).expect("the line is there");
        let span = excerpt.span();
        excerpt.text[span.offset()..span.offset() + span.len()].to_owned()
    }

    #[test]
    fn the_word_at_the_place_is_marked() {
        assert_eq!(marked("a: 1\nbé: {c: 2}\n", 1, 5), "c");
        assert_eq!(marked("a: 1\r\nb: 2\r\n", 1, 0), "b");
    }

    #[test]
    fn a_very_long_line_is_shortened_around_the_place() {
        let text = format!("{}here {}", "x ".repeat(50_000), "y ".repeat(50_000));
        assert_eq!(marked(&text, 0, 100_000), "here");
        let excerpt = Excerpt::of(Path::new("a.json"), text.as_bytes(), 0, 100_000).expect("the line is there");
        assert!(excerpt.text.chars().count() <= WIDTH + 1);
    }

    #[test]
    fn a_place_beyond_the_end_does_not_panic() {
        assert_eq!(marked("a: 1", 0, 40), "");
        assert!(Excerpt::of(Path::new("a.yaml"), b"a: 1", 9, 0).is_none());
    }

    #[test]
    fn no_control_character_is_shown() {
        let excerpt = Excerpt::of(Path::new("a"), b"\x1b[31m\x00\xff", 0, 0).expect("the line is there");
        assert!(!excerpt.text.contains(['\x1b', '\0']), "{:?}", excerpt.text);
    }
}
