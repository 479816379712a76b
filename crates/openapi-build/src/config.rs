//! The interface for build scripts.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `W001` | no folder to write to is known |
//! | `W002` | a file cannot be written |
//! | `W003` | the name of a module is not a Rust identifier |

use std::fmt;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity, grouped};
use crate::features::Features;
use crate::formats::Format;
use crate::generate::additions::{Added, Addition};
use crate::levels::{Levels, Source};
use crate::lock;
use crate::pipeline::Reading;
use crate::replacements::Replacement;
use crate::slice::Selector;

/// The environment variable by which `cargo oas bump` makes a package generate from another folder. It holds three paths,
/// separated as in `PATH`: the folder that the package names, the folder to read instead, and a file that is written to
/// show that the variable was honored.
pub(crate) const REPLACEMENT: &str = "OPENAPI_BUILD_REPLACEMENT";

/// Generates a client in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), openapi_build::Error> {
///     openapi_build::Config::new().generate("api.yaml")
/// }
/// ```
///
/// A folder with a manifest takes the place of the file for those who track an API ([`manifest`](crate::manifest)).
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is generated until `generate` is called"]
pub struct Config {
    out_dir: Option<PathBuf>,
    module: Option<String>,
    both_ways: bool,
    allow: Vec<String>,
    deny: Vec<String>,
    max_bytes: Option<u64>,
    formats: Vec<(String, Format)>,
    additions: Vec<Added>,
    renames: Vec<(String, String)>,
    replacements: Vec<(String, Replacement)>,
    modules_by_tag: bool,
    features_by_group: bool,
    groups: Vec<(String, String)>,
    keep: Vec<Selector>,
    drop: Vec<Selector>,
}

