//! The pipeline without a build script: from files to code, without printing or writing anything.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Position, Severity};
use crate::generate::{self, EnvironmentVariable, Generated, Input, Options};
use crate::grammar::Kind;
use crate::lock::{self, Choice, Lock};
use crate::manifest::{self, Manifest};
use crate::normalize::{Normalized, normalize};
use crate::overlay;
use crate::slice;
use crate::source::bundle::{self, Bundle, Origin};
use crate::source::{self, SourceFile};
use crate::stages::timed;
use crate::validate;

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
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    options: Options,
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
    /// Files beside the document, and the original places of the components that came from them.
    beside: Vec<SourceFile>,
    origins: Vec<Origin>,
}

impl Loading {
    /// The document for a server that is made of it: as it was published, after its overlays, with the files beside it, and
    /// before any repair.
    pub fn served(&self) -> &Value {
        &self.tree
    }

    /// The places in its files of the nodes at `pointers`, or of their nearest ancestors.
    #[cfg(feature = "track")]
    pub(crate) fn positions(&self, pointers: &[String]) -> Vec<Option<Position>> {
        let mut best = vec![None; pointers.len()];
        if !pointers.is_empty() {
            self.look(pointers, &mut best);
        }
        best.into_iter().map(|place| place.map(|(position, _)| position)).collect()
    }

    /// Replaces the places in `best` with deeper ones.
    fn look(&self, pointers: &[String], best: &mut [Option<(Position, usize)>]) {
        for file in &self.files {
            for (best, found) in best.iter_mut().zip(file.locate_all(pointers)) {
                let depth = |place: &Option<(Position, usize)>| place.as_ref().map(|(_, depth)| *depth);
                if depth(&found) > depth(best) {
                    *best = found;
                }
            }
        }
        for (index, file) in self.beside.iter().enumerate() {
            let (indices, origins): (Vec<usize>, Vec<String>) = self.origins_in(index, pointers).into_iter().unzip();
            for (index, found) in indices.into_iter().zip(file.locate_all(&origins)) {
                best[index] = found;
            }
        }
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
            let anchored = bundle::anchor(&mut tree, Kind::Document, "", &own, true);
            anchored.map_err(|escape| escape.at(file, ""))?;
        }
        Ok(warnings)
    }

    /// Those of `pointers` that lead into the file with that index beside the document, with their places in that file.
    fn origins_in(&self, index: usize, pointers: &[String]) -> Vec<(usize, String)> {
        let origin = |pointer: &String| {
            let of_file = self.origins.iter().filter(|(_, file, _)| *file == index);
            let mut ends =
                of_file.filter_map(|(component, _, origin)| Some((pointer.strip_prefix(component)?, origin)));
            ends.find(|(rest, _)| rest.is_empty() || rest.starts_with('/'))
                .map(|(rest, origin)| format!("{origin}{rest}"))
        };
        pointers.iter().enumerate().filter_map(|(index, pointer)| Some((index, origin(pointer)?))).collect()
    }
}

/// The result of the pipeline.
#[derive(Clone, Debug)]
pub struct Output {
    /// The client, formatted.
    pub code: String,
    /// The documents after their overlays and before any repair, as a JSON array of `{"name", "document"}`.
    pub documents: Value,
    /// Warnings with their places in the files, and notes, whose places [`Loaded::locate`] looks up.
    pub diagnostics: Vec<Diagnostic>,
    /// The chosen names, wherever there was a choice.
    pub choices: Vec<Choice>,
}

