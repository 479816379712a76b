//! The cargo package that contains a folder: its version, its changelog, and whether it compiles with a new client.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use openapi_build::diagnostic::Diagnostic;
use openapi_build::tool::REPLACEMENT;

use crate::place::about;
use crate::steps::{Step, Steps};

/// A cargo package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The text of its manifest.
    pub(crate) manifest: String,
    /// Its version, if its own manifest or that of the workspace has one.
    pub(crate) version: Option<String>,
}

impl Package {
    /// The package that contains `folder`: the nearest one upwards.
    pub(crate) fn around(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        folder.ancestors().find_map(|root| {
            let manifest = std::fs::read_to_string(root.join("Cargo.toml")).ok()?;
            let tree: toml::Table = manifest.parse().ok()?;
            let package = tree.get("package")?;
            let version = match package.get("version") {
                Some(toml::Value::String(version)) => Some(version.clone()),
                // `version.workspace = true`
                Some(_) => workspace_version(root),
                None => None,
            };
            Some(Self { root: root.to_owned(), manifest, version })
        })
    }

    /// Whether the version is in its own manifest.
    pub(crate) fn has_version(&self) -> bool {
        let tree: Option<toml::Table> = self.manifest.parse().ok();
        tree.is_some_and(|tree| {
            tree.get("package").and_then(|package| package.get("version")).is_some_and(toml::Value::is_str)
        })
    }

    pub(crate) fn manifest_path(&self) -> PathBuf {
        self.root.join("Cargo.toml")
    }

    /// The path of the `Cargo.lock` that lists it: the nearest one upwards.
    pub(crate) fn lock(&self) -> Option<PathBuf> {
        self.root.ancestors().map(|root| root.join("Cargo.lock")).find(|path| path.is_file())
    }

    /// The path of the `Cargo.lock` that lists it, and the text of that file with its version set to `version`.
    ///
    /// # Errors
    ///
    /// `K006`, if the file cannot be read.
    pub(crate) fn lock_with(&self, version: &str) -> Result<Option<(PathBuf, Vec<u8>)>, Diagnostic> {
        let name = self.manifest.parse::<toml::Table>().ok();
        let name = name.as_ref().and_then(|tree| tree.get("package")?.get("name")?.as_str());
        let (Some(path), Some(name)) = (self.lock(), name) else { return Ok(None) };
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let new = crate::record::locked_version(&text, name, version).map_err(|error| about(&path, error))?;
        Ok(Some((path, new.into_bytes())))
    }

    /// Its changelog: the one in its folder, or the nearest one upwards in the repository.
    pub(crate) fn changelog(&self) -> Option<PathBuf> {
        let top = crate::git::top(&self.root).and_then(|top| top.canonicalize().ok());
        let mut folders = self
            .root
            .ancestors()
            .take_while(|folder| *folder == self.root || top.as_ref().is_some_and(|top| folder.starts_with(top)));
        folders.find_map(|folder| Some(folder.join("CHANGELOG.md")).filter(|path| path.is_file()))
    }

