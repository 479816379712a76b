//! How documents are read: the limits and choices of the user, and those of a manifest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Loaded, Loading, all_of};
use crate::diagnostic::{Diagnostic, Position};
use crate::features;
use crate::formats::{Format, Wanted};
use crate::generate::EnvironmentVariable;
use crate::generate::additions::Added;
use crate::groups::Chosen;
use crate::levels::Levels;
use crate::lock;
use crate::manifest::{self, Manifest};
use crate::renames::{self, Renamed};
use crate::replacements::{self, Replacement, Replacing};
use crate::slice::{Selector, Selectors};
use crate::source::{self, SourceFile};
#[cfg(feature = "track")]
use crate::track::judgment::Judgment;

/// How documents are read.
///
/// ```
/// use openapi_build::levels::{Levels, Source};
/// use openapi_build::pipeline::Reading;
/// use openapi_build::source::SourceFile;
///
/// let page = "paths: {/ping: {get: {operationId: ping, colour: red, responses: {'204': {description: pong}}}}}";
/// let file = SourceFile::from_bytes("ping.yaml".as_ref(), page.into())?;
/// let levels = Levels::new(Source::Config, &["Q001"], &[])?;
/// let loaded = Reading::default().levels(levels).sources(vec![file], &[])?;
/// assert!(loaded.generate()?.diagnostics.is_empty());
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Reading {
    levels: Levels,
    max_bytes: Option<u64>,
    formats: Vec<Wanted>,
    additions: Vec<Added>,
    renames: Vec<Renamed>,
    replacements: Vec<Replacing>,
    modules_by_tag: bool,
    features_by_group: bool,
    groups: Vec<Chosen>,
    selectors: Selectors,
}

