//! `history`: the versions of a definition in git, and what each changed.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use openapi_build::diagnostic::Diagnostic;
use serde_json::Value;

use super::output::Done;
use super::{Format, progress};
use crate::history::{self, By};

#[derive(Args)]
pub(super) struct HistoryArguments {
    /// The folder with the manifest.
    #[arg(long, value_name = "DIR", default_value = "spec")]
    spec: PathBuf,
    /// Take each version tag with another definition as a version: the default, if there are any.
    #[arg(long, conflicts_with = "commits")]
    tags: bool,
    /// Take each commit that changed the definition as a version.
    #[arg(long)]
    commits: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = HistoryFormat::Text)]
    pub(super) format: HistoryFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The format of the report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum HistoryFormat {
    /// A table for people.
    Text,
    /// One JSON object for machines; the README describes it.
    Json,
    /// A page for a browser, with a chart: one file, which needs no network.
    Html,
}

impl HistoryFormat {
    /// The format of messages and exit code.
    pub(super) fn messages(self) -> Format {
        match self {
            Self::Text | Self::Html => Format::Text,
            Self::Json => Format::Json,
        }
    }
}

pub(super) fn history(arguments: &HistoryArguments) -> Result<Done, Diagnostic> {
    let by = match (arguments.tags, arguments.commits) {
        (true, _) => By::Tags,
        (_, true) => By::Commits,
        _ => By::TagsOrCommits,
    };
    let history = progress::during("reading the history", || history::history(&arguments.spec, by))?;
    let mut done = Done { file: arguments.output.clone(), ..Done::default() };
    match arguments.format {
        HistoryFormat::Text => done.text = history.to_text(),
        HistoryFormat::Html => done.text = history.to_html(&name(&arguments.spec)),
        HistoryFormat::Json => {
            if let Value::Object(object) = history.to_json() {
                done.json = object;
            }
        }
    }
    Ok(done)
}

/// What the folder is called: with the folder around it, because most are called `spec`.
fn name(spec: &Path) -> String {
    let full = spec.canonicalize().unwrap_or_else(|_| spec.to_owned());
    let names: Vec<_> = full.components().rev().take(2).map(|name| name.as_os_str().to_string_lossy()).collect();
    names.into_iter().rev().collect::<Vec<_>>().join("/")
}
