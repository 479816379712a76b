//! How a command ends: its result written, its messages shown, its exit code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use openapi_build::diagnostic::{Diagnostic, Severity};
use serde_json::{Map, Value};

use super::report::Reporter;
use super::{Format, json};

/// What a command did.
#[derive(Default)]
pub(super) struct Done {
    /// Its warnings and notes.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether the messages are themselves the result, and need not be shown again.
    pub(super) shown: bool,
    /// For people: what goes to standard output.
    pub(super) text: String,
    /// Where that goes instead, if the caller says so.
    pub(super) file: Option<PathBuf>,
    /// For machines: what stands beside the messages.
    pub(super) json: Map<String, Value>,
    /// What was found of that which the caller asked to fail on.
    pub(super) denied: Vec<String>,
    /// Whether it found what it looks for: something wrong.
    pub(super) failed: bool,
    /// What stopped it, where there is something to show all the same.
    pub(super) error: Option<Diagnostic>,
}

/// Shows what happened.
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

/// Which of the codes that the caller denies were found.
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
    // It strips colour where nobody sees it.
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads may stop early, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| unwritable("standard output", &error)),
    }
}

pub(super) fn unwritable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("W002", format!("{name} cannot be written: {error}")).help("check the folder")
}
