//! The messages of the pipeline: each has a severity, a code, a text, a place, and advice on what to do.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::codes;

/// The severity of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// The client differs from the definition, or may differ in future.
    Warning,
    /// Nothing is generated; or the user denies findings with this code.
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

impl Position {
    /// The place of the byte `offset` of `text`, which `file` holds.
    pub(crate) fn at(file: &Path, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
        Self { file: file.to_owned(), line, column }
    }
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
    /// The severity that it was found with, if the user denies it.
    denied: Option<Severity>,
    /// The index of the document that it is about, if there are several.
    pub(crate) document: Option<u16>,
    others: Box<[Diagnostic]>,
}

impl Diagnostic {
    /// Creates a message with that severity and code.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            pointer: None,
            position: None,
            help: None,
            denied: None,
            document: None,
            others: Box::default(),
        }
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

    /// The severity that it was found with, before the user denied its code ([`Levels`](crate::levels::Levels)).
    pub fn found_as(&self) -> Severity {
        self.denied.unwrap_or(self.severity)
    }

    /// Whether it is an error only because the user denies its code.
    pub fn is_denied(&self) -> bool {
        self.denied.is_some()
    }

    /// Makes a note or a warning an error, because `by` denies it.
    pub(crate) fn deny(mut self, by: &str) -> Self {
        if self.severity < Severity::Error {
            self.denied = Some(self.severity);
            self.severity = Severity::Error;
            self.help = Some(match self.help {
                Some(help) => format!("{help}; denied by {by}"),
                None => format!("denied by {by}"),
            });
        }
        self
    }

    /// The other findings of the run that this error ended: first the other errors, then warnings, then notes.
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// This message and its [`others`](Self::others).
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// This message and its [`others`](Self::others), one by one.
    pub fn into_all(mut self) -> Vec<Self> {
        let others = std::mem::take(&mut self.others);
        std::iter::once(self).chain(others).collect()
    }

    /// Returns this message and its [`others`](Self::others), each changed by `change`.
    #[must_use]
    pub fn map_all(mut self, mut change: impl FnMut(Self) -> Self) -> Self {
        let others = std::mem::take(&mut self.others).into_vec();
        let mut changed = change(self);
        changed.others = others.into_iter().map(change).collect();
        changed
    }

    /// Returns the error with more of the findings of the run that it ended.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = Self>) -> Self {
        let mut all = std::mem::take(&mut self.others).into_vec();
        all.extend(others.into_iter().flat_map(Self::into_all));
        all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.others = all.into();
        self
    }

    /// The first error of `findings` with all the others; `None` if none of them is an error.
    pub fn several(findings: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all: Vec<Self> = findings.into_iter().flat_map(Self::into_all).collect();
        let first = all.iter().position(|finding| finding.severity == Severity::Error)?;
        let first = all.remove(first);
        Some(first.with_others(all))
    }
}

/// The warnings about entries of `track.toml` and about days until which something stays.
pub(crate) const OF_JUDGMENT: [&str; 4] = ["T004", "T005", "T006", "T008"];

/// Whether only a comparison has findings of that code: `explain` does not list them.
fn is_of_comparison(code: &str) -> bool {
    code == "T002" || OF_JUDGMENT.contains(&code)
}

/// How many findings with one code are shown one by one.
const FEW: usize = 3;

/// The findings as they are shown to people: up to three with one code and severity one by one, and more as one message: the
/// first, with their number.
pub fn grouped(findings: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut counts: HashMap<(Severity, &str), usize> = HashMap::new();
    for finding in findings {
        *counts.entry((finding.severity, finding.code)).or_default() += 1;
    }
    let mut shown = Vec::new();
    for finding in findings {
        match counts.get_mut(&(finding.severity, finding.code)) {
            Some(0) => {}
            Some(count) if *count > FEW => {
                let same = |other: &&Diagnostic| (other.severity, other.code) == (finding.severity, finding.code);
                let others = findings.iter().filter(same).skip(1);
                shown.push(first_of(finding, std::mem::take(count), others));
            }
            _ => shown.push(finding.clone()),
        }
    }
    shown
}

/// The message that stands for `count` findings, of which `first` is the first.
fn first_of<'d>(first: &Diagnostic, count: usize, others: impl Iterator<Item = &'d Diagnostic>) -> Diagnostic {
    let mut group = first.clone();
    let title = codes::title(first.code).map(|title| format!(": {title}")).unwrap_or_default();
    group.message = format!("{count} times{title}; the first: {}", first.message);
    let all = match is_of_comparison(first.code) {
        true => {
            let places = others.filter_map(|other| other.position.as_deref());
            format!("the others are at {}", places.map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        false => "`cargo oas explain --all` lists them all".to_owned(),
    };
    group.help(first.help.as_ref().map_or(all.clone(), |help| format!("{help}; {all}")))
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

    #[test]
    fn several_findings_are_one_error_whose_others_are_the_rest() {
        let finding = |severity, message: &str| Diagnostic::new(severity, "Q031", message);
        assert_eq!(Diagnostic::several([finding(Severity::Warning, "a"), finding(Severity::Note, "b")]), None);
        let inner = finding(Severity::Error, "c").with_others([finding(Severity::Note, "d")]);
        let error = Diagnostic::several([finding(Severity::Warning, "a"), finding(Severity::Error, "b"), inner]);
        let messages = error.expect("an error").into_all().into_iter().map(|finding| finding.message);
        assert_eq!(messages.collect::<Vec<_>>(), ["b", "c", "a", "d"]);
    }

    #[test]
    fn more_than_a_few_findings_with_one_code_are_one_message() {
        let findings = |count| (0..count).map(|n| Diagnostic::warning("Q031", format!("m{n}"))).collect::<Vec<_>>();
        assert_eq!(grouped(&findings(FEW)), findings(FEW));
        let mut many = findings(40);
        many.insert(1, Diagnostic::warning("Q005", "other"));
        many.push(Diagnostic::error("Q031", "another severity"));
        let lines: Vec<String> = grouped(&many).iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("warning[Q031]: 40 times: ") && lines[0].contains("; the first: m0"), "{lines:?}");
        assert_eq!(lines[1..], ["warning[Q005]: other", "error[Q031]: another severity"]);
    }
}
