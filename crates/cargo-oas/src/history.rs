//! The history of a folder with a definition, from git.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `H001` | git knows no version of the folder |

use std::path::Path;

use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;
use openapi_build::track;
use openapi_build::track::history::{History, Size, Step, Version};
use openapi_build::track::judgment::Judgment;

use crate::git::{self, Commit};
use crate::place::about;
use crate::record::Date;

/// What makes a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// A tag that looks like a version; a commit, if no such tag has the folder.
    TagsOrCommits,
    /// A tag that looks like a version.
    Tags,
    /// A commit that changed the definition.
    Commits,
}

/// The history of the folder `spec`. A version that cannot be read, or not be compared with the one before, has its error.
///
/// # Errors
///
/// `H001`.
pub(crate) fn history(spec: &Path, by: By) -> Result<History, Diagnostic> {
    let commits = match by {
        By::Tags => git::tagged(spec),
        By::Commits => git::commits(spec),
        By::TagsOrCommits => {
            Some(git::tagged(spec)).filter(|tagged| !tagged.is_empty()).unwrap_or_else(|| git::commits(spec))
        }
    };
    if commits.is_empty() {
        let (what, help) = match by {
            By::Tags if git::has_commits(spec) => ("no version tag has a definition here", "pass --commits"),
            _ => ("git knows no version of this folder", "pass a folder of a git repository, and commit it"),
        };
        return Err(about(spec, Diagnostic::error("H001", what)).help(help));
    }
    let mut history = History::default();
    let mut last: Option<Loaded> = None;
    for commit in commits {
        let mut version = version(&commit);
        match read(spec, &commit.hash) {
            Ok((loaded, size)) => {
                version.size = Some(size);
                // What a version does to its clients, it does on its own day.
                let options = track::Options::default().today(day(&commit));
                match last.as_ref().map(|last| track::diff_with(last, &loaded, &options)) {
                    Some(Ok(changes)) => version.step = Some(Step::of(&changes)),
                    Some(Err(error)) => version.error = Some(error),
                    None => {}
                }
                last = Some(loaded);
            }
            Err(error) => version.error = Some(error),
        }
        history.versions.push(version);
    }
    Ok(history)
}

fn version(commit: &Commit) -> Version {
    let short: String = commit.hash.chars().take(10).collect();
    Version {
        name: if commit.tags.is_empty() { short } else { commit.tags.join(", ") },
        commit: commit.hash.clone(),
        title: commit.title.clone(),
        date: day(commit).to_string(),
        seconds: commit.seconds,
        ..Version::default()
    }
}

/// The day of a commit, in UTC.
fn day(commit: &Commit) -> Date {
    Date::from_unix_time(u64::try_from(commit.seconds).unwrap_or_default())
}

/// The definition that a commit has, and its size.
fn read(spec: &Path, commit: &str) -> Result<(Loaded, Size), Diagnostic> {
    let folder = tempfile::tempdir().map_err(|error| {
        Diagnostic::error("W002", format!("a temporary directory cannot be created: {error}")).help("check TMPDIR")
    })?;
    git::export(spec, commit, folder.path())?;
    let mut loaded = Loaded::folder(folder.path())?;
    // A judgment that cannot be read is no reason to leave a version out.
    if loaded.judgment().is_err() {
        loaded = loaded.judged_by(Judgment::default());
    }
    let size = Size::of(&loaded)?;
    Ok((loaded, size))
}
