//! Makes a package that has the client of a definition, or adds the client to one, or writes nothing.
//!
//! Everything is prepared in memory. What is there already is compared, and never overwritten: only `Cargo.toml` is edited, and a
//! library that is cargo's template is replaced.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `I001` | cargo cannot be run, or is too old for what a client depends on |
//! | `I002` | the folder has uncommitted changes |
//! | `I003` | the folder cannot be that package: it has no package, another one, or a name that no package can have |
//! | `I004` | the package has another definition |
//! | `I005` | a file has other content than the one that would be written, and stays as it is |
//! | `I006` | a dependency is there, and lacks features that the client needs |
//! | `I007` | the definition has no operation that a first call could be made of |
//! | `I008` | the files that a definition refers to were made one document with it |
//! | `I009` | the URL of the definition has a user name or a password |
//! | `I010` | a group of operations would be a feature with the name of an optional dependency |

mod call;
pub(crate) mod definition;
mod manifests;
mod texts;
mod value;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::manifest::{self, Manifest};
use openapi_build::pipeline::{Loaded, Output, Reading};
use openapi_build::tool;
use openapi_build::track::Derived;
use serde_json::Value;

use crate::guard::Guard;
use crate::place::about;
use crate::record::{self, Date};
use crate::swap::{self, Swap};
use crate::{bump, git};
use call::{Call, Client};
use definition::{Definition, Fetch};
use manifests::Dependency;

/// The folder of the definition in a package.
const SPEC: &str = "spec";

/// The minor version of the oldest cargo 1 that builds a client.
const OLDEST: u32 = 88;

/// The module of the client in a package that has a library of its own.
const MODULE: &str = "api";

/// What cargo writes into the library of a new package, without spaces.
const TEMPLATES: [&str; 2] = [
    "",
    "pubfnadd(left:u64,right:u64)->u64{left+right}#[cfg(test)]modtests{usesuper::*;#[test]fnit_works(){letresult=add(2,2);\
     assert_eq!(result,4);}}",
];

/// Names that cargo gives no package.
const RESERVED: [&str; 5] = ["test", "core", "std", "alloc", "proc_macro"];

/// The keywords of Rust, with those that it keeps for later. No crate and no module has such a name.
#[rustfmt::skip]
const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The names of the files in `src` that are crates and not modules.
const ROOTS: [&str; 2] = ["lib", "main"];

/// What to make, and where.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The definition: a path or a URL.
    pub(crate) source: String,
    /// The folder of the package.
    pub(crate) root: PathBuf,
    /// The name of a new package; that of its folder otherwise.
    pub(crate) name: Option<String>,
    /// The module to put the client into.
    pub(crate) module: Option<String>,
    /// The folder with the crates that a client depends on, in place of the published ones.
    pub(crate) crates: Option<PathBuf>,
    /// Whether each group of operations becomes a feature.
    pub(crate) features: bool,
    /// Whether the folder may have uncommitted changes.
    pub(crate) allow_dirty: bool,
    /// Whether nothing is written, so that uncommitted changes are not at risk.
    pub(crate) dry_run: bool,
    /// The date to write into the manifest of the definition.
    pub(crate) date: Date,
}

/// A package that is ready to be written. [`apply`](Self::apply) writes it.
#[derive(Debug)]
pub(crate) struct Init {
    /// The title and version of the definition.
    pub(crate) title: String,
    /// The name of the package.
    pub(crate) package: String,
    /// Its folder.
    pub(crate) root: PathBuf,
    /// Whether the package is new.
    pub(crate) is_new: bool,
    /// The files to write, with their contents.
    pub(crate) files: Vec<(PathBuf, Vec<u8>)>,
    /// What is left to do by hand: a file, and the line to add.
    pub(crate) left: Vec<(PathBuf, String)>,
    /// Method and path of the first call.
    pub(crate) call: Option<String>,
    /// How many warnings the build gives.
    pub(crate) warnings: usize,
    /// Warnings and notes about the package.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Until all is written, nobody else changes the folder.
    _guard: Guard,
}

