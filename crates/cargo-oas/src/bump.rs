//! Takes in a new version of a file together with everything that follows from it, or changes nothing.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `B001` | the manifest has no file or document of that name, or the document has several files |
//! | `B002` | the folder has uncommitted changes |
//! | `B003` | the new client does not compile |
//! | `B004` | the package's own code does not compile with the new client |
//! | `B005` | the new client was not compiled |
//! | `B006` | an interrupted update was undone |
//! | `B007` | the definition was extracted from a page |
//! | `B008` | git would change the line endings of the new file, and so its digest |
//! | `B009` | there is no changelog |

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::levels::Levels;
use openapi_build::manifest::{self, Manifest};
use openapi_build::pipeline::{Loaded, Reading};
use openapi_build::source::{self, SourceFile, page};
use openapi_build::tool;
use openapi_build::track::diff::Changes;
use openapi_build::track::version::compare;
use openapi_build::track::{self, Derived};

use crate::baseline::{Baseline, surface_in};
use crate::fetch::{self, Limits};
use crate::guard::{self, Guard};
use crate::package::Package;
use crate::place::{about, at_start};
use crate::record::{self, Date};
use crate::steps::{Step, Steps};
use crate::swap::{self, Swap};
use crate::{changelog, git};

/// What to take in, and how.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The folder with the manifest.
    pub(crate) spec: PathBuf,
    /// The path of a file in the manifest, or the name of a document that has one file.
    pub(crate) name: String,
    /// The new version: a file, or a URL.
    pub(crate) source: String,
    /// How much to accept from a file or server.
    pub(crate) limits: Limits,
    /// Whether the folder may have uncommitted changes.
    pub(crate) allow_dirty: bool,
    /// Whether the package around the folder must compile with the new client.
    pub(crate) compile: bool,
    /// Whether to write the proposed version into the package's manifest.
    pub(crate) set_version: bool,
    /// The date to write into the manifest.
    pub(crate) date: Date,
    /// Which findings in the new version are silenced, and which ones stop the bump.
    pub(crate) levels: Levels,
    /// Old and new prefixes of paths.
    pub(crate) prefixes: Vec<(String, String)>,
}

impl Options {
    /// Takes in `source` as `name` in the folder `spec`, dated today and with every check.
    pub(crate) fn new(spec: impl Into<PathBuf>, name: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            spec: spec.into(),
            name: name.into(),
            source: source.into(),
            limits: Limits::default(),
            allow_dirty: false,
            compile: true,
            set_version: false,
            date: record::today(),
            levels: Levels::default(),
            prefixes: Vec::new(),
        }
    }
}

/// A new version that is ready to be taken in. [`apply`](Self::apply) writes it.
#[derive(Debug)]
pub(crate) struct Bump {
    /// The path of the file in the folder.
    pub(crate) path: String,
    /// What changes; `None` where the new version is the old one, byte for byte.
    pub(crate) changes: Option<Changes>,
    /// The old version and the new one, for reports that show their texts.
    pub(crate) versions: Option<(Loaded, Loaded)>,
    /// The current version of the package, and the proposed one.
    pub(crate) version: Option<(String, String)>,
    /// The overlay actions that no longer match anything.
    pub(crate) stale: Vec<Diagnostic>,
    /// The overlay actions that are redundant, because upstream now says the same.
    pub(crate) redundant: Vec<Diagnostic>,
    /// Other warnings and notes.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files to write, with their contents.
    pub(crate) files: Vec<(PathBuf, Vec<u8>)>,
    spec: PathBuf,
    /// Until all is written, nobody else takes in a version.
    _guard: Guard,
}

