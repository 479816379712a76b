//! `diff`: what changed between two versions of a definition, and what that does to old clients and to code.

use std::path::Path;

use clap::ValueEnum;
use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;
use openapi_build::track::{self, diff::Style};
use serde_json::Value;

use super::output::Done;
use super::{Format, progress};

/// What the report is written for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    Text,
    Markdown,
    Json,
}

impl DiffFormat {
    /// How the command ends.
    pub(super) fn ends(self) -> Format {
        match self {
            Self::Text | Self::Markdown => Format::Text,
            Self::Json => Format::Json,
        }
    }
}

/// What `--fail-on` names.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Old clients may no longer work, or code may no longer compile.
    Breaking,
    /// Anything but noise.
    Any,
}

pub(super) fn diff(
    old: &Path,
    new: &Path,
    format: DiffFormat,
    fail_on: Option<FailOn>,
    all: bool,
) -> Result<Done, Diagnostic> {
    let (old, new) = progress::during("reading", || Ok::<_, Diagnostic>((Loaded::path(old)?, Loaded::path(new)?)))?;
    let changes = progress::during("comparing", || track::diff(&old, &new))?;
    let failed = match fail_on {
        Some(FailOn::Breaking) if changes.is_breaking() => Some("breaking"),
        Some(FailOn::Any) if !changes.is_empty() => Some("any"),
        _ => None,
    };
    let mut done = Done { denied: failed.map(str::to_owned).into_iter().collect(), ..Done::default() };
    done.diagnostics.clone_from(&changes.diagnostics);
    match format {
        // Whatever prints it takes the colours out where nobody sees them.
        DiffFormat::Text => done.text = changes.to_text(Style { colour: true, all }),
        DiffFormat::Markdown => done.text = changes.to_markdown(),
        DiffFormat::Json => {
            if let Value::Object(object) = changes.to_json() {
                done.json = object;
            }
        }
    }
    Ok(done)
}
