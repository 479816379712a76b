//! Documents to test with, in folders that environment variables name: real ones in `OPENAPI_CORPUS`, `OPENAPI_PAGES`,
//! `OPENAPI_BUMPS` and `OPENAPI_WILD`, and small ones, each of which says one thing that is often read wrongly, in
//! `OPENAPI_INPUTS`.
//!
//! A variable that is not set skips its tests, which say so; one that names a folder that is missing or empty fails them.
//! A relative folder is taken from the workspace root.

use std::path::{Path, PathBuf};

use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::{Loaded, Output};

/// Of a document with more lines, the client of one tag is generated, as its users do: all of it is millions of lines of Rust.
const TOO_MANY_LINES: usize = 500_000;

/// The workspace root.
pub fn workspace() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = folders.find(|folder| folder.join("Cargo.lock").exists()).expect("the workspace has a lock");
    root.to_owned()
}

/// The folder that `variable` names; `None`, and a line that says so, where it is not set.
pub fn folder(variable: &str) -> Option<PathBuf> {
    let Some(value) = std::env::var_os(variable) else {
        println!("skipped: {variable} is not set");
        return None;
    };
    assert!(!value.is_empty(), "{variable} is set and empty");
    let folder = workspace().join(value);
    assert!(folder.is_dir(), "{variable} names {}, which is no folder", folder.display());
    Some(folder)
}

/// The documents (`.yaml`, `.yml`, `.json`) directly in the folder that `variable` names, sorted by name; `None`, and a
/// line that says so, where it is not set.
pub fn documents(variable: &str) -> Option<Vec<PathBuf>> {
    let folder = folder(variable)?;
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut documents: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| {
            path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json")
        })
        .collect();
    documents.sort();
    assert!(!documents.is_empty(), "{variable} names {}, which has no document", folder.display());
    Some(documents)
}

/// The document `name` in the folder that `variable` names; `None`, and a line that says so, where the variable is not
/// set or the folder has no such file.
pub fn document(variable: &str, name: &str) -> Option<PathBuf> {
    let found = documents(variable)?.into_iter().find(|path| path.file_name().is_some_and(|file| file == name));
    if found.is_none() {
        println!("skipped: {variable} has no {name}");
    }
    found
}

/// The documents of `OPENAPI_WILD` that are wanted: `WILD_MAX_BYTES` leaves out larger ones, and `WILD_ONLY` those whose names do
/// not contain that text. Without the first, those of more than `most` bytes are left out unless `WILD_ALL=1`.
pub fn wild(most: u64) -> Option<Vec<PathBuf>> {
    let set = std::env::var("WILD_MAX_BYTES").ok().map(|text| text.parse().expect("WILD_MAX_BYTES is a number"));
    wild_of(set.unwrap_or(if is_all() { u64::MAX } else { most }))
}

/// Those of `OPENAPI_WILD` that have at most `most` bytes, whatever `WILD_MAX_BYTES` says, or all if `WILD_ALL=1`: for what takes long
/// and needs many documents rather than large ones.
pub fn small_wild(most: u64) -> Option<Vec<PathBuf>> {
    wild_of(if is_all() { u64::MAX } else { most })
}

fn is_all() -> bool {
    std::env::var_os("WILD_ALL").is_some_and(|value| value == "1")
}

fn wild_of(most: u64) -> Option<Vec<PathBuf>> {
    let wanted = |path: &PathBuf| {
        let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        bytes <= most && std::env::var("WILD_ONLY").map_or(true, |part| name.contains(&part))
    };
    Some(documents("OPENAPI_WILD")?.into_iter().filter(wanted).collect())
}

/// A published document.
pub struct Published {
    /// Where it is.
    pub path: PathBuf,
    /// The name of its file.
    pub name: String,
    /// How long it is.
    pub bytes: usize,
    /// How many lines it has.
    pub lines: usize,
    /// The tag whose operations are generated, unless all are.
    pub tag: Option<String>,
}

impl Published {
    /// The document at `path`, or the folder with a manifest.
    pub fn new(path: PathBuf) -> Self {
        let read = |path| std::fs::read(path).unwrap_or_else(|error| panic!("{error}"));
        let text = if path.is_dir() { Vec::new() } else { read(&path) };
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let tag = (lines > TOO_MANY_LINES).then(|| first_tag(&String::from_utf8_lossy(&text)));
        Self { path, name, bytes: text.len(), lines, tag }
    }

    /// Generates its client, after `configure`.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    pub fn generate(&self, configure: impl FnOnce(Loaded) -> Loaded) -> Result<Output, Diagnostic> {
        let Some(tag) = &self.tag else { return configure(Loaded::path(&self.path)?).generate() };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let manifest = format!(
            "[[document]]\nname = \"api\"\n[[document.file]]\npath = {:?}\n[[document.keep]]\ntags = [{tag:?}]\n",
            self.name
        );
        std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
        std::fs::copy(&self.path, folder.path().join(&self.name)).expect("a file");
        configure(Loaded::folder(folder.path())?).generate()
    }
}

/// The tag that stands first in an operation of a YAML document.
fn first_tag(text: &str) -> String {
    let mut lines = text.lines().skip_while(|line| line.trim_end() != "paths:");
    let list = lines.find(|line| line.trim() == "tags:");
    let item = list.and_then(|_| lines.next()?.trim().strip_prefix("- ").map(|tag| tag.trim_matches(['\'', '"'])));
    item.expect("an operation has tags").to_owned()
}

#[cfg(test)]
mod tests {
    use super::first_tag;

    #[test]
    fn the_first_tag_is_that_of_an_operation() {
        let text =
            "tags:\n  - name: other\npaths:\n  /a:\n    get:\n      tags:\n        - 'one.two'\n        - three\n";
        assert_eq!(first_tag(text), "one.two");
    }
}