impl Init {
    /// Does everything but write: whatever else can fail, fails here.
    ///
    /// # Errors
    ///
    /// `B010`, `I001` to `I004`, `I009`, `I010`, `F001` to `F006`, `K006`, `S001`, `W003`, and any error of reading a definition and of generating
    /// its client.
    pub(crate) fn prepare(options: &Options, fetch: Fetch<'_>) -> Result<Self, Diagnostic> {
        require_cargo()?;
        let guard = Guard::take([options.root.clone()])?;
        let mut diagnostics = Vec::new();
        let interrupted = if options.dry_run {
            let message =
                "an earlier change of this folder was interrupted, and is undone by the next run that is no dry run";
            swap::is_interrupted(&options.root).then_some(message)
        } else {
            let message = "an earlier change of this folder was interrupted, and has now been undone";
            swap::recover(&options.root)?.then_some(message)
        };
        diagnostics.extend(interrupted.map(|message| about(&options.root, Diagnostic::note("B006", message))));
        let package = Package::at(&options.root, options.name.as_deref())?;
        let definition = Definition::take(&options.source, fetch)?;
        let vendored = Vendored::new(&package, &definition, options)?;
        let generated = vendored.generate(&definition)?;
        let home = package.home(options.module.as_deref())?;
        let title = |key: &str| generated.loaded.documents.first()?.tree.get("info")?.get(key)?.as_str().map(one_line);
        let name = title("title").filter(|title| !title.is_empty()).unwrap_or_else(|| "this API".to_owned());
        diagnostics.extend(definition.notes.iter().cloned());
        let mut init = Self {
            title: title("version").map_or(name.clone(), |version| format!("{name} {version}")),
            package: package.name.clone(),
            root: package.root.clone(),
            is_new: package.manifest.is_none(),
            files: Vec::new(),
            left: Vec::new(),
            call: None,
            warnings: generated.output.diagnostics.iter().filter(|it| it.severity == Severity::Warning).count(),
            diagnostics,
            _guard: guard,
        };
        init.manifests(&package, &generated, options)?;
        init.spec(&vendored, &generated)?;
        init.build(&package)?;
        init.library(&package, &home, &name)?;
        init.calls(&package, &home, &generated)?;
        let changed: Vec<String> = if init.files.is_empty() || options.allow_dirty || options.dry_run {
            Vec::new()
        } else {
            uncommitted(&package.root, &init.files, &options.source)
        };
        if changed.is_empty() {
            return Ok(init);
        }
        let message = format!("there are uncommitted changes where this package would be written: {}", shown(&changed));
        Err(about(&package.root, Diagnostic::error("I002", message))
            .help("commit or stash them, or pass --allow-dirty"))
    }

    /// Writes all of the files, or none.
    ///
    /// # Errors
    ///
    /// `W002`, in which case nothing has changed.
    pub(crate) fn apply(&self) -> Result<(), Diagnostic> {
        if self.files.is_empty() {
            return Ok(());
        }
        let mut made = Vec::new();
        let mut folders = self.files.iter().filter_map(|(path, _)| path.parent()).chain([self.root.as_path()]);
        let written = folders
            .try_for_each(|folder| make(folder, &mut made))
            .and_then(|()| Swap::prepare(&self.root, &self.files)?.commit());
        if written.is_err() {
            // Each is empty, because every file in it was removed.
            for folder in made.iter().rev() {
                let _ = std::fs::remove_dir(folder);
            }
        }
        written
    }

    /// `Cargo.toml`, and that of the workspace.
    fn manifests(&mut self, package: &Package, generated: &Generated, options: &Options) -> Result<(), Diagnostic> {
        let crates = options.crates.as_ref().map(|folder| {
            folder.canonicalize().ok().filter(|folder| folder.join("openapi-runtime/Cargo.toml").is_file()).ok_or_else(
                || {
                    about(folder, Diagnostic::error("I003", "this folder has no openapi-runtime"))
                        .help("pass the folder `crates` of a checkout, or leave --crates out")
                },
            )
        });
        let crates = crates.transpose()?;
        let path = package.root.join("Cargo.toml");
        let text = package.manifest.clone().unwrap_or_else(|| texts::package(&package.name));
        let dependencies = dependencies(&generated.output.code, crates.as_deref());
        let (mut text, warnings) = manifests::depend(&path, &text, &dependencies)?;
        self.diagnostics.extend(warnings);
        if options.features {
            let groups = tool::groups(&generated.loaded);
            let features: BTreeSet<String> = groups.into_iter().filter_map(|group| group.feature).collect();
            let spec = package.root.join(SPEC).join(manifest::FILE_NAME);
            let is_on = |line: &str| {
                line.split_once('=').is_some_and(|(key, value)| {
                    key.trim() == texts::FEATURES_KEY && value.split('#').next().unwrap_or_default().trim() == "true"
                })
            };
            if read(&spec)?.is_some_and(|text| !text.lines().any(is_on)) {
                self.left
                    .push((spec, format!("{} = true, as the first line, and run this again", texts::FEATURES_KEY)));
            }
            text = manifests::declare(&path, &text, &features)?;
        }
        if package.manifest.as_ref() != Some(&text) {
            self.files.push((path, text.into_bytes()));
        }
        if self.is_new
            && let Some((path, text)) = manifests::workspace(&package.root)?
        {
            self.files.push((path, text.into_bytes()));
        }
        Ok(())
    }

