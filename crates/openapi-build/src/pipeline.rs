//! The pipeline without a build script: from files to code, without printing or writing anything.

mod making;
mod reading;

pub use self::making::Output;
pub use self::reading::Reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::convert::{self, Moves, swagger_2};
use crate::diagnostic::{Diagnostic, Position, Severity};
use crate::formats::{self, Wanted};
use crate::generate::{EnvironmentVariable, Options};
use crate::groups::{self, Chosen, Groups};
use crate::levels::Levels;
use crate::lock::{self, Lock};
use crate::manifest;
use crate::overlay;
use crate::renames::{self, Renamed};
use crate::replacements::{self, Replacing};
use crate::slice::{self, Selectors};
use crate::source::bundle::Bundle;
use crate::source::origins::Origins;
use crate::source::{self, SourceFile};
use crate::stages::timed;
#[cfg(feature = "track")]
use crate::track::judgment::Judgment;
use crate::validate;
use crate::version::Version;

/// Documents that were read and corrected, and are ready to be normalized.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The documents, in the manifest's order.
    pub documents: Vec<Loading>,
    /// Every file that was read, and every folder that was searched for a missing file.
    pub inputs: Vec<PathBuf>,
    /// The environment variables that hold credentials.
    pub environment: Vec<EnvironmentVariable>,
    /// The names that the lock pins.
    pub lock: Lock,
    /// Whether names are pinned: the documents come from a folder, which can hold a lock.
    locks: bool,
    /// Warnings and notes, before any of them is allowed or denied.
    pub diagnostics: Vec<Diagnostic>,
    options: Options,
    /// Whether each group of operations has a feature.
    features_by_group: bool,
    levels: Levels,
    /// The team's judgment of changes, or the error of reading it, which does not keep a client from being generated.
    #[cfg(feature = "track")]
    judgment: Option<Result<Judgment, Diagnostic>>,
}

/// A document after its overlays.
#[derive(Clone, Debug, Default)]
pub struct Loading {
    /// Its name.
    pub name: String,
    /// The document.
    pub tree: Value,
    files: Vec<SourceFile>,
    overlays: Vec<SourceFile>,
    root: PathBuf,
    /// Where it was fetched from, if the manifest says so.
    origin: Option<String>,
    /// The size of its largest file.
    max_bytes: u64,
    /// Files beside the document, and the original places of the components that came from them.
    beside: Vec<SourceFile>,
    origins: Origins,
    /// The document as it was published, bundled, if `tree` was converted from it.
    published: Option<Value>,
    /// Where the converted parts of `tree` stand in it.
    moves: Moves,
    levels: Levels,
    /// How many words all its paths begin with, those of operations that are not kept too.
    common_words: usize,
    /// The groups of its operations, if they are grouped.
    groups: Groups,
    /// The selectors of the build script, and those that match nothing in it.
    selectors: Selectors,
    idle: Vec<(&'static str, usize)>,
}

/// What is to be said of a document that was bundled and converted.
struct Bundled {
    /// Of the conversion: their places are places in the published document.
    converted: Vec<Diagnostic>,
    /// Of references: their places are places in the tree.
    assumed: Vec<Diagnostic>,
}

impl Loading {
    /// The document for a server that is made of it: as it was published, after its overlays, with the files beside it, and
    /// before any repair.
    pub fn served(&self) -> &Value {
        self.published.as_ref().unwrap_or(&self.tree)
    }

    /// The place in the document as it was published of what is at `pointer` in the tree.
    #[cfg(feature = "track")]
    pub(crate) fn published(&self, pointer: &str) -> String {
        self.moves.published(pointer)
    }

    /// `diagnostic` about a place in the tree, with the place in the document as it was published.
    fn in_published(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if !self.moves.is_empty() {
            diagnostic.pointer = diagnostic.pointer.map(|pointer| self.moves.published(&pointer));
            if self.published.as_ref().is_some_and(Version::is_swagger) {
                diagnostic.message = swagger_2::in_its_words(&diagnostic.message);
            }
        }
        diagnostic
    }

