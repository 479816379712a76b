//! Real documents to test with, in folders that environment variables name: `OPENAPI_CORPUS`, `OPENAPI_PAGES` and
//! `OPENAPI_BUMPS`.
//!
//! A variable that is not set skips its tests, which say so; one that names a folder that is missing or empty fails them.
//! A relative folder is taken from the workspace root.

use std::path::{Path, PathBuf};

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
