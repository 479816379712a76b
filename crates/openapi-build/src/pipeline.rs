//! The pipeline without a build script: from files to code, without printing or writing anything.

mod reading;

pub use self::reading::Reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::convert::{self, Moves, swagger_2};
use crate::diagnostic::{Diagnostic, Position, Severity};
use crate::extensions::{GROUP, ORIGIN};
use crate::formats::{self, Wanted};
use crate::generate::{self, EnvironmentVariable, Generated, Input, Listed, Options};
use crate::groups::{self, Chosen, Groups};
use crate::levels::Levels;
use crate::lock::{self, Choice, Lock};
use crate::manifest;
use crate::normalize::{Normalized, normalize};
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
#[cfg(feature = "track")]
use crate::{generate::Places, track::silent::Meanings, track::surface::Surface};

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
    /// What the team says of changes, or what is wrong with that: a client is generated all the same.
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

/// What is made of normalized documents, all of the client but that, and the documents, each with its name.
type Made<T> = (T, Generated, Vec<(String, Normalized)>);

/// The public items of a client.
#[cfg(feature = "track")]
pub(crate) struct Drawn {
    pub(crate) surface: Surface,
    /// Where they come from, by document; the pointers are places in [`Loading::tree`].
    pub(crate) places: Vec<Places>,
    /// What they stand for on the wire.
    pub(crate) meanings: Meanings,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The result of the pipeline.
#[derive(Clone, Debug)]
pub struct Output {
    /// The client, formatted.
    pub code: String,
    /// The documents after their overlays and before any repair, as a JSON array of `{"name", "document"}`.
    pub documents: Value,
    /// Warnings with their places in the files, and notes, whose places [`Loaded::locate`] looks up. Those that are allowed
    /// are left out, and those that are denied are errors.
    pub diagnostics: Vec<Diagnostic>,
    /// The chosen names, wherever there was a choice.
    pub choices: Vec<Choice>,
    /// The lists that page by themselves, and by which rules.
    pub lists: Vec<Listed>,
}

impl Output {
    /// The findings as one error, if the user denies any of them.
    pub fn denied(&self) -> Option<Diagnostic> {
        Diagnostic::several(self.diagnostics.iter().cloned())
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

    /// The normalized documents, by name. None of their findings is allowed or denied yet ([`judge`](Self::judge)).
    pub fn normalize(&self) -> Vec<(String, Normalized)> {
        let repaired = self.documents.iter().enumerate().map(|(index, document)| {
            let mut tree = document.tree.clone();
            if let (Some(origin), Some(object)) = (&document.origin, tree.as_object_mut()) {
                object.insert(ORIGIN.into(), origin.as_str().into());
            }
            for (pointer, group) in &document.groups {
                if let Some(operation) = tree.pointer_mut(pointer).and_then(Value::as_object_mut) {
                    operation.insert(GROUP.into(), group.as_str().into());
                }
            }
            let mut repaired = normalize(tree, &self.lock_of(&document.name));
            let index = u16::try_from(index).ok();
            let findings = std::mem::take(&mut repaired.diagnostics);
            repaired.diagnostics = findings.into_iter().map(|finding| document.in_published(finding)).collect();
            repaired.diagnostics.iter_mut().for_each(|finding| finding.document = index);
            (document.name.clone(), repaired)
        });
        repaired.collect()
    }

    /// The lock as the document of that name sees it: each of several documents has places of its own.
    fn lock_of(&self, name: &str) -> Lock {
        if self.documents.len() > 1 { self.lock.of_document(name) } else { self.lock.clone() }
    }

    /// Makes every type both readable and writable if `both_ways`, or if the manifest says so.
    #[must_use]
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.options.both_ways |= both_ways;
        self
    }

