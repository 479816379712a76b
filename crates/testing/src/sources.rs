//! The Rust files of a crate, for tests that hold its tables to its code.

use std::path::Path;

/// The texts of the Rust files below `folder`.
pub fn rust_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder of the crate").flatten().map(|entry| entry.path());
    let mut texts = Vec::new();
    for path in entries {
        if path.is_dir() {
            texts.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push(std::fs::read_to_string(path).expect("a file of the crate"));
        }
    }
    texts
}
