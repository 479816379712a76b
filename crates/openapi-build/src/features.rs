//! The features of the package whose build script runs, which say which groups of operations it has.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `W006` | the manifest of the package, which declares its features, cannot be read |
//! | `W007` | groups of operations are features, and no lock pins their names |

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Position};
use crate::groups::feature;
use crate::lock;

/// The features of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    /// Those that it declares, as cargo writes them in the names of variables.
    declared: BTreeSet<String>,
    /// Those of them that are on.
    on: BTreeSet<String>,
    /// The manifest that declares them.
    pub(crate) manifest: Option<PathBuf>,
}

/// What is read of a `Cargo.toml`.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    features: toml::Table,
}

impl Features {
    /// Those of the package that cargo builds; it has none if this is no build script.
    ///
    /// # Errors
    ///
    /// `W006`.
    pub(crate) fn of_package() -> Result<Self, Diagnostic> {
        let Some(folder) = std::env::var_os("CARGO_MANIFEST_DIR") else { return Ok(Self::default()) };
        Self::read(&Path::new(&folder).join("Cargo.toml"), |variable| std::env::var_os(variable).is_some())
    }

    fn read(path: &Path, is_set: impl Fn(&OsStr) -> bool) -> Result<Self, Diagnostic> {
        let refuse = |problem: String| {
            let file = Position { file: path.to_owned(), line: 1, column: 1 };
            Diagnostic::error("W006", format!("the features of this package cannot be read: {problem}"))
                .in_file(file)
                .help("correct its Cargo.toml, or leave `features_by_group` out")
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| refuse(error.message().to_owned()))?;
        let declared: BTreeSet<String> = manifest.features.keys().map(|name| variable(name)).collect();
        let on = declared.iter().filter(|name| is_set(OsStr::new(name))).cloned().collect();
        Ok(Self { declared, on, manifest: Some(path.to_owned()) })
    }

    /// Whether the package has the operations of `group`. A group that is not declared as a feature is always on.
    pub(crate) fn have(&self, group: &str) -> bool {
        let name = variable(&feature(group));
        !self.declared.contains(&name) || self.on.contains(&name)
    }
}

/// The warning that no lock pins the groups, whose names are those of features that other packages switch on.
pub(crate) fn unpinned(is_folder: bool) -> Diagnostic {
    let message = format!(
        "groups of operations are features, and no {} pins their names: another version of the definition may rename one, and break \
         every package that switches it on",
        lock::FILE_NAME
    );
    let help = match is_folder {
        true => "run `cargo oas lock` and commit the file",
        false => {
            "put the definition into a folder with spec.toml, say `features_by_group = true` there, and run `cargo oas lock`"
        }
    };
    Diagnostic::warning("W007", message).help(help)
}

/// The variable that cargo sets for a feature that is on.
fn variable(feature: &str) -> String {
    format!("CARGO_FEATURE_{}", feature.to_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_no_feature_is_on() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("Cargo.toml");
        let write = |text: &str| std::fs::write(&path, text).expect("a file");
        write(
            "[package]\nname = \"a\"\n[features]\ndefault = [\"rooms\"]\nrooms = []\nroom-types = []\nguest_cards = []\n",
        );
        let features = Features::read(&path, |name| name == "CARGO_FEATURE_ROOM_TYPES").expect("a manifest");
        for (group, expected) in
            [("rooms", false), ("room_types", true), ("guest_cards", false), ("doors", true), ("default", true)]
        {
            assert_eq!(features.have(group), expected, "{group}");
        }
        write("[package]\nname = \"a\"\n");
        assert!(Features::read(&path, |_| false).expect("a manifest").have("rooms"));
        write("features = 3\n");
        let error = Features::read(&path, |_| false).expect_err("it declares nothing");
        assert_eq!(error.code, "W006");
        assert!(error.to_string().contains("Cargo.toml"), "{error}");
    }
}