    /// The definition and what tracks it.
    fn spec(&mut self, vendored: &Vendored, generated: &Generated) -> Result<(), Diagnostic> {
        let derived = Derived::of(&generated.output)?;
        let derived = derived.files().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let attributes = (".gitattributes".to_owned(), texts::ATTRIBUTES.as_bytes().to_vec());
        for (name, bytes) in vendored.files.iter().cloned().chain(derived).chain([attributes]) {
            let path = vendored.folder.join(name);
            // Those of a definition that is there already are the business of `cargo oas check`.
            if !is_there(&path)? {
                self.files.push((path, bytes));
            }
        }
        Ok(())
    }

    fn build(&mut self, package: &Package) -> Result<(), Diagnostic> {
        match read(&package.build)? {
            None => self.files.push((package.build.clone(), texts::BUILD.into())),
            Some(text) if text.contains("openapi_build::") => {}
            Some(_) => self.left.push((package.build.clone(), texts::BUILD_LINE.to_owned())),
        }
        Ok(())
    }

    /// The library, and the module of the client if it has one.
    fn library(&mut self, package: &Package, home: &Home, title: &str) -> Result<(), Diagnostic> {
        let library = &package.library;
        let Some(module) = &home.module else {
            if !home.is_there {
                self.files.push((library.clone(), texts::library(title).into_bytes()));
            }
            return Ok(());
        };
        if !home.is_there {
            let path = library.with_file_name(format!("{module}.rs"));
            if is_there(&path)? {
                let message = "this file has other content than the client";
                return Err(about(&path, Diagnostic::error("I003", message))
                    .help("choose the name of another module with --module NAME"));
            }
            self.files.push((path, texts::library(title).into_bytes()));
        }
        let line = format!("pub mod {module};");
        match read(library)? {
            Some(text) if text.contains(&format!("mod {module};")) => {}
            Some(text) if !is_template(&text) => self.left.push((library.clone(), line)),
            _ => self.files.push((library.clone(), texts::library_with(title, module).into_bytes())),
        }
        Ok(())
    }

    /// The first call, in an example and a test.
    fn calls(&mut self, package: &Package, home: &Home, generated: &Generated) -> Result<(), Diagnostic> {
        let Some(call) = generated.first_call()? else {
            let message = "no operation of this definition can be called without a file, without a value that has to fit \
                           rules and has no example, or without one of a type of your own, so there is no first call to write";
            self.diagnostics.push(Diagnostic::note("I007", message));
            return Ok(());
        };
        let client =
            home.module.as_ref().map_or(package.krate.clone(), |module| format!("{}::{module}", package.krate));
        for (name, text) in
            [("examples/first.rs", texts::example(&call, &client)), ("tests/sandbox.rs", texts::test(&call, &client))]
        {
            let path = package.root.join(name);
            match read(&path)? {
                None => self.files.push((path, text.into_bytes())),
                Some(there) if there == text => {}
                Some(_) => {
                    let message = "this file has other content than the one that would be written, and stays as it is";
                    self.diagnostics.push(about(&path, Diagnostic::note("I005", message)));
                }
            }
        }
        self.call = Some(call.request);
        Ok(())
    }
}

/// The package in a folder, or the one that is made there.
struct Package {
    root: PathBuf,
    name: String,
    /// The name of its library in Rust.
    krate: String,
    /// The text of its manifest, if there is one.
    manifest: Option<String>,
    library: PathBuf,
    build: PathBuf,
}

/// Where in the package the client is.
struct Home {
    /// Its module; none if it is the library itself.
    module: Option<String>,
    /// Whether the client is there already.
    is_there: bool,
}