    /// Replaces the places in `best`, of pointers in the published document, with deeper ones.
    fn look(&self, pointers: &[String], best: &mut [Option<(Position, usize)>]) {
        for file in &self.files {
            for (best, found) in best.iter_mut().zip(file.locate_all(pointers)) {
                let depth = |place: &Option<(Position, usize)>| place.as_ref().map(|(_, depth)| *depth);
                if depth(&found) > depth(best) {
                    *best = found;
                }
            }
        }
        let mut beside: BTreeMap<usize, (Vec<usize>, Vec<String>)> = BTreeMap::new();
        for (index, pointer) in pointers.iter().enumerate() {
            if let Some((file, origin)) = self.origins.of(pointer) {
                let (indices, origins) = beside.entry(file).or_default();
                indices.push(index);
                origins.push(origin);
            }
        }
        for (file, (indices, origins)) in beside {
            let found = self.beside.get(file).map(|file| file.locate_all(&origins)).unwrap_or_default();
            for (index, found) in indices.into_iter().zip(found).filter(|(_, found)| found.is_some()) {
                best[index] = found;
            }
        }
    }

    /// Brings what references lead to into `tree`, converts it to OpenAPI 3, and adds the files that were read, or looked for,
    /// to `inputs`.
    fn bundle(&mut self, tree: &mut Value, own: &[String], inputs: &mut Vec<PathBuf>) -> Result<Bundled, Diagnostic> {
        let root = self.root.clone();
        let mut bundle = Bundle::new(&root, own, self.max_bytes, None);
        let mut bundled = bundle.bundle(tree);
        let mut converted = Vec::new();
        if Version::is_swagger(tree) {
            let swagger_2::Converted { tree: plain, moves, diagnostics } = swagger_2::convert(tree);
            self.published = Some(std::mem::replace(tree, plain));
            self.moves = moves;
            converted = std::mem::take(&mut bundle.warnings);
            converted.extend(diagnostics);
            // Its references within the document are now those of OpenAPI 3.
            bundled = bundled.and_then(|()| bundle.bundle(tree));
        }
        inputs.extend(bundle.inputs());
        (self.beside, self.origins) = (bundle.files, bundle.origins);
        let mut assumed = bundle.warnings;
        if self.published.is_none() {
            self.moves = convert::methods(tree, |tree| self.published = Some(tree.clone()));
            let places = self.moves.reversed();
            for finding in &mut assumed {
                finding.pointer = finding.pointer.take().map(|pointer| places.published(&pointer));
            }
        }
        bundled.map(|()| Bundled { converted, assumed })
    }

    /// Writes into the document how values of formats are to be read. Of `choices`, the first ones are asked first.
    fn choose_formats<const N: usize>(&mut self, choices: [&mut Vec<Wanted>; N]) {
        let mut all: Vec<&mut Wanted> = choices.into_iter().flatten().collect();
        formats::apply(&mut self.tree, &self.moves, &mut all);
    }

    /// Writes into the document how components, operations and properties are called in Rust. Of `choices`, the first ones count.
    fn rename<const N: usize>(&mut self, choices: [&mut Vec<Renamed>; N]) -> Vec<Diagnostic> {
        let mut all: Vec<&mut Renamed> = choices.into_iter().flatten().collect();
        renames::apply(&mut self.tree, &self.moves, &mut all)
    }

    /// Writes into the document which types of the user's own there are. Of `choices`, the first ones count.
    fn replace<const N: usize>(&mut self, choices: [&mut Vec<Replacing>; N]) -> replacements::Outcome {
        let mut all: Vec<&mut Replacing> = choices.into_iter().flatten().collect();
        replacements::apply(&mut self.tree, &self.moves, &mut all)
    }

