//! Checks that the folder of a definition is up to date, for CI.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `K001` | `names.lock` is out of date |
//! | `K002` | `api.txt` is out of date |
//! | `K003` | the version of the package is too low for the changes since the last release |
//! | `K004` | there is nothing to compare the version with |
//! | `K005` | the baseline does not exist, or has no definition |
//! | `K006` | a package's manifest or lock cannot be read |
//! | `K007` | a newer generator changed the Rust API since the baseline |
//! | `K008` | what the generator changed is not known, because the baseline has no `api.txt` |

use std::cmp::Ordering;
use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::{Loaded, Reading};
use openapi_build::track::diff::Wire;
use openapi_build::track::version::compare;
use openapi_build::track::{Derived, Generator, surface};

use crate::baseline::Baseline;
use crate::bump::judging;
use crate::package::Package;
use crate::place::{about, at_start};
use crate::record::Date;
use crate::swap;

/// The notes that are about something wrong all the same; other notes are about what is right and only taken in another form.
const WRONG: [&str; 1] = ["Q001"];

/// What is checked.
pub(crate) struct Subject<'a> {
    /// A folder with a manifest. Of a file, only the findings are checked.
    pub(crate) spec: &'a Path,
    /// A revision or a folder to compare with; by default, the last version tag.
    pub(crate) baseline: Option<&'a str>,
    /// How the definition is read.
    pub(crate) reading: &'a Reading,
    /// Old and new prefixes of paths.
    pub(crate) prefixes: &'a [(String, String)],
    /// The day of the check.
    pub(crate) today: Date,
    /// Whether everything that the definition says wrongly fails the check.
    pub(crate) strict: bool,
}

/// The result of a check.
pub(crate) struct Checked {
    /// What is wrong, as errors, along with warnings and notes.
    pub(crate) findings: Vec<Diagnostic>,
    /// Whether any of it fails the check.
    pub(crate) failed: bool,
}

/// Checks a folder: its digests are correct, its derived files are up to date, every overlay action matches something, and the
/// version of the package is high enough for the changes since the baseline.
///
/// # Errors
///
/// `K005`, and any error of generating the client.
pub(crate) fn check(subject: &Subject<'_>) -> Result<Checked, Diagnostic> {
    let findings = findings(subject)?;
    let is_wrong = |finding: &Diagnostic| match finding.severity {
        Severity::Error => true,
        Severity::Warning => subject.strict,
        Severity::Note => subject.strict && WRONG.contains(&finding.code),
    };
    let failed = findings.iter().any(is_wrong);
    Ok(Checked { findings, failed })
}

fn findings(subject: &Subject<'_>) -> Result<Vec<Diagnostic>, Diagnostic> {
    let Subject { spec, reading, strict, .. } = *subject;
    let mut found = Vec::new();
    let is_folder = !spec.is_file();
    if is_folder && swap::recover_alone(spec)? {
        let message = "an earlier update of this folder was interrupted, and has now been undone";
        found.push(about(spec, Diagnostic::note("B006", message)));
    }
    let loaded = match if is_folder { reading.folder(spec) } else { reading.path(spec) } {
        // A wrong digest is a finding of this check.
        Err(error) if error.all().any(|error| error.code == "M003") => return Ok(error.into_all()),
        other => other?,
    };
    let output = loaded.generate()?;
    let derived = is_folder.then(|| Derived::of(&output)).transpose()?;
    for mut diagnostic in output.diagnostics {
        match diagnostic.code {
            "O003" => diagnostic.severity = Severity::Error,
            // Reported below as K001.
            "L003" | "W007" => continue,
            _ => {}
        }
        if strict || diagnostic.severity > Severity::Note {
            found.push(diagnostic);
        }
    }
    if strict {
        loaded.locate(&mut found);
    }
    let mut more = Vec::new();
    for document in &loaded.documents {
        more.extend(document.redundant_actions()?);
    }
    for ((name, text), code) in derived.iter().flat_map(Derived::files).zip(["K001", "K002"]) {
        more.extend(stale(spec, name, text, code));
    }
    match (loaded.judgment(), &derived) {
        (Err(error), _) => more.extend(error.into_all()),
        (Ok(_), Some(derived)) => more.extend(version(subject, &loaded, &derived.api)?),
        (Ok(_), None) => {}
    }
    found.extend(loaded.judge(more));
    Ok(found)
}