impl Package {
    fn at(root: &Path, name: Option<&str>) -> Result<Self, Diagnostic> {
        let absolute = absolute(root);
        let path = absolute.join("Cargo.toml");
        let manifest = read(&path)?;
        let table = manifest.as_deref().map(|text| record::parse(text, "K006")).transpose();
        let table = table.map_err(|error| about(&path, error))?;
        let refuse = |message: String, help: &str| Err(about(&absolute, Diagnostic::error("I003", message)).help(help));
        let Some(table) = table else {
            let folder = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let name = name.unwrap_or(&folder);
            if !is_package_name(name) {
                return refuse(format!("`{name}` cannot be the name of a package"), "pass one with --name NAME");
            }
            let (library, build) = (absolute.join("src/lib.rs"), absolute.join("build.rs"));
            return Ok(Self { name: name.to_owned(), krate: krate(name), manifest, library, build, root: absolute });
        };
        let get = |table: &str, key: &str| table_of(&manifest, table, key);
        let Some(own) = table.get("package").and(get("package", "name")) else {
            let message = "this folder has a workspace and no package".to_owned();
            return refuse(message, "pass the folder of a package with --path DIR, which is made if it is not there");
        };
        if name.is_some_and(|name| name != own) {
            return refuse(
                format!("this folder has the package `{own}`"),
                "leave --name out, or pass another --path DIR",
            );
        }
        let library = get("lib", "path").unwrap_or_else(|| "src/lib.rs".to_owned());
        let build = match table.get("package").and_then(|package| package.get("build")) {
            None => "build.rs",
            Some(build) => match (build.as_str(), build.as_bool()) {
                (Some(path), _) => path,
                (None, Some(true)) => "build.rs",
                _ => {
                    let message =
                        "`build` in [package] keeps cargo from running a build script, which generates the client";
                    let help =
                        "remove the line `build`, or write the path of one build script, such as build = \"build.rs\"";
                    return Err(about(&path, Diagnostic::error("I003", message)).help(help));
                }
            },
        };
        Ok(Self {
            krate: get("lib", "name").unwrap_or_else(|| krate(&own)),
            name: own,
            library: absolute.join(library),
            build: absolute.join(build),
            manifest,
            root: absolute,
        })
    }

    /// Where the client is, or is to be.
    fn home(&self, module: Option<&str>) -> Result<Home, Diagnostic> {
        let folder = self.library.parent().unwrap_or(&self.root);
        let is_taken = |name: &str| {
            let path = folder.join(format!("{name}.rs"));
            ROOTS.contains(&name) || [&self.library, &self.build].contains(&&path)
        };
        if let Some(name) = module.filter(|name| !is_identifier(name) || is_taken(name)) {
            return Err(Diagnostic::error("W003", format!("`{name}` cannot be the name of a module"))
                .help("pass a Rust identifier, such as `billing`, that is no keyword and no name of another file"));
        }
        let library = read(&self.library)?;
        let is_client = |text: &str| text.contains("include_client!");
        let has_client = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| is_client(&text));
        let there = |module: Option<String>| Home { module, is_there: true };
        if module.is_none() && library.as_deref().is_some_and(is_client) {
            return Ok(there(None));
        }
        let mut modules: Vec<PathBuf> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        modules.sort();
        let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let found = modules.iter().filter(|path| **path != self.library && has_client(path)).find_map(stem);
        if let Some(found) = found.filter(|found| module.is_none_or(|module| module == found)) {
            return Ok(there(Some(found)));
        }
        let is_own = library.is_some_and(|text| !is_template(&text));
        let module = module.or(is_own.then_some(MODULE)).map(str::to_owned);
        Ok(Home { module, is_there: false })
    }
}

/// The folder of the definition, as it is or as it is to be.
struct Vendored {
    folder: PathBuf,
    /// The definition's own file, and its manifest.
    files: [(String, Vec<u8>); 2],
    /// Whether they are there.
    is_there: bool,
}

