//! The lines of a file around a place, cut to what fits a screen: a document may be one line of megabytes.

use std::path::Path;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use openapi_build::diagnostic::Position;

/// How many lines are shown before and after the line that is meant.
const LINES: usize = 2;

/// How many characters of a line are shown.
const WIDTH: usize = 160;

/// How many characters before the place are shown where a line has to be cut.
const BEFORE: usize = 60;

/// A few lines of a file, and the place in them that is meant.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    first_line: usize,
    /// In the file, both from 0.
    line: usize,
    column: usize,
    /// In `text`, in bytes.
    span: SourceSpan,
}

impl Excerpt {
    /// What stands at `position`; `None` where the file cannot be read, or only the file is known.
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
            let meant = first_line + index == line;
            // What no terminal should be sent is shown as the replacement character.
            let shown: String = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes))
                .chars()
                .skip(if meant { skipped(column) } else { 0 })
                .take(WIDTH)
                .map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c })
                .collect();
            if meant {
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

    /// The place, in the excerpt.
    pub(super) fn span(&self) -> SourceSpan {
        self.span
    }
}

/// How many characters of the line are left out before the place.
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
        // Asked for no context, it says where the place is in the file.
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

    fn meant(text: &str, line: usize, column: usize) -> String {
        let excerpt = Excerpt::of(Path::new("a.yaml"), text.as_bytes(), line, column).expect("the line is there");
        let span = excerpt.span();
        excerpt.text[span.offset()..span.offset() + span.len()].to_owned()
    }

    #[test]
    fn the_word_at_the_place_is_meant() {
        assert_eq!(meant("a: 1\nbé: {c: 2}\n", 1, 5), "c");
        assert_eq!(meant("a: 1\r\nb: 2\r\n", 1, 0), "b");
    }

    #[test]
    fn a_line_without_end_is_cut_around_the_place() {
        let text = format!("{}here {}", "x ".repeat(50_000), "y ".repeat(50_000));
        assert_eq!(meant(&text, 0, 100_000), "here");
        let excerpt = Excerpt::of(Path::new("a.json"), text.as_bytes(), 0, 100_000).expect("the line is there");
        assert!(excerpt.text.chars().count() <= WIDTH + 1);
    }

    #[test]
    fn a_place_beyond_the_end_is_no_panic() {
        assert_eq!(meant("a: 1", 0, 40), "");
        assert!(Excerpt::of(Path::new("a.yaml"), b"a: 1", 9, 0).is_none());
    }

    #[test]
    fn no_control_character_is_shown() {
        let excerpt = Excerpt::of(Path::new("a"), b"\x1b[31m\x00\xff", 0, 0).expect("the line is there");
        assert!(!excerpt.text.contains(['\x1b', '\0']), "{:?}", excerpt.text);
    }
}