impl Config {
    /// Creates a configuration that writes to `OUT_DIR`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Generates the module `name`, so that one crate can have several clients. `openapi_runtime::include_client!(name)` includes
    /// it. The files are `name.rs` and `name.documents.json`.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new().module("billing").generate("billing.yaml")?;
    ///     openapi_build::Config::new().module("shipping").generate("shipping.yaml")
    /// }
    /// ```
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.module = Some(name.into());
        self
    }

    /// Writes into `folder` instead of `OUT_DIR`, and makes it if it is not there.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Makes every type both readable and writable, for programs that log or store what they send and receive. Without it,
    /// a type can be read only if it is received and written only if it is sent, which halves the work of the compiler.
    ///
    /// `both_ways = true` in `spec.toml` does the same for everything that reads the folder, so that `names.lock` has the names of
    /// such a client; in a folder, prefer it.
    pub fn both_ways(mut self, both_ways: bool) -> Self {
        self.both_ways = both_ways;
        self
    }

    /// Silences the warnings that have this code. An error cannot be silenced.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     // We know that some defaults do not fit (Q031), and that some names are declared nowhere (Q005).
    ///     openapi_build::Config::new().allow("Q031").allow("Q005").generate("api.yaml")
    /// }
    /// ```
    ///
    /// `allow` in `spec.toml` does the same for everything that reads the folder. [`Levels`] says which one wins.
    pub fn allow(mut self, code: impl Into<String>) -> Self {
        self.allow.push(code.into());
        self
    }

    /// Makes warnings and notes that have this code errors, which stop the build; `warnings` stands for every warning whose
    /// code is not allowed. This is for those who own the definition: a warning is then a mistake to correct.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     // No default may have the wrong type. Keys that OpenAPI does not know (Q001) are only a note otherwise.
    ///     openapi_build::Config::new().deny("Q031").deny("Q001").generate("api.yaml")
    /// }
    /// ```
    ///
    /// All of them are reported, and not only the first ([`Error::diagnostics`]).
    pub fn deny(mut self, code: impl Into<String>) -> Self {
        self.deny.push(code.into());
        self
    }

    /// Sets the size in bytes of the largest file of a definition that is read, which is 256 MiB otherwise. `max_bytes` in
    /// `spec.toml` does the same for everything that reads the folder; this limit replaces it.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new().max_bytes(1 << 20).generate("api.yaml")
    /// }
    /// ```
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = Some(max_bytes);
        self
    }

    /// Reads and sends the values of `target` in another way than their format says. `target` is a format, which stands for all
    /// its values; the name of a component, which stands for what is in its schema; or a JSON pointer to a schema, with what is
    /// in it. The closest one counts, and an `x-rust-format` in the definition or an overlay before all of them. A reference is
    /// not followed: name the component that it leads to.
    ///
    /// ```no_run
    /// use openapi_build::{Config, Format};
    ///
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     Config::new()
    ///         // This server writes date-times without an offset, and means UTC …
    ///         .format("date-time", Format::AssumeUtc)
    ///         // … but in invoices, whatever someone typed …
    ///         .format("Invoice", Format::Text)
    ///         // … and here a count that does not fit 32 bits.
    ///         .format("#/components/schemas/Usage/properties/bytes", Format::Wide)
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// An integer without a format counts as an `int64`, and a number without one as a `double`. Of the numbers in an object,
    /// `Text` is only meant for those that `target` names themselves. A `target` that no schema has is a warning (`X001`).
    /// `[format]` in `spec.toml` does the same for everything that reads the folder, `cargo oas` too; in a folder, prefer it.
    pub fn format(mut self, target: impl Into<String>, format: Format) -> Self {
        self.formats.push((target.into(), format));
        self
    }

    /// Calls something otherwise in Rust. `target` is the name of a component, whose type is then `name`; an `operationId`, whose
    /// method and items are then named after `name`; or a JSON pointer, which may lead to a property, whose field and setter are
    /// then `name`. On the wire nothing changes.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new()
    ///         .rename("RoomV2DTO", "Room")
    ///         .rename("rooms_list_all", "list_rooms")
    ///         .rename("#/components/schemas/RoomV2DTO/properties/nm", "name")
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// `[rename]` in `spec.toml` and `x-rust-name` in the definition or an overlay do the same for everything that reads the folder;
    /// the latter counts first. An unknown target is a warning (`X006`). The names of types that are no component, and those
    /// of variants, are in `names.lock`, where they may be changed.
    pub fn rename(mut self, target: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.push((target.into(), name.into()));
        self
    }

    /// Groups the operations: `client.rooms().list()` instead of `client.list_rooms()`. The client has one method for each group,
    /// which returns a handle that owns what it needs and can be stored.
    ///
    /// A group is the first tag of an operation or, where it has no tag, the first word of its path that is no version. In its
    /// group, an operation's name loses the words of the group where the rest is still a name, and no other operation of the
    /// group would have it. `names.lock` pins both names.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new().modules_by_tag(true).generate("api.yaml")
    /// }
    /// ```
    ///
    /// `modules_by_tag = true` in `spec.toml` does the same for everything that reads the folder, `cargo oas lock` too; in a folder,
    /// prefer it.
    pub fn modules_by_tag(mut self, modules_by_tag: bool) -> Self {
        self.modules_by_tag = modules_by_tag;
        self
    }

    /// Generates only the groups of operations whose features the package has on, and what they need. The feature of a group has
    /// its name with `-` for `_`, and `default_` is that of the group `default`. A group that `[features]` of the package's
    /// `Cargo.toml` does not declare is always on. Groups are those of [`modules_by_tag`](Self::modules_by_tag), which need not
    /// be set.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new().features_by_group(true).generate("api.yaml")
    /// }
    /// ```
    ///
    /// `features_by_group = true` in `spec.toml` does the same, and lets `cargo oas lock` pin the names of the groups; in a folder,
    /// prefer it. The command `cargo oas` always works on all groups.
    pub fn features_by_group(mut self, features_by_group: bool) -> Self {
        self.features_by_group = features_by_group;
        self
    }

    /// Puts operations into the group `name`. `target` is a tag, for the operations of which it is the first, or an
    /// `operationId`, which counts before a tag.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new()
    ///         .modules_by_tag(true)
    ///         .group("Rooms (hotel/v2)", "rooms")
    ///         .group("countDoors", "rooms")
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// `[group]` in `spec.toml` does the same for everything that reads the folder; in a folder, prefer it. An unknown
    /// target is a warning (`X012`).
    pub fn group(mut self, target: impl Into<String>, name: impl Into<String>) -> Self {
        self.groups.push((target.into(), name.into()));
        self
    }

    /// Puts a type of your own in place of a generated one. `target` is the name of a component, a JSON pointer to a schema, or a
    /// format as in `format: decimal`, which stands for all its schemas. The closest one counts, and an `x-rust-type` in the
    /// definition or an overlay before all of them.
    ///
    /// ```no_run
    /// use openapi_build::{Config, Replacement};
    ///
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     Config::new()
    ///         .replace("Money", "crate::Money")
    ///         .replace("format: decimal", "rust_decimal::Decimal")
    ///         .replace("#/components/schemas/Room/properties/color", Replacement::of("palette::Srgb").with("crate::color"))
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// The type is `Clone`, `Debug` and `PartialEq`; `serde::Serialize` where it is sent and `serde::Deserialize` where it is
    /// received, unless a module does that ([`Replacement::with`]). What the schema checks is not checked, and a
    /// value that may be null is an `Option` of it. `time::OffsetDateTime`, `time::Date`, `jiff::Timestamp` and
    /// `rust_decimal::Decimal` are read and written by `openapi-runtime`, with its feature of the crate's name.
    ///
    /// `[replace]` in `spec.toml` does the same for everything that reads the folder, `cargo oas` too; in a folder, prefer it. An
    /// unknown target is a warning (`X008`), and an invalid path an error (`X009`).
    pub fn replace(mut self, target: impl Into<String>, replacement: impl Into<Replacement>) -> Self {
        self.replacements.push((target.into(), replacement.into()));
        self
    }

    /// Derives a trait for every generated type, beside `Clone`, `Debug` and `PartialEq`, which they all have.
    ///
    /// Those of std (`Copy`, `Default`, `Eq`, `Hash`, `Ord` and `PartialOrd`) are derived for the types whose parts all have
    /// them, with those that they require; a note (`X003`) counts the others. Any other trait is derived for every type, and is
    /// written as a path that the client's crate can name.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new().derive("Hash").derive_for("Room*", "schemars::JsonSchema").generate("api.yaml")
    /// }
    /// ```
    ///
    /// `[derive]` in `spec.toml` does the same for everything that reads the folder: `Hash = ["*"]`.
    pub fn derive(self, path: impl Into<String>) -> Self {
        self.derive_for("*", path)
    }

    /// Derives a trait for the types whose names match a pattern, in which `*` stands for any characters
    /// ([`derive`](Self::derive)). A pattern that no type matches is a warning (`X004`).
    pub fn derive_for(mut self, types: impl Into<String>, path: impl Into<String>) -> Self {
        self.additions.push(Added { types: types.into(), addition: Addition::Derive(path.into()), file: None });
        self
    }

    /// Adds an attribute to the types whose names match a pattern, in which `*` stands for any characters. It stands below the
    /// derives, whose own attributes it may be.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     openapi_build::Config::new()
    ///         .derive_for("Room", "schemars::JsonSchema")
    ///         .attribute("Room", r#"#[schemars(title = "A room")]"#)
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// `[attribute]` in `spec.toml` does the same for everything that reads the folder. A text that is not an attribute in Rust is an
    /// error (`X005`), and a pattern that no type matches a warning (`X004`).
    pub fn attribute(mut self, types: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.additions.push(Added { types: types.into(), addition: Addition::Attribute(attribute.into()), file: None });
        self
    }

    /// Generates only the operations that `selector` selects, and what they need; those of each, if this is called several times.
    ///
    /// ```no_run
    /// use openapi_build::{Config, Selector};
    ///
    /// // build.rs
    /// fn main() -> Result<(), openapi_build::Error> {
    ///     Config::new()
    ///         .keep(Selector::new().tags(["Rooms"]).methods(["GET"]))
    ///         .keep(Selector::new().paths(["/users/me*"]))
    ///         .drop(Selector::new().stages(["Deprecated"]))
    ///         .generate("api.yaml")
    /// }
    /// ```
    ///
    /// In a pattern, `*` stands for any characters. A selector that matches no operation is a warning (`M005`). `[[document.keep]]`
    /// and `[[document.drop]]` in `spec.toml` do the same for everything that reads the folder; this selects from what they leave.
    pub fn keep(mut self, selector: Selector) -> Self {
        self.keep.push(selector);
        self
    }

    /// Leaves out the operations that `selector` selects, also those that [`keep`](Self::keep) selects.
    pub fn drop(mut self, selector: Selector) -> Self {
        self.drop.push(selector);
        self
    }

    /// Generates the client for `spec`, a folder with a manifest or a single document. Writes `client.rs`, which
    /// `openapi_runtime::include_client!()` includes, and `documents.json`, which
    /// `openapi_sandbox::include_document!()` includes.
    ///
    /// Tells cargo which files it has read, so that the build script runs again only when they change, and prints the warnings:
    /// up to three of a code one by one, and more as one line with their number. `cargo oas explain --all` lists each.
    ///
    /// # Errors
    ///
    /// Fails if the input is invalid, a warning is denied, or a file cannot be written. The error prints a line for each thing
    /// that is wrong, with a code, a place and what to do.
    pub fn generate(&self, spec: impl AsRef<Path>) -> Result<(), Error> {
        println!("cargo::rerun-if-env-changed={REPLACEMENT}");
        let replacement = std::env::var_os(REPLACEMENT).and_then(|value| replaced(spec.as_ref(), &value));
        let spec = replacement.as_deref().unwrap_or(spec.as_ref());
        let levels = Levels::new(Source::Config, &self.allow, &self.deny)?;
        let mut reading = Reading::default().levels(levels).formats(&self.formats).additions(&self.additions);
        reading = reading.select(&self.keep, &self.drop).renames(&self.renames);
        reading = reading.replacements(&self.replacements);
        reading = reading.groups(self.modules_by_tag, self.features_by_group, &self.groups);
        if let Some(max_bytes) = self.max_bytes {
            reading = reading.max_bytes(max_bytes);
        }
        let mut loaded = match reading.path(spec) {
            Ok(loaded) => loaded,
            Err(error) => {
                // The fix may be in any file of the folder.
                println!("cargo::rerun-if-changed={}", spec.display());
                warn(error.others());
                return Err(error.into());
            }
        };
        for input in &loaded.inputs {
            println!("cargo::rerun-if-changed={}", input.display());
        }
        // A new lock would change the result. Watching a path that does not exist would rerun every build, so this watches
        // the folder, whose modification time changes when a file is added.
        if spec.is_dir() && !spec.join(lock::FILE_NAME).exists() {
            println!("cargo::rerun-if-changed={}", spec.display());
        }
        if let Some(name) = self.module.as_deref().filter(|name| syn::parse_str::<syn::Ident>(name).is_err()) {
            return Err(Diagnostic::error("W003", format!("`{name}` cannot be the name of a module"))
                .help("give `module` a Rust identifier, such as `billing`")
                .into());
        }
        if loaded.has_features() {
            let features = Features::of_package()?;
            if let Some(manifest) = &features.manifest {
                println!("cargo::rerun-if-changed={}", manifest.display());
            }
            loaded.keep_groups(&|group| features.have(group));
        }
        let output = loaded.both_ways(self.both_ways).generate().inspect_err(|error| warn(error.others()))?;
        warn(&output.diagnostics);
        if let Some(denied) = output.denied() {
            return Err(denied.into());
        }
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
                Diagnostic::error("W001", "there is no OUT_DIR").help("run this in a build script, or call `out_dir`")
            })?,
        };
        let (code, documents) = match &self.module {
            None => ("client.rs".to_owned(), "documents.json".to_owned()),
            Some(name) => (format!("{name}.rs"), format!("{name}.documents.json")),
        };
        std::fs::create_dir_all(&folder).map_err(|error| {
            Diagnostic::error("W002", format!("{} cannot be made: {error}", folder.display())).help("check the folder")
        })?;
        write(&folder.join(code), &output.code)?;
        write(&folder.join(documents), &output.documents.to_string())?;
        Ok(())
    }
}

