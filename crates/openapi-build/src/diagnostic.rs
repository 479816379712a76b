//! The messages of the pipeline: each has a severity, a code, a text, a place, and advice on what to do.

use std::fmt;
use std::path::PathBuf;

/// The severity of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// The client differs from the definition, or may differ in future.
    Warning,
    /// Nothing is generated.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The place in a file that a [`Diagnostic`] refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1; 0 if only the file is known.
    pub line: usize,
    /// The column in characters, from 1; 0 if only the file is known.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        Ok(())
    }
}

/// A message about the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its severity.
    pub severity: Severity,
    /// Its stable code, such as `Q003`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The place in the document, as a JSON pointer (RFC 6901); `""` is its root.
    pub pointer: Option<String>,
    /// The place in a file, if it is known.
    pub position: Option<Box<Position>>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Creates a message with that severity and code.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), pointer: None, position: None, help: None }
    }

    /// Creates an error with that code.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Creates a warning with that code.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Creates a note with that code.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Returns the message with the place `pointer` in the document.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Returns the message with that place in a file.
    #[must_use]
    pub fn in_file(mut self, position: Position) -> Self {
        self.position = Some(Box::new(position));
        self
    }

    /// Returns the message with advice on what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// `error[S004]: spec/x.yaml:3:1: #/paths: … (help: …)`, on one line.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity, self.code)?;
        if let Some(position) = &self.position {
            write!(f, "{position}: ")?;
        }
        if let Some(pointer) = &self.pointer {
            write!(f, "#{}: ", one_line(pointer))?;
        }
        write!(f, "{}", one_line(&self.message))?;
        if let Some(help) = &self.help {
            write!(f, " (help: {})", one_line(help))?;
        }
        Ok(())
    }
}

/// Escapes the control characters in `text`, which may quote a document and must stay on one line of a build log.
fn one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, c| {
        if c.is_control() {
            line.extend(c.escape_default())
        } else {
            line.push(c)
        }
        line
    })
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_it_quotes() {
        let diagnostic = Diagnostic::error("S005", "`a\nb` \u{1b}[31m").at("/a\n").help("c\td");
        assert_eq!(diagnostic.to_string(), r"error[S005]: #/a\n: `a\nb` \u{1b}[31m (help: c\td)");
    }
}