impl Loaded {
    /// Reads the folder at `root`, which contains a manifest.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the manifest or with a file.
    pub fn folder(root: &Path) -> Result<Self, Diagnostic> {
        let manifest = Manifest::read(root)?;
        let mut loaded = Self { locks: true, inputs: vec![root.join(manifest::FILE_NAME)], ..Self::default() };
        for document in &manifest.documents {
            let mut files = Vec::new();
            for entry in &document.files {
                let path = source::inside(root, &entry.path)?;
                loaded.inputs.push(path.clone());
                let file = SourceFile::read(&path)?;
                let bytes = std::fs::read(&path).unwrap_or_else(|_| file.text().as_bytes().to_vec());
                loaded.diagnostics.extend(entry.check(&path, &bytes)?);
                files.push(file);
            }
            let overlays: Vec<PathBuf> =
                document.overlays.iter().map(|name| source::inside(root, name)).collect::<Result<_, _>>()?;
            loaded.document(&document.name, files, root, &overlays, Some(document))?;
        }
        loaded.environment = manifest
            .env
            .iter()
            .map(|(name, variable)| EnvironmentVariable {
                name: name.clone(),
                scheme: variable.scheme.clone().unwrap_or_default(),
                part: variable.part,
            })
            .collect();
        loaded.read_lock(root)?;
        Ok(loaded)
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
        for document in &mut self.documents {
            rename(&mut document.root);
            let files = document.files.iter_mut().chain(&mut document.overlays).chain(&mut document.beside);
            files.for_each(|file| rename(&mut file.path));
        }
        let positions = self.diagnostics.iter_mut().filter_map(|diagnostic| diagnostic.position.as_mut());
        positions.for_each(|position| rename(&mut position.file));
    }

    /// Reads `files` as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with a file.
    pub fn files(files: &[PathBuf], overlays: &[PathBuf]) -> Result<Self, Diagnostic> {
        Self::sources(files.iter().map(|path| SourceFile::read(path)).collect::<Result<_, _>>()?, overlays)
    }

    /// Takes `files`, already read, as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with a file.
    pub fn sources(files: Vec<SourceFile>, overlays: &[PathBuf]) -> Result<Self, Diagnostic> {
        let mut loaded = Self { inputs: files.iter().map(|file| file.path.clone()).collect(), ..Self::default() };
        let root = files.first().and_then(|file| file.path.parent()).unwrap_or(Path::new("")).to_owned();
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        loaded.document("api", files, &root, overlays, None)?;
        Ok(loaded)
    }

    /// Reads `path`: a folder with a manifest, or a file.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder) and [`files`](Self::files).
    pub fn path(path: &Path) -> Result<Self, Diagnostic> {
        if path.is_dir() { Self::folder(path) } else { Self::files(&[path.to_owned()], &[]) }
    }

    fn document(
        &mut self,
        name: &str,
        files: Vec<SourceFile>,
        root: &Path,
        overlays: &[PathBuf],
        manifest: Option<&manifest::Document>,
    ) -> Result<(), Diagnostic> {
        let mut tree = timed("read", || source::join(&files, root))?;
        let own = source::names(&files, root);
        let mut applied = Vec::new();
        for path in overlays {
            self.inputs.push(path.clone());
            let overlay = SourceFile::read(path)?;
            self.diagnostics.extend(timed("overlay", || overlay::apply(&mut tree, &overlay))?);
            let anchored = bundle::anchor(&mut tree, Kind::Document, "", &own, true);
            anchored.map_err(|escape| escape.at(&overlay, ""))?;
            applied.push(overlay);
        }
        let mut bundle = Bundle::new(root, &own);
        let bundled = timed("check", || bundle.bundle(&mut tree));
        self.inputs.extend(bundle.paths());
        let (beside, origins) = (bundle.files, bundle.origins);
        self.slice(&mut tree, root, manifest);
        let notes = bundled.and_then(|()| timed("check", || validate::validate(&tree)));
        let (name, root, overlays) = (name.to_owned(), root.to_owned(), applied);
        self.documents.push(Loading { name, tree, files, overlays, root, beside, origins });
        self.diagnostics.extend(notes.map_err(|error| self.place(error))?);
        Ok(())
    }