    /// Runs `cargo check` on it with the client of `staged` instead of that of `spec`, and tells `steps` what cargo says that it
    /// does. Returns the note `B005` if nothing was checked, for example because the package does not generate its client from that folder.
    ///
    /// # Errors
    ///
    /// `B003` and `B004`.
    pub(crate) fn check(&self, spec: &Path, staged: &Path, steps: Steps<'_>) -> Result<Option<Diagnostic>, Diagnostic> {
        steps(Step::Begins(format!("compiling {} with the new client (cargo check)", self.root.display())));
        let seen = staged.with_extension("seen");
        let replacement = std::env::join_paths([spec.canonicalize().as_deref().unwrap_or(spec), staged, &seen]);
        let replacement = replacement
            .map_err(|error| self.unchecked(&format!("the path of the folder cannot be passed to cargo: {error}")))?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["check", "--message-format", "short", "--color", "never"])
            .current_dir(&self.root)
            .env(REPLACEMENT, replacement)
            // Its own progress bar would stand in what is read here.
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env_remove("CARGO_TERM_QUIET")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let (succeeded, text) = match run(&mut command, steps) {
            Ok(result) => result,
            Err(error) => return Ok(Some(self.unchecked(&format!("cargo cannot be run: {error}")))),
        };
        if succeeded {
            return Ok((!seen.exists()).then(|| {
                self.unchecked(&format!(
                    "the build script does not generate it from {} with this version of openapi-build",
                    spec.display()
                ))
            }));
        }
        Err(self.broken(&text))
    }

    fn unchecked(&self, why: &str) -> Diagnostic {
        let message = format!("the new client was not compiled: {why}");
        about(&self.manifest_path(), Diagnostic::note("B005", message)).help("run the tests of the package")
    }

    fn broken(&self, text: &str) -> Diagnostic {
        let errors: Vec<&str> = text.lines().filter(|line| line.contains("error")).collect();
        let generated = |line: &&&str| line.split(": error").next().is_some_and(|place| place.contains("client.rs:"));
        if errors.iter().any(|line| generated(&line)) {
            let (shown, count) = shown(errors.iter().filter(generated).copied());
            let message = format!("the new client does not compile ({count}):\n{shown}");
            return about(&self.manifest_path(), Diagnostic::error("B003", message))
                .help("this is a bug in openapi-build: please report it, and attach the file");
        }
        let (shown, count) = shown(errors.into_iter().filter(|line| !line.starts_with("error: could not compile")));
        let shown = if count == 0 { text.lines().rev().take(5).collect::<Vec<_>>().join("\n") } else { shown };
        let message = format!("this package does not compile with the new client ({count}):\n{shown}");
        about(&self.manifest_path(), Diagnostic::error("B004", message))
            .help("to adapt the code to the new definition, take that in with --no-check, and then change the code")
    }
}

/// Runs cargo; returns whether it succeeds, and what it prints. Its progress goes to `steps` instead.
fn run(command: &mut Command, steps: Steps<'_>) -> std::io::Result<(bool, String)> {
    let mut child = command.spawn()?;
    let mut text = String::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            match status(&line) {
                Some("Blocking") => steps(Step::Waits(line.trim())),
                Some(_) => steps(Step::Detail(line.trim())),
                None => {
                    text.push_str(&line);
                    text.push('\n');
                }
            }
        }
    }
    Ok((child.wait()?.success(), text))
}

/// The verb of a line in which cargo says what it does: it ends in column 12.
fn status(line: &str) -> Option<&str> {
    let (verb, rest) = line.split_at_checked(12)?;
    let verb = verb.trim_start();
    let is_verb = verb.starts_with(|c: char| c.is_ascii_uppercase()) && verb.chars().all(|c| c.is_ascii_alphabetic());
    (is_verb && rest.starts_with(' ')).then_some(verb)
}

/// The first few lines of `errors`, and their number.
fn shown<'a>(errors: impl Iterator<Item = &'a str>) -> (String, usize) {
    let errors: Vec<&str> = errors.collect();
    (errors.iter().take(5).map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"), errors.len())
}

fn workspace_version(member: &Path) -> Option<String> {
    member.ancestors().find_map(|root| {
        let tree: toml::Table = std::fs::read_to_string(root.join("Cargo.toml")).ok()?.parse().ok()?;
        Some(tree.get("workspace")?.get("package")?.get("version")?.as_str()?.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_does_is_told_from_what_is_wrong() {
        for (line, verb) in [
            ("   Compiling error-chain v0.12.4", Some("Compiling")),
            ("    Checking items v0.3.0 (/items)", Some("Checking")),
            ("    Blocking waiting for file lock on build directory", Some("Blocking")),
            (" Documenting items v0.3.0", Some("Documenting")),
            ("src/lib.rs:1:1: error[E0599]: no", None),
            ("error: could not compile `items`", None),
            ("  error: of a build script", None),
            ("  Errorsinall is no verb", None),
            ("", None),
            ("äöüäöüä", None),
        ] {
            assert_eq!(status(line), verb, "{line}");
        }
    }
}