impl Vendored {
    fn new(package: &Package, definition: &Definition, options: &Options) -> Result<Self, Diagnostic> {
        let folder = package.root.join(SPEC);
        let sha256 = manifest::digest(&definition.bytes);
        let is_there = is_there(&folder.join(manifest::FILE_NAME))?;
        let other = |path: &Path, message: String| {
            about(path, Diagnostic::error("I004", message)).help(
                "to take in a new version, run `cargo oas bump`; another API belongs in a package of its own, or in a module, which \
                 docs/own-api.md describes",
            )
        };
        if is_there {
            let documents = Manifest::read(&folder)?.documents;
            let mut files = documents.iter().flat_map(|document| &document.files);
            let is_it = |file: &manifest::File| {
                std::fs::read(folder.join(&file.path)).is_ok_and(|bytes| bytes == definition.bytes)
            };
            if !files.any(is_it) {
                return Err(other(&folder, "this package has another definition, or another version of it".to_owned()));
            }
        }
        let path = folder.join(&definition.file);
        if !is_there && if_there(&path, std::fs::read(&path))?.is_some_and(|bytes| bytes != definition.bytes) {
            return Err(other(&path, "this file is another definition, or another version of it".to_owned()));
        }
        let listed = texts::Listed {
            name: &package.name,
            path: &definition.file,
            origin: &definition.origin,
            manual: definition.manual,
            date: options.date,
            sha256: &sha256,
            features: options.features,
        };
        let text = texts::manifest(&listed).into_bytes();
        let files = [(definition.file.clone(), definition.bytes.clone()), (manifest::FILE_NAME.to_owned(), text)];
        let files = if is_there { files.map(|(_, bytes)| (manifest::FILE_NAME.to_owned(), bytes)) } else { files };
        Ok(Self { folder, files, is_there })
    }

    /// Generates the client from a copy of the folder as it is to be.
    fn generate(&self, definition: &Definition) -> Result<Generated, Diagnostic> {
        let folder = tempfile::tempdir().map_err(|error| bump::unreadable(&std::env::temp_dir(), &error))?;
        let staged = folder.path().join(SPEC);
        let written = if self.is_there {
            bump::copy(&self.folder, &staged)
        } else {
            std::fs::create_dir_all(&staged)
                .and_then(|()| self.files.iter().try_for_each(|(name, bytes)| std::fs::write(staged.join(name), bytes)))
        };
        written.map_err(|error| bump::unreadable(&self.folder, &error))?;
        let back = |diagnostic: Diagnostic| {
            diagnostic.map_all(|mut diagnostic| {
                if let Some(position) = &mut diagnostic.position
                    && let Ok(rest) = position.file.strip_prefix(&staged)
                {
                    let is_it = !self.is_there && rest == Path::new(&definition.file);
                    position.file = if is_it { definition.shown.clone() } else { self.folder.join(rest) };
                }
                diagnostic
            })
        };
        let loaded = Reading::default().folder(&staged).map_err(back)?;
        let mut output = loaded.generate().map_err(back)?;
        if let Some(denied) = output.denied() {
            return Err(back(denied));
        }
        // The lock is written along with the other files.
        output.diagnostics.retain(|finding| !["L003", "W007"].contains(&finding.code));
        Ok(Generated { loaded, output })
    }
}

/// A client that was generated.
struct Generated {
    loaded: Loaded,
    output: Output,
}

impl Generated {
    fn first_call(&self) -> Result<Option<Call>, Diagnostic> {
        let repaired = self.loaded.normalize();
        let (Some((_, repaired)), Some(document)) = (repaired.first(), self.loaded.documents.first()) else {
            return Ok(None);
        };
        let (repaired, served): (&Value, &Value) = (&repaired.tree, document.served());
        Client { code: &self.output.code, repaired, served }.first_call()
    }
}

/// What a client of that code depends on, in the folder `crates` if there is one.
fn dependencies<'a>(code: &'a str, crates: Option<&'a Path>) -> [Dependency<'a>; 4] {
    let features = if code.contains("\"text/event-stream\"") { vec!["events"] } else { Vec::new() };
    // The code names the features that it needs at its start: `codegen::require_uuid!();`.
    let needed = code.split("codegen::require_").skip(1).filter_map(|rest| Some(rest.split_once("!()")?.0));
    let mut version = env!("CARGO_PKG_VERSION").split('.');
    let version = [version.next(), version.next()].map(Option::unwrap_or_default).join(".");
    let own = |table, name| Dependency {
        table,
        name,
        version: version.clone(),
        features: Vec::new(),
        defaults: Vec::new(),
        path: crates,
    };
    [
        Dependency { features, defaults: needed.collect(), ..own("dependencies", "openapi-runtime") },
        own("build-dependencies", "openapi-build"),
        own("dev-dependencies", "openapi-sandbox"),
        Dependency {
            version: "1".to_owned(),
            features: vec!["macros", "rt-multi-thread"],
            path: None,
            ..own("dev-dependencies", "tokio")
        },
    ]
}