impl Bump {
    /// Does everything but write: whatever else can fail, fails here. Tells `steps` what it is doing.
    ///
    /// # Errors
    ///
    /// `B001` to `B004`, `B010`, `F001` to `F004`, `S001` to `S012`, `T001`, and any error of generating the client. In each case
    /// nothing has changed.
    pub(crate) fn prepare(options: &Options, steps: Steps<'_>) -> Result<Self, Diagnostic> {
        let spec = &options.spec;
        let package = Package::around(spec);
        let mut bump = Self::nothing(spec, Guard::take(folders(options, package.as_ref()))?);
        if swap::recover(spec)? {
            let message = "an earlier update of this folder was interrupted, and has now been undone";
            bump.diagnostics.push(about(spec, Diagnostic::note("B006", message)));
        }
        bump.path = file_of(&Manifest::read(spec)?, &options.name, spec)?;
        if !options.allow_dirty {
            refuse_dirty(spec, &options.source)?;
        }
        let target = source::inside(spec, &bump.path)?;
        let verb = if fetch::is_url(&options.source) { "fetching" } else { "reading" };
        steps(Step::Begins(format!("{verb} {}", options.source)));
        let New { bytes, shown } = bump.take(options)?;
        if std::fs::read(&target).is_ok_and(|old| old == bytes) {
            return Ok(bump);
        }
        let old = Loaded::folder(spec)?;
        let staged = Staged::new(spec, &bump.path, &bytes, options.date)?;
        let back = |diagnostic| staged.named(diagnostic, &target, &shown);
        let mut new = Reading::default().levels(options.levels.clone()).folder(&staged.spec).map_err(back)?;
        tool::rename(&mut new, &staged.spec, spec);
        steps(Step::Begins("generating the new client".into()));
        let output = new.generate().map_err(back)?;
        if let Some(denied) = output.denied() {
            return Err(back(denied));
        }
        let derived = Derived::of(&output)?;
        steps(Step::Begins("comparing it with the old one".into()));
        let judging = judging(options.date, package.as_ref(), &options.prefixes);
        let mut changes = track::diff_with(&old, &new, &judging).map_err(back)?;
        steps(Step::Begins("finding the version that this needs".into()));
        let versioned = package.as_ref().is_some_and(|package| package.version.is_some());
        let baseline = if versioned { Baseline::find(spec, None)? } else { None };
        let required = match &baseline {
            Some(baseline) => baseline.required(&new, &derived.api, &judging).map_err(back)?,
            None => None,
        };
        // If it cannot be read, nothing is lost: the update writes it anew.
        if let Some(then) = surface_in(spec).ok().flatten() {
            changes = changes.with_generator(&then, &old)?;
            // That the generator is the same goes without saying.
            if changes.newer_generator().is_none() {
                changes.generator = None;
            }
        }
        let proposed = match (&baseline, &required) {
            (Some(_), required) => required.as_ref().map(|required| required.version.clone()),
            (None, _) => package.as_ref().and_then(|package| changes.verdict.rust.after(package.version.as_deref()?)),
        };
        let current = package.as_ref().and_then(|package| package.version.as_deref());
        let proposed = proposed.filter(|next| current.is_some_and(|current| is_less(current, next)));
        // What is accepted until a version of the package is judged by the one that this will be.
        if let Some(next) = &proposed {
            changes.accept_again(&old, &new, &judging.clone().package_version(next)).map_err(back)?;
        }
        let judged = judged(&changes, required.as_ref().map(|required| &required.changes));
        let judged: Vec<Diagnostic> = judged.into_iter().map(back).collect();
        if let Some(denied) = Diagnostic::several(judged.iter().cloned()) {
            return Err(denied);
        }
        bump.diagnostics.extend(judged);
        for (name, text) in derived.files() {
            write(&staged.spec.join(name), text.as_bytes())?;
        }
        if options.compile {
            bump.diagnostics.extend(compile(package.as_ref(), spec, &staged.spec, steps)?);
        }
        bump.sort(&old, &new, output.diagnostics.into_iter().map(back).collect())?;
        if bytes.contains(&b'\r') && git::converts_line_ends(&target) {
            let message = "this file has carriage returns, which git may change";
            bump.diagnostics.push(
                about(&target, Diagnostic::warning("B008", message))
                    .help("add the line `spec/** -text` to .gitattributes"),
            );
        }
        let names = [manifest::FILE_NAME].into_iter().chain(derived.files().map(|(name, _)| name));
        bump.files.push((target.clone(), bytes));
        for name in names {
            let staged = staged.spec.join(name);
            let bytes = std::fs::read(&staged).map_err(|error| unreadable(&staged, &error))?;
            bump.files.push((spec.join(name), bytes));
        }
        bump.release(options, package.as_ref(), proposed, &mut changes)?;
        bump.files.retain(|(path, new)| std::fs::read(path).map_or(true, |old| old != *new));
        bump.changes = Some(changes);
        bump.versions = Some((old, new));
        Ok(bump)
    }

