//! `diff`: what changed between two versions of a definition, and how that affects old clients and code.

use std::path::Path;

use clap::ValueEnum;
use openapi_build::diagnostic::Diagnostic;
use openapi_build::manifest;
use openapi_build::pipeline::Loaded;
use openapi_build::track::{
    self,
    diff::{Page, Style},
};
use serde_json::Value;

use super::output::Done;
use super::{Format, LevelArguments, progress};
use crate::package::Package;

/// The format of the report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people.
    Text,
    /// For pull requests.
    Markdown,
    /// One JSON object for machines; the README describes it.
    Json,
    /// A page for a browser: one file, which needs no network.
    Html,
}

impl DiffFormat {
    /// The format of messages and exit code.
    pub(super) fn messages(self) -> Format {
        match self {
            Self::Text | Self::Markdown | Self::Html => Format::Text,
            Self::Json => Format::Json,
        }
    }
}

/// The values of `--fail-on`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Old clients may no longer work, or code may no longer compile.
    Breaking,
    /// Anything but noise changed.
    Any,
}

pub(super) fn diff(
    old: &Path,
    new: &Path,
    output: Option<&Path>,
    format: DiffFormat,
    fail_on: Option<FailOn>,
    all: bool,
    levels: &LevelArguments,
) -> Result<Done, Diagnostic> {
    let reading = levels.reading()?;
    let names = (old.display().to_string(), new.display().to_string());
    let version = version_of(old);
    let (old, new) = progress::during("reading", || Ok::<_, Diagnostic>((Loaded::path(old)?, reading.path(new)?)))?;
    let mut changes = progress::during("comparing", || track::diff(&old, &new))?;
    changes.versions = version.and_then(|current| {
        let needed = if changes.is_empty() { current.clone() } else { changes.verdict.rust.after(&current)? };
        Some((current, needed))
    });
    let failed = match fail_on {
        Some(FailOn::Breaking) if changes.is_breaking() => Some("breaking"),
        Some(FailOn::Any) if !changes.is_empty() => Some("any"),
        _ => None,
    };
    let mut done = Done { unaccepted: failed.map(str::to_owned).into_iter().collect(), ..Done::default() };
    done.file = output.map(Path::to_owned);
    done.diagnostics.clone_from(&changes.diagnostics);
    match format {
        // Colors are removed when the text is printed to anything but a terminal.
        DiffFormat::Text => done.text = changes.to_text(Style { colour: true, all }),
        DiffFormat::Html => done.text = changes.to_html(&old, &new, &Page { names: Some(names), version: None }),
        DiffFormat::Markdown => done.text = changes.to_markdown(),
        DiffFormat::Json => {
            if let Value::Object(object) = changes.to_json() {
                done.json = object;
            }
        }
    }
    Ok(done)
}

/// The version of the crate whose definition `path` is: a folder with a manifest, or a file in one.
fn version_of(path: &Path) -> Option<String> {
    let folder = if path.is_dir() { path } else { path.parent()? };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.join(manifest::FILE_NAME).is_file().then(|| Package::around(folder)?.version).flatten()
}
