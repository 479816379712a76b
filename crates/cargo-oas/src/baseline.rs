//! The baseline, which is usually the last release: the definition and the package version at that time, and the version
//! that the changes since then require.

use std::path::{Path, PathBuf};

use openapi_build::diagnostic::Diagnostic;
use openapi_build::manifest;
use openapi_build::pipeline::Loaded;
use openapi_build::track;
use openapi_build::track::diff::Changes;
use openapi_build::track::semver::{self, Level};
use openapi_build::track::surface::{self, Surface};

use crate::git;
use crate::package::Package;

/// A folder with an earlier definition, and the version that the package had then.
#[derive(Debug)]
pub(crate) struct Baseline {
    /// The revision or folder, as the user named it.
    pub(crate) name: String,
    spec: PathBuf,
    version: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

/// The least version that may follow a baseline.
#[derive(Debug)]
pub(crate) struct Required {
    /// The changes since then.
    pub(crate) changes: Changes,
    /// The level of these changes.
    pub(crate) level: Level,
    /// The version of the baseline.
    pub(crate) before: String,
    /// The least version that may follow it.
    pub(crate) version: String,
}

impl Baseline {
    /// The baseline that `given` names, which is a folder or a revision; without it, the last version tag, if there is one.
    ///
    /// # Errors
    ///
    /// `K005`, if `given` does not exist or does not have this folder.
    pub(crate) fn find(spec: &Path, given: Option<&str>) -> Result<Option<Self>, Diagnostic> {
        match given {
            Some(name) => Self::named(spec, name).map(Some),
            None => match git::last_tag(spec) {
                // There is nothing to compare with if the tag is older than the definition.
                Some(tag) if git::show(spec, &tag, manifest::FILE_NAME).is_some() => {
                    Self::revision(spec, root(spec).as_deref(), &tag).map(Some)
                }
                _ => Ok(None),
            },
        }
    }

    /// The baseline `name`, which is a folder or a revision.
    ///
    /// # Errors
    ///
    /// `K005`, if it does not exist or does not have this folder.
    pub(crate) fn named(spec: &Path, name: &str) -> Result<Self, Diagnostic> {
        let root = root(spec);
        match Path::new(name) {
            folder if folder.is_dir() => Self::folder(spec, root.as_deref(), folder),
            _ => Self::revision(spec, root.as_deref(), name),
        }
    }

    /// The baseline in `folder`, which is a folder with a manifest or a copy of the package.
    fn folder(spec: &Path, root: Option<&Path>, folder: &Path) -> Result<Self, Diagnostic> {
        let inner = root.and_then(|root| Some(spec.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned()));
        let candidates = [Some(folder.to_owned()), inner.map(|inner| folder.join(inner))];
        let found = candidates.into_iter().flatten().find(|candidate| candidate.join(manifest::FILE_NAME).exists());
        let Some(found) = found else {
            return Err(Diagnostic::error("K005", format!("{} has no definition", folder.display()))
                .help("pass a folder with a spec.toml, or a copy of the package"));
        };
        let version = Package::around(&found).and_then(|package| package.version);
        Ok(Self { name: folder.display().to_string(), spec: found, version, _folder: None })
    }

    fn revision(spec: &Path, root: Option<&Path>, revision: &str) -> Result<Self, Diagnostic> {
        let folder = tempfile::tempdir().map_err(|error| {
            Diagnostic::error("W002", format!("a temporary directory cannot be created: {error}")).help("check TMPDIR")
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

    /// The version that `new`, the current definition, requires, whose surface is `api`; `None` if the version of the baseline is
    /// unknown.
    ///
    /// # Errors
    ///
    /// `T003`, and any error of generating either client.
    pub(crate) fn required(
        &self,
        new: &Loaded,
        api: &str,
        judging: &track::Options,
    ) -> Result<Option<Required>, Diagnostic> {
        let Some(before) = self.version.clone() else { return Ok(None) };
        let old = self.load()?;
        let mut changes = track::diff_with(&old, new, judging)?;
        // Only the committed surface shows what a newer generator changed.
        if let Some(committed) = self.surface()? {
            changes = changes.with_generator(&committed, &old)?;
            let items = semver::compare(&committed, &Surface::parse(api)?);
            let level = items.iter().map(|item| item.level).max().unwrap_or_default();
            changes.verdict.rust = changes.verdict.rust.max(level);
        }
        let level = changes.verdict.rust;
        let unchanged = changes.is_empty() && level == Level::Patch;
        let version = if unchanged { Some(before.clone()) } else { level.after(&before) };
        Ok(version.map(|version| Required { changes, level, before, version }))
    }

    /// Its definition.
    ///
    /// # Errors
    ///
    /// As [`Loaded::folder`].
    pub(crate) fn load(&self) -> Result<Loaded, Diagnostic> {
        Loaded::folder(&self.spec)
    }

    /// The version that the package had.
    pub(crate) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// What its `api.txt` says, if it has one.
    ///
    /// # Errors
    ///
    /// As [`surface_in`].
    pub(crate) fn surface(&self) -> Result<Option<Surface>, Diagnostic> {
        surface_in(&self.spec)
    }
}

/// What `api.txt` in the folder `spec` says, if the folder has one.
///
/// # Errors
///
/// If it is not what a generator wrote.
pub(crate) fn surface_in(spec: &Path) -> Result<Option<Surface>, Diagnostic> {
    match std::fs::read_to_string(spec.join(surface::FILE_NAME)) {
        Ok(text) => Surface::parse(&text).map(Some),
        Err(_) => Ok(None),
    }
}

/// The root of the package around `spec`.
fn root(spec: &Path) -> Option<PathBuf> {
    Package::around(spec).map(|package| package.root)
}