    fn nothing(spec: &Path, guard: Guard) -> Self {
        Self {
            path: String::new(),
            changes: None,
            versions: None,
            version: None,
            stale: Vec::new(),
            redundant: Vec::new(),
            diagnostics: Vec::new(),
            files: Vec::new(),
            spec: spec.to_owned(),
            _guard: guard,
        }
    }

    /// Writes all of the files, or none.
    ///
    /// # Errors
    ///
    /// `W002`, in which case nothing has changed.
    pub(crate) fn apply(&self) -> Result<(), Diagnostic> {
        if self.files.is_empty() {
            return Ok(());
        }
        Swap::prepare(&self.spec, &self.files)?.commit()
    }

    /// Reads the new version, and extracts it if it is part of a page.
    fn take(&mut self, options: &Options) -> Result<New, Diagnostic> {
        let name = &options.source;
        let path = Path::new(name);
        let bytes = if fetch::is_url(name) { fetch::fetch(name, options.limits)? } else { read(path, options.limits)? };
        let file = SourceFile::from_bytes(path, bytes.clone())?;
        match page::content(&file)? {
            page::Content::Document => Ok(New { bytes, shown: path.to_owned() }),
            page::Content::Page(text) => {
                self.diagnostics
                    .push(about(path, Diagnostic::note("B007", "the definition was extracted from this page")));
                // Line numbers count from the start of the definition, not of the page.
                Ok(New { bytes: text.into_bytes(), shown: format!("{name}#definition").into() })
            }
        }
    }

    /// Sorts the messages about the new version.
    fn sort(&mut self, old: &Loaded, new: &Loaded, messages: Vec<Diagnostic>) -> Result<(), Diagnostic> {
        let before: Vec<&str> = old.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        for diagnostic in messages.into_iter().filter(|diagnostic| diagnostic.severity > Severity::Note) {
            match diagnostic.code {
                "O003" => self.stale.push(diagnostic),
                // The lock is written along with the other files.
                "L003" | "W007" => {}
                _ if before.contains(&diagnostic.message.as_str()) => {}
                _ => self.diagnostics.push(diagnostic),
            }
        }
        for document in &new.documents {
            self.redundant.extend(new.judge(document.redundant_actions()?));
        }
        Ok(())
    }

    /// Sets the version that is `proposed`, if one is, and writes the changelog entry.
    fn release(
        &mut self,
        options: &Options,
        package: Option<&Package>,
        proposed: Option<String>,
        changes: &mut Changes,
    ) -> Result<(), Diagnostic> {
        let Some(package) = package else { return Ok(()) };
        if let Some(current) = &package.version {
            let proposed = proposed.unwrap_or_else(|| current.clone());
            if options.set_version && package.has_version() && proposed != *current {
                let path = package.manifest_path();
                let text = record::version(&package.manifest, &proposed).map_err(|error| about(&path, error))?;
                self.files.push((path, text.into_bytes()));
                self.files.extend(package.lock_with(&proposed)?);
            }
            self.version = Some((current.clone(), proposed));
            changes.versions.clone_from(&self.version);
        }
        match package.changelog() {
            Some(path) => {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                let entry = entry(&self.path, options.date, changes);
                self.files.push((path, changelog::add(&text, &entry).into_bytes()));
            }
            None => {
                let note = Diagnostic::note("B009", "this package has no CHANGELOG.md, so no entry was added");
                self.diagnostics.push(about(&package.root, note));
            }
        }
        Ok(())
    }
}

/// A new version, and its name in messages.
struct New {
    bytes: Vec<u8>,
    shown: PathBuf,
}

/// A copy of the folder that contains the new version.
struct Staged {
    _folder: tempfile::TempDir,
    spec: PathBuf,
    original: PathBuf,
}