impl Reading {
    /// Sets which findings are silenced and which ones are errors. These levels win over those of a manifest.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// Sets the size of the largest file of a document, in bytes: [`MAX_BYTES`](source::MAX_BYTES) unless set here or in a
    /// manifest, whose limit this one replaces.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = Some(max_bytes);
        self
    }

    /// Sets how the values of a format, of a component or of a place are read and sent ([`Config::format`](crate::Config::format)).
    /// These choices are asked before those of a manifest.
    #[must_use]
    pub fn formats(mut self, formats: &[(String, Format)]) -> Self {
        self.formats = formats.iter().map(|(target, format)| Wanted::new(target, *format)).collect();
        self
    }

    /// Sets what is called otherwise in Rust. These choices come before those of a manifest.
    #[must_use]
    pub(crate) fn renames(mut self, renames: &[(String, String)]) -> Self {
        self.renames = renames.iter().map(|(target, name)| Renamed::new(target, name)).collect();
        self
    }

    /// Sets the types of the user's own. These choices come before those of a manifest.
    #[must_use]
    pub(crate) fn replacements(mut self, replacements: &[(String, Replacement)]) -> Self {
        let replacing = |(target, replacement): &(String, Replacement)| Replacing::new(target, replacement, None);
        self.replacements = replacements.iter().map(replacing).collect();
        self
    }

    /// Sets whether operations are grouped, whether each group has a feature, and which groups are called otherwise than their
    /// tags. A manifest may say the same; these choices come before its own.
    #[must_use]
    pub(crate) fn groups(mut self, modules_by_tag: bool, features_by_group: bool, groups: &[(String, String)]) -> Self {
        (self.modules_by_tag, self.features_by_group) = (modules_by_tag, features_by_group);
        self.groups = groups.iter().map(|(target, group)| Chosen::new(target, group)).collect();
        self
    }

    /// Sets what is added to generated types, beside what a manifest adds.
    #[must_use]
    pub(crate) fn additions(mut self, additions: &[Added]) -> Self {
        self.additions = additions.to_vec();
        self
    }

    /// Sets which operations are kept, all if `keep` is empty, and which are dropped, of those that a manifest leaves
    /// ([`Config::keep`](crate::Config::keep)).
    #[must_use]
    pub fn select(mut self, keep: &[Selector], drop: &[Selector]) -> Self {
        self.selectors = Selectors { keep: keep.to_vec(), drop: drop.to_vec() };
        self
    }

    /// Reads `path`: a folder with a manifest, or a file.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder) and [`files`](Self::files).
    pub fn path(&self, path: &Path) -> Result<Loaded, Diagnostic> {
        if path.is_dir() { self.folder(path) } else { self.files(&[path.to_owned()], &[]) }
    }

    /// Reads the folder at `root`, which contains a manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the manifest or with a file.
    pub fn folder(&self, root: &Path) -> Result<Loaded, Diagnostic> {
        let manifest = Manifest::read(root)?;
        let in_manifest = |warning: Diagnostic| {
            let file = root.join(manifest::FILE_NAME);
            warning.in_file(Position { file, line: 1, column: 1 })
        };
        let mut loaded = Loaded { locks: true, inputs: vec![root.join(manifest::FILE_NAME)], ..Loaded::default() };
        loaded.levels = self.levels.clone().over(manifest.levels()?);
        loaded.options.additions = self.additions.clone();
        loaded.options.additions.extend(manifest.additions(&root.join(manifest::FILE_NAME)));
        loaded.options.both_ways = manifest.both_ways;
        loaded.options.modules_by_tag = self.modules_by_tag || manifest.modules_by_tag;
        loaded.features_by_group = self.features_by_group || manifest.features_by_group;
        let max_bytes = self.max_bytes.or(manifest.max_bytes).unwrap_or(source::MAX_BYTES);
        let mut of_config = self.formats.clone();
        let mut of_manifest = wanted(&manifest.format);
        let mut renames = self.renames.clone();
        let mut manifest_renames: Vec<Renamed> =
            manifest.rename.iter().map(|(target, name)| Renamed::new(target, name)).collect();
        let mut known = Vec::new();
        let mut replacing = self.replacements.clone();
        let file = Some(root.join(manifest::FILE_NAME));
        replacing.extend(manifest.replace.iter().map(|(target, it)| Replacing::new(target, it, file.clone())));
        let mut replaceable = Vec::new();
        for document in &manifest.documents {
            let (name, root) = (document.name.clone(), root.to_owned());
            let selectors = self.selectors.clone();
            let mut loading = Loading { name, root, max_bytes, selectors, ..Loading::default() };
            loading.levels = self.levels.clone().over(document.levels()?).over(manifest.levels()?);
            let mut findings = Vec::new();
            if let Err(error) = loaded.listed(&mut loading, document, &mut findings) {
                findings.extend(error.into_all());
            }
            let mut of_document = wanted(&document.format);
            loading.choose_formats([&mut of_config, &mut of_document, &mut of_manifest]);
            findings.extend(of_document.iter().filter_map(Wanted::unmatched).map(in_manifest));
            findings.extend(loading.rename([&mut renames, &mut manifest_renames]));
            if !(renames.is_empty() && manifest_renames.is_empty()) {
                known.extend(renames::known(&loading.tree));
            }
            let replaced = loading.replace([&mut replacing]);
            findings.extend(replaced.findings.into_iter().map(|finding| loading.in_published(finding)));
            loaded.options.implement(replaced.implements);
            if !replacing.is_empty() {
                replaceable.extend(replacements::known(&loading.tree));
            }
            loaded.add(loading, findings);
        }
        loaded.diagnostics.extend(of_config.iter().filter_map(Wanted::unmatched));
        loaded.add_idle();
        loaded.diagnostics.extend(of_manifest.iter().filter_map(Wanted::unmatched).map(in_manifest));
        let unmatched = |it: &Renamed| it.unmatched(&known);
        loaded.diagnostics.extend(renames.iter().filter_map(unmatched));
        loaded.diagnostics.extend(manifest_renames.iter().filter_map(unmatched).map(in_manifest));
        loaded.diagnostics.extend(replacing.iter().filter_map(|it| it.unmatched(&replaceable)));
        loaded.diagnostics.extend(replacing.iter().filter_map(Replacing::invalid));
        loaded.diagnostics.extend(replacing.iter().flat_map(Replacing::strange));
        loaded.environment = manifest
            .env
            .iter()
            .map(|(name, variable)| EnvironmentVariable {
                name: name.clone(),
                scheme: variable.scheme.clone().unwrap_or_default(),
                part: variable.part,
            })
            .collect();
        #[cfg(feature = "track")]
        {
            loaded.judgment = Judgment::of_folder(root);
        }
        if let Err(error) = loaded.read_lock(root) {
            loaded.diagnostics.push(error);
        }
        if loaded.features_by_group && !root.join(lock::FILE_NAME).exists() {
            loaded.diagnostics.push(features::unpinned(true));
        }
        let mut groups = self.groups.clone();
        let mut of_manifest: Vec<Chosen> =
            manifest.group.iter().map(|(target, group)| Chosen::new(target, group)).collect();
        let known = loaded.group([&mut groups, &mut of_manifest]);
        loaded.diagnostics.extend(groups.iter().filter_map(|it| it.unmatched(&known)));
        loaded.diagnostics.extend(of_manifest.iter().filter_map(|it| it.unmatched(&known)).map(in_manifest));
        loaded.sound()
    }

    /// Reads `files` as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn files(&self, files: &[PathBuf], overlays: &[PathBuf]) -> Result<Loaded, Diagnostic> {
        let max_bytes = self.max_bytes.unwrap_or(source::MAX_BYTES);
        self.sources(all_of(files.iter().map(|path| SourceFile::read_up_to(path, max_bytes)))?, overlays)
    }

    /// Takes `files`, already read, as one document, with no manifest.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the files.
    pub fn sources(&self, files: Vec<SourceFile>, overlays: &[PathBuf]) -> Result<Loaded, Diagnostic> {
        let inputs = files.iter().map(|file| file.path.clone()).collect();
        let mut loaded = Loaded { inputs, levels: self.levels.clone(), ..Loaded::default() };
        loaded.options.additions = self.additions.clone();
        loaded.options.modules_by_tag = self.modules_by_tag;
        loaded.features_by_group = self.features_by_group;
        let root = files.first().and_then(|file| file.path.parent()).unwrap_or(Path::new("")).to_owned();
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        let max_bytes = self.max_bytes.unwrap_or(source::MAX_BYTES);
        let (levels, selectors) = (self.levels.clone(), self.selectors.clone());
        let name = "api".to_owned();
        let mut loading = Loading { name, files, root, max_bytes, levels, selectors, ..Loading::default() };
        let mut findings = Vec::new();
        if let Err(error) = loaded.correct(&mut loading, overlays, None, &mut findings) {
            findings.extend(error.into_all());
        }
        let mut formats = self.formats.clone();
        loading.choose_formats([&mut formats]);
        findings.extend(formats.iter().filter_map(Wanted::unmatched));
        let mut renames = self.renames.clone();
        findings.extend(loading.rename([&mut renames]));
        if !renames.is_empty() {
            let known = renames::known(&loading.tree);
            findings.extend(renames.iter().filter_map(|it| it.unmatched(&known)));
        }
        let mut replacing = self.replacements.clone();
        let replaced = loading.replace([&mut replacing]);
        findings.extend(replaced.findings.into_iter().map(|finding| loading.in_published(finding)));
        loaded.options.implement(replaced.implements);
        if !replacing.is_empty() {
            let known = replacements::known(&loading.tree);
            findings.extend(replacing.iter().filter_map(|it| it.unmatched(&known)));
            loaded.diagnostics.extend(replacing.iter().filter_map(Replacing::invalid));
            loaded.diagnostics.extend(replacing.iter().flat_map(Replacing::strange));
        }
        loaded.add(loading, findings);
        loaded.add_idle();
        if loaded.features_by_group {
            loaded.diagnostics.push(features::unpinned(false));
        }
        let mut groups = self.groups.clone();
        let known = loaded.group([&mut groups, &mut Vec::new()]);
        loaded.diagnostics.extend(groups.iter().filter_map(|it| it.unmatched(&known)));
        loaded.sound()
    }
}

/// The choices of a manifest.
fn wanted(formats: &BTreeMap<String, Format>) -> Vec<Wanted> {
    formats.iter().map(|(target, format)| Wanted::new(target, *format)).collect()
}