/// Compares a derived file with the text that it should have.
fn stale(spec: &Path, name: &'static str, text: &str, code: &'static str) -> Option<Diagnostic> {
    let path = spec.join(name);
    let help = format!("run `cargo oas lock {}`, review the changes, and commit the file", spec.display());
    let message = match std::fs::read_to_string(&path) {
        Err(_) => "this file is missing".to_owned(),
        Ok(old) if old.replace("\r\n", "\n") == text => return None,
        Ok(old) => {
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            let (old, new) = (lines(&old), lines(text));
            let example = new.difference(&old).next().map(|line| format!("; `{line}` is missing"));
            let example =
                example.or_else(|| old.difference(&new).next().map(|line| format!("; `{line}` should not be there")));
            let count = old.symmetric_difference(&new).count();
            format!("this file is out of date ({count} lines differ{})", example.unwrap_or_default())
        }
    };
    Some(at_start(&path, Diagnostic::error(code, message).help(help)))
}

/// Whether the version is high enough, what is to be said of the judgment of the changes, and what a newer generator changed.
fn version(subject: &Subject<'_>, loaded: &Loaded, api: &str) -> Result<Vec<Diagnostic>, Diagnostic> {
    let Subject { spec, baseline, prefixes, today, .. } = *subject;
    let Some(package) = Package::around(spec) else {
        let note = Diagnostic::note("K004", "this folder is not in a cargo package, so no version was checked");
        return Ok(vec![about(spec, note)]);
    };
    let found = Baseline::find(spec, baseline)?;
    let required = match &found {
        Some(baseline) => baseline.required(loaded, api, &judging(today, Some(&package), prefixes))?,
        None => None,
    };
    let (Some(baseline), Some(required), Some(current)) = (&found, &required, &package.version) else {
        let message = "the version was not checked, because no version tag has this folder and no --baseline was given";
        return Ok(vec![about(&package.manifest_path(), Diagnostic::note("K004", message))]);
    };
    let mut found: Vec<Diagnostic> = required.changes.judgment_warnings().cloned().collect();
    let generator = required.changes.newer_generator();
    found.extend(generator.map(|generator| newer(spec, generator, baseline)));
    if compare(current, &required.version) != Some(Ordering::Less) {
        return Ok(found);
    }
    let wire = match required.changes.verdict.wire {
        Wire::Safe => "",
        Wire::MayBreak => ", and may break old clients",
        Wire::Breaks => ", and break old clients",
    };
    let apart = generator.map(|generator| {
        let (definition, level) = (generator.definition.as_str(), generator.level().as_str());
        format!(" (by the definition {definition}, by a newer generator {level})")
    });
    let message = format!(
        "version {current} is too low: the changes since {} ({}) are {} in Rust{}{wire}",
        baseline.name,
        required.before,
        required.level.as_str(),
        apart.unwrap_or_default()
    );
    let help = format!("set the version to {} or higher; `cargo oas diff` lists what changed", required.version);
    found.push(about(&package.manifest_path(), Diagnostic::error("K003", message)).help(help));
    Ok(found)
}

/// What a newer generator changed since the baseline, for which no change of the definition is to blame.
fn newer(spec: &Path, generator: &Generator, baseline: &Baseline) -> Diagnostic {
    let worst = generator.items.iter().max_by_key(|item| item.level);
    let example = worst.map(|item| format!(", such as: {}", item.sentence())).unwrap_or_default();
    let number = generator.items.len();
    let message = format!(
        "a newer generator than that of {} changes the Rust API, whatever the definition says: {} in {number} item{}{example}",
        baseline.name,
        generator.level().as_str(),
        if number == 1 { "" } else { "s" }
    );
    let help = format!("`cargo oas diff --generator {} {}` lists all", baseline.name, spec.display());
    about(&spec.join(surface::FILE_NAME), Diagnostic::note("K007", message)).help(help)
}