    /// A warning for each action of the overlays that upstream has made redundant, as [`overlay::redundant`] finds them.
    ///
    /// # Errors
    ///
    /// The same as reading the document.
    pub fn redundant_actions(&self) -> Result<Vec<Diagnostic>, Diagnostic> {
        let mut tree = source::join(&self.files, &self.root)?;
        let own = source::names(&self.files, &self.root);
        let mut warnings = Vec::new();
        for file in &self.overlays {
            warnings.extend(overlay::redundant(&mut tree, file)?);
            source::anchor(&mut tree, "", &own);
        }
        Ok(warnings)
    }
}

/// Every value of `results`, or every error.
fn all_of<T>(results: impl IntoIterator<Item = Result<T, Diagnostic>>) -> Result<Vec<T>, Diagnostic> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    Diagnostic::several(errors).map_or(Ok(values), Err)
}

impl Loaded {
    /// Reads the folder at `root`, which contains a manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the manifest or with a file.
    pub fn folder(root: &Path) -> Result<Self, Diagnostic> {
        Reading::default().folder(root)
    }

    /// Makes messages show the files of the folder `from` as if they were in `to`.
    #[cfg(feature = "track")]
    pub(crate) fn rename(&mut self, from: &Path, to: &Path) {
        let rename = |path: &mut PathBuf| {
            if let Ok(rest) = path.strip_prefix(from) {
                *path = to.join(rest);
            }
        };
        self.inputs.iter_mut().for_each(rename);
        if let Some(Ok(judgment)) = &mut self.judgment {
            judgment.rename(&rename);
        }
        for document in &mut self.documents {
            rename(&mut document.root);
            let files = document.files.iter_mut().chain(&mut document.overlays).chain(&mut document.beside);
            files.for_each(|file| rename(&mut file.path));
        }
        let positions = self.diagnostics.iter_mut().filter_map(|diagnostic| diagnostic.position.as_mut());
        positions.for_each(|position| rename(&mut position.file));
    }

    /// What the team says of the changes to these documents: the [judgment](crate::track::judgment) in their folder, or the one
    /// that [`judged_by`](Self::judged_by) has set.
    ///
    /// # Errors
    ///
    /// What is wrong with the file in the folder: `T003`, or that it cannot be read.
    #[cfg(feature = "track")]
    pub fn judgment(&self) -> Result<Option<&Judgment>, Diagnostic> {
        self.judgment.as_ref().map(Result::as_ref).transpose().map_err(Clone::clone)
    }

    /// Sets what the team says of the changes to these documents, instead of what the folder says.
    #[cfg(feature = "track")]
    #[must_use]
    pub fn judged_by(mut self, judgment: Judgment) -> Self {
        self.judgment = Some(Ok(judgment));
        self
    }