impl Staged {
    fn new(original: &Path, path: &str, bytes: &[u8], date: Date) -> Result<Self, Diagnostic> {
        let folder = tempfile::tempdir().map_err(|error| unreadable(&std::env::temp_dir(), &error))?;
        let spec = folder.path().join("spec");
        copy(original, &spec).map_err(|error| unreadable(original, &error))?;
        write(&spec.join(path), bytes)?;
        let manifest = original.join(manifest::FILE_NAME);
        let text = std::fs::read_to_string(&manifest).map_err(|error| unreadable(&manifest, &error))?;
        let text =
            record::file(&text, path, date, &manifest::digest(bytes)).map_err(|error| about(&manifest, error))?;
        write(&spec.join(manifest::FILE_NAME), text.as_bytes())?;
        Ok(Self { _folder: folder, spec, original: original.to_owned() })
    }

    /// Replaces places in the copy with those that the user knows.
    fn named(&self, diagnostic: Diagnostic, target: &Path, shown: &Path) -> Diagnostic {
        diagnostic.map_all(|diagnostic| self.named_alone(diagnostic, target, shown))
    }

    fn named_alone(&self, mut diagnostic: Diagnostic, target: &Path, shown: &Path) -> Diagnostic {
        if let Some(position) = &mut diagnostic.position {
            if let Ok(rest) = position.file.strip_prefix(&self.spec) {
                position.file = self.original.join(rest);
            }
            if position.file == target {
                position.file = shown.to_owned();
            }
        }
        diagnostic
    }
}

