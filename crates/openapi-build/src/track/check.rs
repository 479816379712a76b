//! Whether a definition's folder is what it should be: for CI.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `K001` | `names.lock` is not what the definition gives |
//! | `K002` | `api.txt` is not what the definition gives |
//! | `K003` | the version of the package is too low for what changed |
//! | `K004` | there is nothing to compare the version with |
//! | `K005` | the baseline is none |
//! | `K006` | a package's manifest or lock cannot be read |

use std::path::Path;

use super::baseline::{Baseline, is_less};
use super::diff::Wire;
use super::package::Package;
use super::{Derived, swap};
use crate::diagnostic::{Diagnostic, Position, Severity};
use crate::pipeline::Loaded;
use crate::source::start_of;

/// Checks the folder `spec`: that its digests fit, its derived files are what it gives, every overlay action matches
/// something, and the version of the package around it is high enough for what changed since `baseline`, a revision or a
/// folder, or without it since the last tag. Gives back what is wrong, as errors, and warnings and notes besides.
///
/// # Errors
///
/// Whatever keeps a client from being generated, and `K005`.
pub fn check(spec: &Path, baseline: Option<&str>) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut found = Vec::new();
    if swap::recover(spec)? {
        let message = "an update of this folder was interrupted, and has been undone";
        found.push(about(spec, Diagnostic::note("B006", message)));
    }
    let loaded = match Loaded::folder(spec) {
        // That is what is looked for here.
        Err(error) if error.code == "M003" => return Ok(vec![error]),
        other => other?,
    };
    let output = loaded.generate()?;
    let derived = Derived::of(&output)?;
    for mut diagnostic in output.diagnostics {
        match diagnostic.code {
            "O003" => diagnostic.severity = Severity::Error,
            // Said below, as a file that is stale.
            "L003" => continue,
            _ => {}
        }
        if diagnostic.severity > Severity::Note {
            found.push(diagnostic);
        }
    }
    for document in &loaded.documents {
        found.extend(document.needless_actions()?);
    }
    for ((name, text), code) in derived.files().into_iter().zip(["K001", "K002"]) {
        found.extend(stale(spec, name, text, code));
    }
    found.extend(version(spec, &loaded, baseline)?);
    Ok(found)
}

/// Compares a derived file with what it should be.
fn stale(spec: &Path, name: &'static str, text: &str, code: &'static str) -> Option<Diagnostic> {
    let path = spec.join(name);
    let help = format!("run `cargo spec lock {}`, read what changed, and commit the file", spec.display());
    let message = match std::fs::read_to_string(&path) {
        Err(_) => "this file is missing".to_owned(),
        Ok(old) if old.replace("\r\n", "\n") == text => return None,
        Ok(old) => {
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            let (old, new) = (lines(&old), lines(text));
            let example = new.difference(&old).next().map(|line| format!("; it lacks `{line}`"));
            let example = example.or_else(|| old.difference(&new).next().map(|line| format!("; it has `{line}`")));
            let count = old.symmetric_difference(&new).count();
            format!("this is not what the definition gives ({count} lines differ{})", example.unwrap_or_default())
        }
    };
    let position = start_of(&path);
    Some(Diagnostic::error(code, message).in_file(position).help(help))
}

fn version(spec: &Path, loaded: &Loaded, baseline: Option<&str>) -> Result<Option<Diagnostic>, Diagnostic> {
    let Some(package) = Package::around(spec) else {
        let note = Diagnostic::note("K004", "there is no cargo package around this folder, so no version is checked");
        return Ok(Some(about(spec, note)));
    };
    let found = Baseline::find(spec, baseline)?;
    let required = match &found {
        Some(baseline) => baseline.required(loaded)?,
        None => None,
    };
    let (Some(baseline), Some(required), Some(current)) = (&found, &required, &package.version) else {
        let message = "there is no version tag, and no --baseline, that has this folder: the version is not checked";
        return Ok(Some(about(&package.manifest_path(), Diagnostic::note("K004", message))));
    };
    if !is_less(current, &required.version) {
        return Ok(None);
    }
    let wire = match required.changes.verdict.wire {
        Wire::Safe => "",
        Wire::MayBreak => ", and may break old clients",
        Wire::Breaks => ", and breaks old clients",
    };
    let message = format!(
        "version {current} is too low: what changed since {} ({}) is {} in Rust{wire}",
        baseline.name,
        required.before,
        required.level.as_str()
    );
    let help = format!("set the version to {} or higher; `cargo spec diff` lists what changed", required.version);
    Ok(Some(about(&package.manifest_path(), Diagnostic::error("K003", message)).help(help)))
}

fn about(path: &Path, diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.in_file(Position { file: path.to_owned(), line: 0, column: 0 })
}
