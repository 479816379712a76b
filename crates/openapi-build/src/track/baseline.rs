//! What was released last: the definition and the version that a package had then, and the version that what changed
//! since asks for.

use std::path::{Path, PathBuf};

use super::diff::Changes;
use super::package::Package;
use super::semver::{self, Level};
use super::surface::{self, Surface};
use super::{Derived, diff, git};
use crate::diagnostic::Diagnostic;
use crate::manifest;
use crate::pipeline::Loaded;

/// A folder with a definition as it was, and the version of the package then.
#[derive(Debug)]
pub(crate) struct Baseline {
    /// What it is called: a revision, or a folder.
    pub(crate) name: String,
    spec: PathBuf,
    version: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

/// The least version that may come after a baseline.
#[derive(Debug)]
pub(crate) struct Required {
    /// What changed since.
    pub(crate) changes: Changes,
    /// What that asks for.
    pub(crate) level: Level,
    /// The version of the baseline, and the least that may come after it.
    pub(crate) before: String,
    pub(crate) version: String,
}

impl Baseline {
    /// What `given` names, a folder or a revision; without it the last tag, if there is one.
    ///
    /// # Errors
    ///
    /// `K005`, where `given` names nothing, or nothing with this folder in it.
    pub(crate) fn find(spec: &Path, given: Option<&str>) -> Result<Option<Self>, Diagnostic> {
        let package = Package::around(spec);
        let root = package.as_ref().map(|package| package.root.clone());
        match given {
            Some(folder) if Path::new(folder).is_dir() => {
                Self::folder(spec, root.as_deref(), Path::new(folder)).map(Some)
            }
            Some(revision) => Self::revision(spec, root.as_deref(), revision).map(Some),
            None => match git::last_tag(spec) {
                // A tag from before there was a definition is nothing to compare with.
                Some(tag) if git::show(spec, &tag, manifest::FILE_NAME).is_some() => {
                    Self::revision(spec, root.as_deref(), &tag).map(Some)
                }
                _ => Ok(None),
            },
        }
    }

    /// A folder with a manifest, or a copy of the package.
    fn folder(spec: &Path, root: Option<&Path>, folder: &Path) -> Result<Self, Diagnostic> {
        let inner = root.and_then(|root| Some(spec.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned()));
        let candidates = [Some(folder.to_owned()), inner.map(|inner| folder.join(inner))];
        let found = candidates.into_iter().flatten().find(|candidate| candidate.join(manifest::FILE_NAME).exists());
        let Some(found) = found else {
            return Err(Diagnostic::error("K005", format!("{} has no definition", folder.display()))
                .help("give a folder with a spec.toml, or a copy of the package"));
        };
        let version = Package::around(&found).and_then(|package| package.version);
        Ok(Self { name: folder.display().to_string(), spec: found, version, _folder: None })
    }

    fn revision(spec: &Path, root: Option<&Path>, revision: &str) -> Result<Self, Diagnostic> {
        let folder = tempfile::tempdir().map_err(|error| {
            Diagnostic::error("W002", format!("there is no place for temporary files: {error}")).help("check TMPDIR")
        })?;
        git::export(spec, revision, folder.path())?;
        let version = root.and_then(|root| {
            let manifest = String::from_utf8(git::show(root, revision, "Cargo.toml")?).ok()?;
            let tree: toml::Table = manifest.parse().ok()?;
            let version = tree.get("package").and_then(|package| package.get("version"));
            let of_workspace = || tree.get("workspace")?.get("package")?.get("version");
            Some(version.filter(|version| version.is_str()).or_else(of_workspace)?.as_str()?.to_owned())
        });
        Ok(Self { name: revision.to_owned(), spec: folder.path().to_owned(), version, _folder: Some(folder) })
    }

    /// The version that `new`, the definition in `spec`, asks for; `None` where the baseline's is not known.
    ///
    /// # Errors
    ///
    /// Whatever keeps a client of one of them from being generated.
    pub(crate) fn required(&self, new: &Loaded) -> Result<Option<Required>, Diagnostic> {
        let Some(before) = self.version.clone() else { return Ok(None) };
        let old = Loaded::folder(&self.spec)?;
        let mut changes = diff(&old, new)?;
        // What the generator itself has changed since is in the committed surface alone.
        if let Some(committed) = self.surface()? {
            let current = Surface::parse(&Derived::of(&new.generate()?)?.api)?;
            let items = semver::compare(&committed, &current);
            let level = items.iter().map(|item| item.level).max().unwrap_or_default();
            changes.verdict.rust = changes.verdict.rust.max(level);
        }
        let level = changes.verdict.rust;
        let unchanged = changes.is_empty() && level == Level::Patch;
        let version = if unchanged { Some(before.clone()) } else { level.after(&before) };
        Ok(version.map(|version| Required { changes, level, before, version }))
    }

    fn surface(&self) -> Result<Option<Surface>, Diagnostic> {
        match std::fs::read_to_string(self.spec.join(surface::FILE_NAME)) {
            Ok(text) => Surface::parse(&text).map(Some),
            Err(_) => Ok(None),
        }
    }
}

/// Whether the version `one` comes before `other`: by their three numbers.
pub(crate) fn is_less(one: &str, other: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        core.split('.').map(|number| number.parse().unwrap_or(0)).collect()
    };
    // A version that is a pre-release comes before the release.
    let pre = |version: &str| !version.split('+').next().unwrap_or_default().contains('-');
    (numbers(one), pre(one)) < (numbers(other), pre(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_less("0.9.0", "0.10.0") && is_less("1.0.0-rc.1", "1.0.0") && is_less("1.2.3", "2.0.0"));
        assert!(!is_less("1.0.0", "1.0.0") && !is_less("0.10.0", "0.9.1"));
    }
}