/// Copies a folder and everything in it except hidden entries.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        } else if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Its permissions are not copied, because the copy has to be writable.
            std::fs::write(target, std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// The folders of the files that an update writes. A changelog and a `Cargo.lock` may be those of several packages.
fn folders(options: &Options, package: Option<&Package>) -> Vec<PathBuf> {
    let changelog = package.and_then(Package::changelog);
    let lock = package.filter(|package| options.set_version && package.has_version()).and_then(Package::lock);
    let shared = [changelog, lock].into_iter().flatten().filter_map(|path| Some(path.parent()?.to_owned()));
    [Some(options.spec.clone()), package.map(|package| package.root.clone())]
        .into_iter()
        .flatten()
        .chain(shared)
        .collect()
}

/// The path of the file that `name` refers to.
fn file_of(manifest: &Manifest, name: &str, spec: &Path) -> Result<String, Diagnostic> {
    let files = || manifest.documents.iter().flat_map(|document| &document.files);
    if let Some(file) = files().find(|file| file.path == name) {
        return Ok(file.path.clone());
    }
    let place = spec.join(manifest::FILE_NAME);
    match manifest.documents.iter().find(|document| document.name == name).map(|document| document.files.as_slice()) {
        Some([file]) => Ok(file.path.clone()),
        Some(several) => {
            let names: Vec<&str> = several.iter().map(|file| file.path.as_str()).collect();
            let message = format!("the document `{name}` has several files");
            let help = format!("name one of them: {}", names.join(", "));
            Err(at_start(&place, Diagnostic::error("B001", message).help(help)))
        }
        None => {
            let names: Vec<&str> = files().map(|file| file.path.as_str()).collect();
            let message = format!("this manifest has no file or document named `{name}`");
            let help = format!("name one of its files: {}; or add the file to the manifest first", names.join(", "));
            Err(at_start(&place, Diagnostic::error("B001", message).help(help)))
        }
    }
}

/// Rejects a folder with uncommitted changes. The new version itself may be in the folder.
fn refuse_dirty(spec: &Path, source: &str) -> Result<(), Diagnostic> {
    let source = Path::new(source).canonicalize().ok();
    let is_source = |name: &String| source.is_some() && spec.join(name).canonicalize().ok() == source;
    let is_ours = |name: &String| name == guard::FILE || is_source(name);
    let changed: Vec<String> = git::uncommitted(spec).into_iter().filter(|name| !is_ours(name)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let message = format!("this folder has uncommitted changes: {}", changed.join(", "));
    Err(about(spec, Diagnostic::error("B002", message)).help("commit or stash them, or pass --allow-dirty"))
}

fn compile(
    package: Option<&Package>,
    spec: &Path,
    staged: &Path,
    steps: Steps<'_>,
) -> Result<Option<Diagnostic>, Diagnostic> {
    match package {
        Some(package) => package.check(spec, staged, steps),
        None => {
            let note = Diagnostic::note(
                "B005",
                "the new client was not compiled, because this folder is not in a cargo package",
            );
            Ok(Some(about(spec, note)))
        }
    }
}

/// What the changes are judged by besides the definitions: the day, the version of the package, and old and new prefixes of paths.
pub(crate) fn judging(today: Date, package: Option<&Package>, prefixes: &[(String, String)]) -> track::Options {
    let options = track::Options::default().today(today);
    let options = prefixes.iter().fold(options, |options, (old, new)| options.prefix(old, new));
    match package.and_then(|package| package.version.as_deref()) {
        Some(version) => options.package_version(version),
        None => options,
    }
}

fn is_less(one: &str, other: &str) -> bool {
    compare(one, other) == Some(Ordering::Less)
}

/// What is to be said of the judgment of `changes`. An entry without a match among them may match a change since the last
/// release (`released`), with which `check` compares: that is no warning yet.
fn judged(changes: &Changes, released: Option<&Changes>) -> Vec<Diagnostic> {
    // The help names the nearest finding, which may be another one.
    let is_same = |one: &Diagnostic, other: &Diagnostic| {
        (one.code, &one.position, &one.message) == (other.code, &other.position, &other.message)
    };
    let matches_since = |warning: &Diagnostic| {
        warning.code == "T004"
            && released.is_some_and(|released| !released.diagnostics.iter().any(|other| is_same(warning, other)))
    };
    changes.judgment_warnings().filter(|warning| !matches_since(warning)).cloned().collect()
}

/// The changelog entry: the verdict, and what users of the crate have to know.
fn entry(path: &str, date: Date, changes: &Changes) -> String {
    const MOST: usize = 12;
    let wire = changes.verdict.wire.as_str();
    let mut rust = format!("{} in Rust", changes.verdict.rust.as_str());
    if let Some((current, needed)) = changes.versions.as_ref().filter(|(current, needed)| current != needed) {
        rust.push_str(&format!(": {current} to {needed}"));
    }
    let mut text = format!("- Updated the definition `{path}` to that of {date} ({rust}; on the wire: {wire}).");
    let mut lines = Vec::new();
    for change in &changes.changes {
        let member = change.member.as_ref().map(|member| format!(" `{member}`")).unwrap_or_default();
        let accepted = change.accepted.as_ref().map(|it| format!("; accepted: {}", it.line()));
        lines.push(format!("`{}`: {}{member}{}", change.subject, change.title, accepted.unwrap_or_default()));
    }
    let generator = changes.generator.iter().flat_map(|generator| &generator.items);
    lines.extend(generator.map(|item| format!("by a newer generator: {}", item.sentence())));
    if lines.is_empty() {
        text.push_str(" Nothing changes in Rust or on the wire.");
    }
    for line in lines.iter().take(MOST) {
        text.push_str(&format!("\n  - {line}"));
    }
    if lines.len() > MOST {
        text.push_str(&format!("\n  - and {} more changes", lines.len() - MOST));
    }
    text + "\n"
}

pub(crate) fn read(path: &Path, limits: Limits) -> Result<Vec<u8>, Diagnostic> {
    let length = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if length > limits.bytes {
        let message = format!("this file has {length} bytes, and the limit is {}", limits.bytes);
        return Err(about(path, Diagnostic::error("S002", message))
            .help("check that this is the definition, or raise --max-bytes"));
    }
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    std::fs::write(path, bytes).map_err(|error| {
        about(path, Diagnostic::error("W002", format!("this file cannot be written: {error}")))
            .help("check the directory for temporary files")
    })
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let message = format!("this file cannot be read: {error}");
    about(path, Diagnostic::error("S001", message)).help("create the file, or correct the path")
}
