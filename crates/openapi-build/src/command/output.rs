//! How a command ends: its result written, its messages shown, its exit code.

use std::io::Write;
use std::path::Path;
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
    /// For machines: what stands beside the messages.
    pub(super) json: Map<String, Value>,
    /// Whether something that the caller asked to fail on was found.
    pub(super) denied: Vec<String>,
}

/// Shows what happened.
pub(super) fn finish(outcome: Result<Done, Diagnostic>, format: Format, reporter: &mut Reporter) -> ExitCode {
    let (done, code) = match outcome {
        Ok(done) if done.denied.is_empty() => (done, 0),
        Ok(done) => (done, 1),
        Err(error) => (Done { diagnostics: vec![error], ..Done::default() }, 2),
    };
    let text = match format {
        Format::Text => done.text,
        Format::Json => format!("{:#}\n", json::document(code, &done.diagnostics, done.json)),
    };
    if let Err(error) = print(&text) {
        reporter.show(&error);
        return ExitCode::from(2);
    }
    if format == Format::Text && !done.shown {
        reporter.show_all(&done.diagnostics);
    }
    if format == Format::Text && code == 1 {
        reporter.say(&format!("denied: {}", done.denied.join(", ")));
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

fn unwritable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("W002", format!("{name} cannot be written: {error}")).help("check the folder")
}
