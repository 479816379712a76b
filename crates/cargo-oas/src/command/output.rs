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
    /// Whether the text already contains the messages.
    pub(super) shown: bool,
    /// The text for people.
    pub(super) text: String,
    /// The file to write instead of standard output.
    pub(super) file: Option<PathBuf>,
    /// The keys for machines, besides the messages.
    pub(super) json: Map<String, Value>,
    /// Which of the findings that the user denied exist.
    pub(super) denied: Vec<String>,
    /// Whether a check found something wrong.
    pub(super) failed: bool,
    /// The error that stopped the command, if it has something to show nevertheless.
    pub(super) error: Option<Diagnostic>,
}

/// Writes the result and shows the messages.
pub(super) fn finish(outcome: Result<Done, Diagnostic>, format: Format, reporter: &mut Reporter) -> ExitCode {
    let mut done = outcome.unwrap_or_else(|error| Done { error: Some(error), ..Done::default() });
    let code = match (&done.error, done.denied.is_empty() && !done.failed) {
        (Some(_), _) => 2,
        (None, false) => 1,
        (None, true) => 0,
    };
    if format == Format::Json {
        done.diagnostics.extend(done.error.clone());
    }
    let text = match format {
        Format::Text => done.text,
        Format::Json => format!("{:#}\n", json::document(code, &done.diagnostics, done.json)),
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
        if !done.shown {
            reporter.show_all(&done.diagnostics);
        }
        match &done.error {
            Some(error) => reporter.show(error),
            None if !done.denied.is_empty() => reporter.say(&format!("denied: {}", done.denied.join(", "))),
            None => {}
        }
    }
    ExitCode::from(code)
}

/// Which of the codes in `deny` are among `diagnostics`.
pub(super) fn denied(deny: &[String], diagnostics: &[Diagnostic]) -> Vec<String> {
    let found = |wanted: &&String| {
        diagnostics.iter().any(|diagnostic| match wanted.as_str() {
            "warnings" => diagnostic.severity >= Severity::Warning,
            code => diagnostic.code == code,
        })
    };
    deny.iter().filter(found).cloned().collect()
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