/// Fails if there is no cargo that could build the package.
fn require_cargo() -> Result<(), Diagnostic> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let help =
        "install Rust from https://rustup.rs, or update it with `rustup update`, and check that cargo is in PATH";
    let refuse = |message: String| Diagnostic::error("I001", message).help(help);
    let output = Command::new(cargo).arg("--version").output();
    let output = output.map_err(|error| refuse(format!("cargo cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`
    let minor: Option<u32> =
        text.split_whitespace().nth(1).and_then(|version| version.strip_prefix("1.")?.split('.').next()?.parse().ok());
    match minor {
        Some(minor) if minor < OLDEST => {
            Err(refuse(format!("this is cargo 1.{minor}, and a client needs 1.{OLDEST} or later")))
        }
        None if !output.status.success() => Err(refuse("cargo cannot be run".to_owned())),
        _ => Ok(()),
    }
}

/// The files in `root`, and those among `files`, with uncommitted changes. The definition itself may be one. In a repository
/// without a commit, such as the one that `cargo new` makes, there are none.
fn uncommitted(root: &Path, files: &[(PathBuf, Vec<u8>)], source: &str) -> Vec<String> {
    let source = Path::new(source).canonicalize().ok();
    let is_source = |name: &String| source.is_some() && root.join(name).canonicalize().ok() == source;
    let mut changed = if git::has_commits(root) { git::uncommitted(root) } else { Vec::new() };
    changed.retain(|name| !is_source(name));
    // The manifest of the workspace is not in `root`, and a folder in it may belong to another repository.
    for path in files.iter().filter_map(|(path, _)| path.canonicalize().ok()) {
        let Some((folder, name)) = path.parent().zip(path.file_name()) else { continue };
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if !changed.contains(&shown) && git::has_commits(folder) && git::is_uncommitted(folder, name) {
            changed.push(shown);
        }
    }
    changed
}

/// The text of the file at `path`, if it is there.
///
/// # Errors
///
/// `S001`, if it is there and cannot be read: what is not known cannot be kept.
fn read(path: &Path) -> Result<Option<String>, Diagnostic> {
    if_there(path, std::fs::read_to_string(path))
}

fn is_there(path: &Path) -> Result<bool, Diagnostic> {
    Ok(if_there(path, std::fs::symlink_metadata(path))?.is_some())
}

fn if_there<T>(path: &Path, result: std::io::Result<T>) -> Result<Option<T>, Diagnostic> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(bump::unreadable(path, &error).help("check its permissions and that it is UTF-8, or move it away"))
        }
    }
}

/// The first few names, and the number of the others.
fn shown(names: &[String]) -> String {
    const MOST: usize = 5;
    let first = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{first} and {} more", names.len() - MOST) } else { first }
}

/// Makes a folder and those that it is in, and adds the ones that were made to `made`.
fn make(folder: &Path, made: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        std::fs::create_dir(folder).map_err(|error| {
            let message = format!("this folder cannot be made: {error}; nothing has changed");
            about(folder, Diagnostic::error("W002", message)).help("check the permissions of the folder that it is in")
        })?;
        made.push(folder.to_owned());
    }
    Ok(())
}

/// The path of a folder from the root, without links as far as the folder is there.
fn absolute(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) if parent.as_os_str().is_empty() => absolute(Path::new(".")).join(name),
        (Some(parent), Some(name)) => absolute(parent).join(name),
        _ => folder.to_owned(),
    })
}

/// The text at `key` in a table of a manifest.
fn table_of(manifest: &Option<String>, table: &str, key: &str) -> Option<String> {
    let tree: toml::Table = manifest.as_ref()?.parse().ok()?;
    tree.get(table)?.get(key)?.as_str().map(str::to_owned)
}

fn is_template(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    TEMPLATES.contains(&bare.as_str())
}

fn krate(package: &str) -> String {
    package.replace('-', "_")
}

fn is_package_name(name: &str) -> bool {
    is_identifier(&krate(name)) && !name.starts_with('_')
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !RESERVED.contains(&name)
        && !KEYWORDS.contains(&name)
        && name != "_"
}

/// Whether `c` changes the direction of text, which rustc rejects in comments and literals.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` with every run of spaces, line breaks, and what a comment or a terminal does not show as it is, as one space: control
/// characters, and those that change the direction of text, which rustc rejects.
fn one_line(text: &str) -> String {
    let hides = |c: char| c.is_control() || turns_text(c);
    text.split(|c: char| c.is_whitespace() || hides(c)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