/// Prints the warnings among `findings` for cargo.
fn warn(findings: &[Diagnostic]) {
    for warning in grouped(findings).iter().filter(|finding| finding.severity == Severity::Warning) {
        println!("cargo::warning={}", warning.to_string().replace('\n', " "));
    }
}

/// The folder that `value` substitutes for `spec`, if `value` names `spec`.
fn replaced(spec: &Path, value: &std::ffi::OsStr) -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(value).collect();
    let [meant, replacement, seen] = paths.as_slice() else { return None };
    if spec.canonicalize().ok()? != *meant {
        return None;
    }
    std::fs::write(seen, "").ok()?;
    Some(replacement.clone())
}

/// Writes a file completely or not at all, and leaves it alone if it is up to date.
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

/// The reasons why no client was generated, on a line each; more than three with one code are one line with their number.
/// `Debug` shows the same as `Display`, because a build script that fails prints `Debug`.
#[derive(Clone)]
pub struct Error(Box<Diagnostic>);

impl Error {
    /// The first error.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }

    /// Every error of the run, the first one first.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.all().filter(|finding| finding.severity == Severity::Error)
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<Diagnostic> = self.diagnostics().cloned().collect();
        let lines: Vec<String> = grouped(&errors).iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_only_if_the_variable_names_it() {
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