    /// Keeps only the operations that the manifest selects.
    fn slice(&mut self, tree: &mut Value, root: &Path, manifest: Option<&manifest::Document>) {
        let Some(document) = manifest else { return };
        for (key, index) in slice::slice(tree, &document.keep, &document.drop) {
            let message =
                format!("`{key}` number {} of the document `{}` matches no operation", index + 1, document.name);
            let position = Position { file: root.join(manifest::FILE_NAME), line: 1, column: 1 };
            let diagnostic = Diagnostic::warning("M005", message).in_file(position);
            self.diagnostics.push(diagnostic.help("take it out, or correct what it names"));
        }
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

    /// The normalized documents, by name.
    pub fn normalize(&self) -> Vec<(String, Normalized)> {
        self.documents
            .iter()
            .map(|document| (document.name.clone(), normalize(document.tree.clone(), &self.lock_of(&document.name))))
            .collect()
    }

    /// The lock as the document of that name sees it: each of several documents has places of its own.
    fn lock_of(&self, name: &str) -> Lock {
        if self.documents.len() > 1 { self.lock.of_document(name) } else { self.lock.clone() }
    }

    /// Sets whether every type is both readable and writable.
    #[must_use]
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.options.both_ways = both_ways;
        self
    }

    /// Normalizes the documents and generates one client.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be generated, with its place in a file.
    pub fn generate(&self) -> Result<Output, Diagnostic> {
        let repaired = timed("normalize", || self.normalize());
        let repaired_alone = repaired.len() == 1;
        let inputs: Vec<Input<'_>> =
            repaired.iter().map(|(name, repaired)| Input { name, tree: &repaired.tree }).collect();
        let original = |mut diagnostic: Diagnostic| {
            let pointer = diagnostic.pointer.as_deref();
            let moved =
                pointer.and_then(|pointer| repaired.iter().find_map(|(_, repaired)| repaired.moved_from(pointer)));
            diagnostic.pointer = moved.or(diagnostic.pointer);
            diagnostic
        };
        let Generated { code, diagnostics: generated, mut choices } =
            timed("generate", || generate::generate(&inputs, &self.environment, &self.lock, self.options))
                .map_err(|error| self.place(original(error)))?;
        let mut diagnostics = self.diagnostics.clone();
        for (name, repaired) in &repaired {
            diagnostics.extend(repaired.diagnostics.iter().cloned());
            choices.extend(repaired.choices.iter().cloned().map(|choice| match repaired_alone {
                true => choice,
                false => choice.of_document(name),
            }));
        }
        diagnostics.extend(generated.into_iter().map(original));
        diagnostics.extend(self.unlocked(&choices));
        self.locate_those(&mut diagnostics, |diagnostic| diagnostic.severity > Severity::Note);
        let documents =
            self.documents.iter().map(|document| json!({"name": document.name, "document": document.served()}));
        Ok(Output { code, documents: documents.collect(), diagnostics, choices })
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
        let pointers: Vec<String> = open.iter().filter_map(|diagnostic| diagnostic.pointer.clone()).collect();
        if pointers.is_empty() {
            return;
        }
        let mut best: Vec<Option<(Position, usize)>> = vec![None; pointers.len()];
        for document in &self.documents {
            document.look(&pointers, &mut best);
        }
        for (diagnostic, place) in open.iter_mut().zip(best) {
            diagnostic.position = place.map(|(position, _)| Box::new(position));
        }
    }

    /// A warning for the choices that are missing from the lock of a folder.
    fn unlocked(&self, choices: &[Choice]) -> Option<Diagnostic> {
        let free: Vec<&str> =
            choices.iter().filter(|choice| !choice.locked).map(|choice| choice.name.as_str()).collect();
        let names = match free.as_slice() {
            [] => return None,
            _ if !self.locks => return None,
            few if few.len() <= 5 => few.join(", "),
            [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
            _ => return None,
        };
        let message = format!("{} does not pin these names: {names}", lock::FILE_NAME);
        Some(Diagnostic::warning("L003", message).help("run `cargo oas lock` and commit the file"))
    }

    /// `diagnostic` with the place in a file that its pointer leads to.
    fn place(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        self.locate(std::slice::from_mut(&mut diagnostic));
        diagnostic
    }
}