    /// Reads `files` as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn files(files: &[PathBuf], overlays: &[PathBuf]) -> Result<Self, Diagnostic> {
        Reading::default().files(files, overlays)
    }

    /// Takes `files`, already read, as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn sources(files: Vec<SourceFile>, overlays: &[PathBuf]) -> Result<Self, Diagnostic> {
        Reading::default().sources(files, overlays)
    }

    /// Reads `path`: a folder with a manifest, or a file.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder) and [`files`](Self::files).
    pub fn path(path: &Path) -> Result<Self, Diagnostic> {
        Reading::default().path(path)
    }

    /// Reads the files of a document that a manifest lists, and corrects it.
    fn listed(
        &mut self,
        loading: &mut Loading,
        document: &manifest::Document,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let (root, max_bytes) = (loading.root.clone(), loading.max_bytes);
        loading.origin = document.files.iter().find_map(|file| file.origin.clone());
        let files = document.files.iter().map(|entry| {
            let path = source::inside(&root, &entry.path)?;
            self.inputs.push(path.clone());
            let bytes = source::bytes_of(&path, max_bytes)?;
            // A file with another digest may be wrong in other ways too.
            findings.extend(entry.check(&path, &bytes).unwrap_or_else(Some));
            loading.files.push(SourceFile::from_bytes(&path, bytes)?.up_to(max_bytes));
            Ok(())
        });
        if let Err(error) = all_of(files) {
            return Err(error.with_others(unreadable(&loading.files)));
        }
        let overlays = all_of(document.overlays.iter().map(|name| source::inside(&root, name)))?;
        self.correct(loading, &overlays, Some(document), findings)
    }

    /// Joins the files of a document, applies its overlays, brings in what it refers to, and checks it.
    fn correct(
        &mut self,
        loading: &mut Loading,
        overlays: &[PathBuf],
        manifest: Option<&manifest::Document>,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let root = loading.root.clone();
        loading.tree = timed("read", || source::join(&loading.files, &root)).map_err(|error| {
            let others = unreadable(&loading.files);
            error.clone().with_others(others.into_iter().filter(|other| *other != error))
        })?;
        let own = source::names(&loading.files, &root);
        loading.overlays = all_of(overlays.iter().map(|path| {
            self.inputs.push(path.clone());
            let overlay = SourceFile::read_up_to(path, loading.max_bytes)?;
            findings.extend(timed("overlay", || overlay::apply(&mut loading.tree, &overlay))?);
            source::anchor(&mut loading.tree, "", &own);
            Ok(overlay)
        }))?;
        let mut tree = std::mem::take(&mut loading.tree);
        let bundled = timed("check", || loading.bundle(&mut tree, &own, &mut self.inputs));
        loading.common_words = groups::common(&tree);
        findings.extend(slice(&mut tree, &root, manifest));
        let Selectors { keep, drop } = &loading.selectors;
        let follow_mappings = manifest.is_some_and(|document| document.follow_mappings);
        loading.idle = slice::slice(&mut tree, keep, drop, follow_mappings);
        let is_sliced = manifest.is_some() || !loading.selectors.is_empty();
        if let Some(published) = loading.published.as_mut().filter(|_| is_sliced) {
            convert::slice(published, &tree, &loading.moves);
        }
        loading.tree = tree;
        let read = loading.files.iter().chain(&loading.overlays).chain(&loading.beside);
        findings.extend(read.flat_map(SourceFile::findings).cloned());
        let Bundled { converted, assumed } = bundled?;
        findings.extend(converted);
        let checked = timed("check", || validate::validate(&loading.tree, assumed));
        findings.extend(checked.into_iter().map(|finding| loading.in_published(finding)));
        Ok(())
    }

    /// Adds a document with its findings.
    fn add(&mut self, loading: Loading, mut findings: Vec<Diagnostic>) {
        let index = u16::try_from(self.documents.len()).ok();
        findings.iter_mut().for_each(|finding| finding.document = index);
        self.documents.push(loading);
        self.diagnostics.extend(findings);
    }

    /// Adds a warning for each selector of the build script that matches nothing in any document.
    fn add_idle(&mut self) {
        let Some((first, others)) = self.documents.split_first() else { return };
        let idle = first.idle.iter().filter(|one| others.iter().all(|other| other.idle.contains(one)));
        let warnings = idle.map(|(key, index)| {
            let message = format!("`{key}` number {} of the build script matches no operation", index + 1);
            Diagnostic::warning("M005", message).help("take it out, or correct what it names")
        });
        self.diagnostics.extend(warnings.collect::<Vec<_>>());
    }

    /// These documents, if none of the findings is an error.
    fn sound(mut self) -> Result<Self, Diagnostic> {
        if self.diagnostics.iter().all(|finding| finding.severity < Severity::Error) {
            return Ok(self);
        }
        let mut findings = std::mem::take(&mut self.diagnostics);
        self.locate_those(&mut findings, |finding| finding.severity > Severity::Note);
        Diagnostic::several(self.judge(findings)).map_or(Ok(self), Err)
    }

    /// Leaves out the findings that are allowed, and makes those that are denied errors. [`generate`](Self::generate) does
    /// the same with what it returns.
    pub fn judge(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.into_iter().filter_map(|finding| self.levels_of(&finding).judged(finding)).collect()
    }

    fn levels_of(&self, finding: &Diagnostic) -> &Levels {
        let document = finding.document.and_then(|index| self.documents.get(usize::from(index)));
        document.map_or(&self.levels, |document| &document.levels)
    }

    fn read_lock(&mut self, root: &Path) -> Result<(), Diagnostic> {
        let path = root.join(lock::FILE_NAME);
        if !path.exists() {
            return Ok(());
        }
        self.inputs.push(path.clone());
        self.lock = Lock::parse(SourceFile::read(&path)?.text()).map_err(|mut diagnostic| {
            if let Some(position) = &mut diagnostic.position {
                position.file.clone_from(&path);
            }
            diagnostic.at("")
        })?;
        Ok(())
    }

    /// Groups the operations of the documents, if they are to be grouped. Of `choices`, the first ones count. Returns the tags and
    /// the operations that there are, if a choice may need them.
    fn group(&mut self, choices: [&mut Vec<Chosen>; 2]) -> BTreeSet<String> {
        let mut choices: Vec<&mut Chosen> = choices.into_iter().flatten().collect();
        let grouped = self.options.modules_by_tag || self.features_by_group;
        if !grouped && choices.is_empty() {
            return BTreeSet::new();
        }
        let mut known = BTreeSet::new();
        for index in 0..self.documents.len() {
            let lock = self.lock_of(&self.documents[index].name);
            let document = &mut self.documents[index];
            known.extend(groups::known(&document.tree));
            let groups = groups::of(&document.tree, document.common_words, &lock, &mut choices);
            document.groups = if grouped { groups } else { Groups::new() };
        }
        known
    }

    /// Whether each group of operations has a feature.
    pub(crate) fn has_features(&self) -> bool {
        self.features_by_group
    }

    /// The groups of operations, each with the number of its operations.
    #[cfg(feature = "track")]
    pub(crate) fn groups(&self) -> BTreeMap<&str, usize> {
        let mut groups = BTreeMap::new();
        for group in self.documents.iter().flat_map(|document| document.groups.values()) {
            *groups.entry(group.as_str()).or_default() += 1;
        }
        groups
    }

    /// Leaves out the operations whose groups are not to be kept, and the components that only they need.
    pub(crate) fn keep_groups(&mut self, keep: &dyn Fn(&str) -> bool) {
        for document in &mut self.documents {
            let Loading { tree, groups, published, moves, .. } = document;
            if groups.values().all(|group| keep(group)) {
                continue;
            }
            self.options.is_part = true;
            slice::retain(tree, &|pointer| groups.get(pointer).is_none_or(|group| keep(group)));
            if let Some(published) = published {
                convert::slice(published, tree, moves);
            }
        }
    }
}

/// Keeps only the operations that the manifest selects.
fn slice(tree: &mut Value, root: &Path, manifest: Option<&manifest::Document>) -> Vec<Diagnostic> {
    let Some(document) = manifest else { return Vec::new() };
    let unmatched = slice::slice(tree, &document.keep, &document.drop, document.follow_mappings).into_iter();
    let warnings = unmatched.map(|(key, index)| {
        let message = format!("`{key}` number {} of the document `{}` matches no operation", index + 1, document.name);
        let position = Position { file: root.join(manifest::FILE_NAME), line: 1, column: 1 };
        Diagnostic::warning("M005", message).in_file(position).help("take it out, or correct what it names")
    });
    warnings.collect()
}

/// The errors of those of `files` that are no YAML or JSON.
fn unreadable(files: &[SourceFile]) -> Vec<Diagnostic> {
    files.iter().filter_map(|file| file.parse().err()).collect()
}
