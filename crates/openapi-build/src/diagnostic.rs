//! Every message of the pipeline: how bad it is, its code, what it says, where, and how to go on.

use std::fmt;
use std::path::PathBuf;

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// Something is not as the definition says, or soon will not be.
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

/// Where in a file a [`Diagnostic`] points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1; 0 where only the file is known.
    pub line: usize,
    /// The column in characters, from 1; 0 where only the file is known.
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
    /// How bad it is.
    pub severity: Severity,
    /// Its stable code, such as `Q003`.
    pub code: &'static str,
    /// What is the matter, in one sentence.
    pub message: String,
    /// The place in the document, as a JSON pointer (RFC 6901); `""` is its root.
    pub pointer: Option<String>,
    /// The place in a file, where it is known.
    pub position: Option<Box<Position>>,
    /// How to go on.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A message of that severity and code.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), pointer: None, position: None, help: None }
    }

    /// An error of that code.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning of that code.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note of that code.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// The same message, about the node at `pointer`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same message, about that place in a file.
    #[must_use]
    pub fn in_file(mut self, position: Position) -> Self {
        self.position = Some(Box::new(position));
        self
    }

    /// The same message, with a way on.
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

/// `text` with its control characters escaped: it may quote a document, and must stay one line of a build log.
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
