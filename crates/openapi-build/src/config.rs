//! The face for build scripts.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `W001` | there is no folder to write to |
//! | `W002` | a file cannot be written |

use std::fmt;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::lock;
use crate::pipeline::Loaded;

/// The environment variable by which `cargo oas bump` makes a package generate from another folder. It holds three paths,
/// separated as in `PATH`: the folder that the package names, the folder to read instead, and a file that is written to
/// show that the variable was honored.
pub(crate) const REPLACEMENT: &str = "OPENAPI_BUILD_REPLACEMENT";

/// How a build script generates a client.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), openapi_build::Error> {
///     openapi_build::Config::new().generate("spec")
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is generated until `generate` is called"]
pub struct Config {
    out_dir: Option<PathBuf>,
    both_ways: bool,
}

impl Config {
    /// The defaults: what is written goes to `OUT_DIR`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes into `folder` in the place of `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Makes every type both readable and writable, for those who log or store what they send and receive. Without it,
    /// a type is read or written only where values go that way, which is half the work for the compiler.
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.both_ways = both_ways;
        self
    }

    /// Generates the client of `spec`, a folder with a manifest or a single document, and writes `client.rs` and
    /// `documents.json`.
    ///
    /// For cargo, it prints what was read, so that the build script runs again only when that changes, and a line for
    /// each warning.
    ///
    /// # Errors
    ///
    /// When the input is not what it should be, or a file cannot be written. The error prints as one message with a
    /// code, a place and a way on.
    pub fn generate(&self, spec: impl AsRef<Path>) -> Result<(), Error> {
        println!("cargo::rerun-if-env-changed={REPLACEMENT}");
        let replacement = std::env::var_os(REPLACEMENT).and_then(|value| replaced(spec.as_ref(), &value));
        let spec = replacement.as_deref().unwrap_or(spec.as_ref());
        let loaded = match Loaded::path(spec) {
            Ok(loaded) => loaded,
            Err(diagnostic) => {
                // What was wrong may be mended in any file of the folder.
                println!("cargo::rerun-if-changed={}", spec.display());
                return Err(diagnostic.into());
            }
        };
        for input in &loaded.inputs {
            println!("cargo::rerun-if-changed={}", input.display());
        }
        // A lock that is not there yet would change the result; a path that does not exist would rerun every build, so
        // the folder, whose modification time changes when a file comes, is watched for it.
        if spec.is_dir() && !spec.join(lock::FILE_NAME).exists() {
            println!("cargo::rerun-if-changed={}", spec.display());
        }
        let output = loaded.both_ways(self.both_ways).generate()?;
        for diagnostic in output.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning) {
            println!("cargo::warning={}", diagnostic.to_string().replace('\n', " "));
        }
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
                Diagnostic::error("W001", "there is no OUT_DIR").help("run this in a build script, or call `out_dir`")
            })?,
        };
        write(&folder.join("client.rs"), &output.code)?;
        write(&folder.join("documents.json"), &output.documents.to_string())?;
        Ok(())
    }
}

/// The folder that `value` has in the place of `spec`, if `spec` is the one that is meant.
fn replaced(spec: &Path, value: &std::ffi::OsStr) -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(value).collect();
    let [meant, replacement, seen] = paths.as_slice() else { return None };
    if spec.canonicalize().ok()? != *meant {
        return None;
    }
    std::fs::write(seen, "").ok()?;
    Some(replacement.clone())
}

/// Writes a file whole or not at all, and leaves one alone that is as it should be.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = PathBuf::from(name);
    std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, path)).map_err(|error| {
        Diagnostic::error("W002", format!("{} cannot be written: {error}", path.display())).help("check the folder")
    })
}

/// Why no client was generated. `Debug` shows what `Display` shows, because a build script that fails prints that.
#[derive(Clone)]
pub struct Error(Box<Diagnostic>);

impl Error {
    /// The message.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_only_where_it_is_meant() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().canonicalize().expect("it is there").join(name);
        std::fs::create_dir_all(at("spec")).expect("a folder");
        std::fs::create_dir_all(at("other")).expect("a folder");
        let value = std::env::join_paths([at("spec"), at("new"), at("seen")]).expect("they can be joined");
        assert_eq!(replaced(&at("other"), &value), None);
        assert!(!at("seen").exists());
        assert_eq!(replaced(&folder.path().join("other/../spec"), &value), Some(at("new")));
        assert!(at("seen").exists(), "whoever asked can see that the variable was honored");
    }
}