    /// Normalizes the documents and generates one client.
    ///
    /// A finding that is denied is an error in [`Output::diagnostics`], and the caller decides what comes of it.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be generated, with its place in a file, and what was found before.
    pub fn generate(&self) -> Result<Output, Diagnostic> {
        let make = |inputs: &[Input<'_>]| generate::generate(inputs, &self.environment, &self.lock, &self.options);
        let ((), mut generated, _) = self.made(|inputs| Ok(((), make(inputs)?)))?;
        self.locate_those(&mut generated.diagnostics, |diagnostic| diagnostic.severity > Severity::Note);
        let Generated { code, diagnostics, choices, lists } = generated;
        let documents =
            self.documents.iter().map(|document| json!({"name": document.name, "document": document.served()}));
        Ok(Output { code, documents: documents.collect(), diagnostics, choices, lists })
    }

    /// The public items of the client that [`generate`](Self::generate) would give, and its diagnostics but those about progenitor, in less
    /// time. Where they stand in the files is not looked up.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate), and `A002`.
    #[cfg(feature = "track")]
    pub(crate) fn surface(&self) -> Result<Drawn, Diagnostic> {
        let make = |inputs: &[Input<'_>]| generate::surface(inputs, &self.environment, &self.lock, &self.options);
        let ((surface, meanings, mut places), generated, repaired) = self.made(make)?;
        for (places, (_, repaired)) in places.iter_mut().zip(&repaired) {
            let before = |pointer: &String| repaired.moved_from(pointer).unwrap_or_else(|| pointer.clone());
            for pointers in places.types.values_mut() {
                *pointers = pointers.iter().map(before).collect();
            }
        }
        Ok(Drawn { surface, places, meanings, diagnostics: generated.diagnostics })
    }

    /// Whether one document gives the same client with this lock, environment and manifest as with those of `old`. Without a lock, names
    /// are those of the lock of `old`.
    #[cfg(feature = "track")]
    pub(crate) fn makes_as(&self, old: &Self) -> bool {
        let shapes = |loaded: &Self| {
            let of = |document: &Loading| (document.name.clone(), document.groups.clone());
            loaded.documents.iter().map(of).collect::<Vec<_>>()
        };
        (self.lock == old.lock || self.lock == Lock::default())
            && self.environment == old.environment
            && self.options == old.options
            && self.features_by_group == old.features_by_group
            && shapes(self) == shapes(old)
    }

    /// What `make` makes of the normalized documents, with all choices; where its findings stand in the files is not looked up.
    fn made<T>(
        &self,
        make: impl FnOnce(&[Input<'_>]) -> Result<(T, Generated), Diagnostic>,
    ) -> Result<Made<T>, Diagnostic> {
        let repaired = timed("normalize", || self.normalize());
        let repaired_alone = repaired.len() == 1;
        let inputs: Vec<Input<'_>> =
            repaired.iter().map(|(name, repaired)| Input { name, tree: &repaired.tree }).collect();
        let original = |mut diagnostic: Diagnostic| {
            let pointer = diagnostic.pointer.as_deref();
            let of = match diagnostic.document.map(usize::from) {
                Some(index) => repaired.get(index..=index).unwrap_or_default(),
                None => &repaired,
            };
            let moved = pointer.and_then(|pointer| of.iter().find_map(|(_, repaired)| repaired.moved_from(pointer)));
            diagnostic.pointer = moved.or(diagnostic.pointer);
            // Of several documents, it is of the first that has the place.
            let pointer = diagnostic.pointer.as_deref().unwrap_or_default();
            let has = |document: &&Loading| document.tree.pointer(pointer).is_some();
            let of = match diagnostic.document.map(usize::from) {
                Some(index) => self.documents.get(index),
                None => self.documents.iter().find(has),
            };
            match of.or(self.documents.first()) {
                Some(document) => document.in_published(diagnostic),
                None => diagnostic,
            }
        };
        let mut diagnostics = self.diagnostics.clone();
        diagnostics.extend(repaired.iter().flat_map(|(_, repaired)| repaired.diagnostics.iter().cloned()));
        let (made, mut generated) = match timed("generate", || make(&inputs)) {
            Ok(made) => made,
            Err(error) => {
                let mut found: Vec<Diagnostic> = error.clone().into_all().into_iter().map(original).collect();
                found.extend(diagnostics);
                self.locate_those(&mut found, |finding| finding.severity > Severity::Note);
                return Err(Diagnostic::several(self.judge(found)).unwrap_or(error));
            }
        };
        for (name, repaired) in &repaired {
            generated.choices.extend(repaired.choices.iter().cloned().map(|choice| match repaired_alone {
                true => choice,
                false => choice.of_document(name),
            }));
        }
        diagnostics.extend(std::mem::take(&mut generated.diagnostics).into_iter().map(original));
        diagnostics.extend(self.unlocked(&generated.choices));
        generated.diagnostics = self.judge(diagnostics);
        Ok((made, generated, repaired))
    }

    /// Looks up the places in the files of all `diagnostics` that have a pointer.
    pub fn locate(&self, diagnostics: &mut [Diagnostic]) {
        self.locate_those(diagnostics, |_| true);
    }

    /// Looks up the places of the selected diagnostics, and parses each file once for all of them.
    fn locate_those(&self, diagnostics: &mut [Diagnostic], wanted: impl Fn(&Diagnostic) -> bool) {
        let mut open: Vec<&mut Diagnostic> = diagnostics
            .iter_mut()
            .filter(|diagnostic| diagnostic.position.is_none() && diagnostic.pointer.is_some() && wanted(diagnostic))
            .collect();
        let pointers = open.iter().filter_map(|finding| Some((finding.document, finding.pointer.clone()?)));
        let positions = self.positions(pointers.collect());
        for (diagnostic, position) in open.iter_mut().zip(positions) {
            diagnostic.position = position.map(Box::new);
        }
    }

    /// The places in the files of `pointers` of the documents as they were published, or of the nearest nodes above. Without the
    /// number of its document, a pointer is looked for in all of them. Each file is parsed once.
    pub(crate) fn positions(&self, pointers: Vec<(Option<u16>, String)>) -> Vec<Option<Position>> {
        let mut best: Vec<Option<(Position, usize)>> = vec![None; pointers.len()];
        for (index, document) in self.documents.iter().enumerate() {
            let is_here = |at: &usize| pointers[*at].0.is_none_or(|of| usize::from(of) == index);
            let here: Vec<usize> = (0..pointers.len()).filter(is_here).collect();
            if here.is_empty() {
                continue;
            }
            let of_it: Vec<String> = here.iter().map(|at| pointers[*at].1.clone()).collect();
            let mut places: Vec<_> = here.iter().map(|at| best[*at].take()).collect();
            document.look(&of_it, &mut places);
            for (at, place) in here.into_iter().zip(places) {
                best[at] = place;
            }
        }
        best.into_iter().map(|place| place.map(|(position, _)| position)).collect()
    }

    /// A warning for the choices that are missing from the lock of a folder.
    fn unlocked(&self, choices: &[Choice]) -> Option<Diagnostic> {
        let free = choices.iter().filter(|choice| !choice.locked);
        let free: Vec<&str> = free.map(Choice::shown).collect();
        let names = match free.as_slice() {
            [] => return None,
            // A lock is made of all groups, and names what a part has otherwise.
            _ if !self.locks || self.options.is_part => return None,
            few if few.len() <= 5 => few.join(", "),
            [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
            _ => return None,
        };
        let message = format!("{} does not pin these names: {names}", lock::FILE_NAME);
        Some(Diagnostic::warning("L003", message).help("run `cargo oas lock` and commit the file"))
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
