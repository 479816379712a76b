//! Writes the result of a command, shows its messages, and decides its exit code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use openapi_build::diagnostic::{Diagnostic, Severity};
use serde_json::{Map, Value};

use super::report::Reporter;
use super::{Format, json};

/// The result of a command.
#[derive(Default)]
pub(super) struct Done {
    /// Its warnings and notes.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the text already contains the messages, except errors.
    pub(super) shown: bool,
    /// Whether every message is shown, however many there are of one code.
    pub(super) all: bool,
    /// The text for people.
    pub(super) text: String,
    /// The file to write instead of standard output.
    pub(super) file: Option<PathBuf>,
    /// The keys for machines, besides the messages.
    pub(super) json: Map<String, Value>,
    /// The changes that the user does not accept (`--fail-on`) and that exist.
    pub(super) unaccepted: Vec<String>,
    /// Whether a check found something wrong.
    pub(super) failed: bool,
    /// The error that stopped the command, if it has something to show nevertheless.
    pub(super) error: Option<Diagnostic>,
}

/// Writes the result and shows the messages.
pub(super) fn finish(outcome: Result<Done, Diagnostic>, format: Format, reporter: &mut Reporter) -> ExitCode {
    let done = outcome.unwrap_or_else(|error| Done { error: Some(error), ..Done::default() });
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let failed = done.failed || !done.unaccepted.is_empty() || done.diagnostics.iter().any(is_error);
    let code = match done.error {
        Some(_) => 2,
        None => u8::from(failed),
    };
    let mut findings = done.diagnostics;
    findings.extend(done.error.into_iter().flat_map(Diagnostic::into_all));
    let text = match format {
        Format::Text => done.text,
        Format::Json => format!("{:#}\n", json::document(code, &findings, done.json)),
    };
    let shown = match &done.file {
        Some(path) => write(path, &anstream::adapter::strip_str(&text).to_string()),
        None => print(&text),
    };
    if let Err(error) = shown {
        reporter.show(&error);
        return ExitCode::from(2);
    }
    if format == Format::Text {
        findings.retain(|finding| !done.shown || is_error(finding));
        reporter.show_all(&findings, done.all);
        if !done.unaccepted.is_empty() {
            reporter.say(&format!("denied: {}", done.unaccepted.join(", ")));
        }
    }
    ExitCode::from(code)
}

/// Writes a file.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    std::fs::write(path, text).map_err(|error| unwritable(&path.display().to_string(), &error))
}

fn print(text: &str) -> Result<(), Diagnostic> {
    // anstream strips colors unless this is a terminal.
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader may stop early, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| unwritable("standard output", &error)),
    }
}

pub(super) fn unwritable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("W002", format!("{name} cannot be written: {error}"))
        .help("check that the folder exists and is writable")
}
