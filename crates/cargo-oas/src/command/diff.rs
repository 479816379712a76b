//! `diff`: what changed between two versions of a definition, and how that affects old clients and code.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use openapi_build::diagnostic::Diagnostic;
use openapi_build::manifest;
use openapi_build::pipeline::Loaded;
use openapi_build::track::{
    self,
    diff::{Page, Style},
    judgment::{self, Judgment, Until},
    surface::Surface,
};
use serde_json::{Value, json};

use super::output::{self, Done};
use super::{Format, LevelArguments, Prefixes, Today, progress};
use crate::accept::Accepting;
use crate::baseline::Baseline;
use crate::bump;
use crate::package::Package;

/// The format of the report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people.
    Text,
    /// For pull requests.
    Markdown,
    /// One JSON object for machines; the README describes it.
    Json,
    /// A page for a browser: one file, which needs no network.
    Html,
}

impl DiffFormat {
    /// The format of messages and exit code.
    pub(super) fn messages(self) -> Format {
        match self {
            Self::Text | Self::Markdown | Self::Html => Format::Text,
            Self::Json => Format::Json,
        }
    }
}

/// The values of `--fail-on`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Old clients may no longer work, or code may no longer compile.
    Breaking,
    /// Anything but noise changed.
    Any,
}

#[derive(Args)]
pub(super) struct DiffArguments {
    /// The old version: a folder with a manifest, or a file.
    old: PathBuf,
    /// The new version: a folder with a manifest, or a file. If it pins no names, the names of the old version apply.
    new: PathBuf,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit with 1 if there is such a change.
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// Show every change instead of the first few of each rule.
    #[arg(long)]
    all: bool,
    /// Judge the changes as this file says, instead of track.toml in the folder NEW.
    #[arg(long, value_name = "FILE")]
    judgment: Option<PathBuf>,
    /// Accept the findings of a rule, all that there are or those at a place, and write this into track.toml, or into the file of
    /// --judgment: D042, or D042@PLACE with a JSON pointer or a subject; can be repeated. The crate's version stays what it is.
    #[arg(long, value_name = "RULE[@PLACE]", requires = "reason")]
    accept: Vec<String>,
    /// Why deployed clients can live with what is accepted.
    #[arg(long, value_name = "TEXT", requires = "accept", value_parser = reason)]
    reason: Option<String>,
    /// The last day (2027-01-01), version of the definition (2.0.0) or version of the package ("crate 2.0.0") for which it is
    /// accepted.
    #[arg(long, value_name = "DATE|VERSION", requires = "accept", value_parser = until)]
    until: Option<Until>,
    #[command(flatten)]
    prefixes: Prefixes,
    /// Also show what this version of cargo-oas changes in Rust by itself, apart from the definition. OLD must have api.txt, which
    /// says what an earlier version made of it, and may be a git revision of the folder NEW.
    #[arg(long)]
    generator: bool,
    #[command(flatten)]
    today: Today,
    #[command(flatten)]
    levels: LevelArguments,
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why deployed clients can live with it".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn until(text: &str) -> Result<Until, String> {
    Until::parse(text).ok_or_else(|| "this is neither a date nor a version".to_owned())
}

pub(super) fn diff(arguments: &DiffArguments) -> Result<Done, Diagnostic> {
    let DiffArguments { judgment: of_file, format, fail_on, all, .. } = arguments;
    let reading = arguments.levels.reading()?;
    let baseline = if arguments.generator { Some(baseline(arguments)?) } else { None };
    let (old, mut new) = progress::during("reading", || {
        let old = match &baseline {
            Some((baseline, _)) => baseline.load(),
            None => Loaded::path(&arguments.old),
        };
        Ok::<_, Diagnostic>((old?, reading.path(&arguments.new)?))
    })?;
    // A file that --accept is to write need not be there yet.
    if let Some(path) = of_file {
        let is_new = !arguments.accept.is_empty() && !path.exists();
        new = new.judged_by(if is_new { Judgment::default() } else { Judgment::read(path)? });
    }
    let package = Package::around(&arguments.new).or_else(|| Package::around(&arguments.old));
    let options = bump::judging(arguments.today.day(), package.as_ref(), &arguments.prefixes.list);
    let mut changes = progress::during("comparing", || track::diff_with(&old, &new, &options))?;
    let mut done = Done::default();
    let mut written = None;
    if let Some(reason) = &arguments.reason {
        let path = match of_file {
            Some(path) => path.clone(),
            None if arguments.new.is_dir() => arguments.new.join(judgment::FILE_NAME),
            None => {
                let message = "there is no file that says what is accepted, because the new version is not a folder";
                return Err(Diagnostic::error("T007", message).help("name one: --judgment track.toml"));
            }
        };
        let accepting = Accepting { wanted: &arguments.accept, reason, until: arguments.until.as_ref() };
        let text = accepting.write(&path, &changes)?;
        if let Some(text) = &text {
            new = new.judged_by(Judgment::parse(&path, text)?);
            changes.accept_again(&old, &new, &options)?;
            output::write(&path, text)?;
        }
        done.json.insert("judgment".into(), json!({"file": path.display().to_string(), "written": text.is_some()}));
        written = Some(match text {
            Some(_) => format!("\nwritten: {}\n", path.display()),
            None => format!("\n{} says so already\n", path.display()),
        });
    }
    if let Some((_, then)) = &baseline {
        changes = changes.with_generator(then, &old)?;
    }
    let version = match &baseline {
        Some((baseline, _)) => baseline.version().map(str::to_owned),
        None => version_of(&arguments.old),
    };
    let is_same = changes.is_empty() && changes.newer_generator().is_none();
    changes.versions = version.and_then(|current| {
        let needed = if is_same { current.clone() } else { changes.verdict.rust.after(&current)? };
        Some((current, needed))
    });
    let failed = match fail_on {
        Some(FailOn::Breaking) if changes.is_breaking() => Some("breaking"),
        Some(FailOn::Any) if !is_same => Some("any"),
        _ => None,
    };
    done.unaccepted = failed.map(str::to_owned).into_iter().collect();
    done.file.clone_from(&arguments.output);
    done.diagnostics.clone_from(&changes.diagnostics);
    match format {
        // Colors are removed when the text is printed to anything but a terminal.
        DiffFormat::Text => {
            done.text = changes.to_text(Style { colour: true, all: *all });
            // The report goes to the file, and the exit code says that this is written.
            done.text.extend(written.filter(|_| arguments.output.is_none()));
        }
        DiffFormat::Html => {
            let names = (arguments.old.display().to_string(), arguments.new.display().to_string());
            done.text = changes.to_html(&old, &new, &Page { names: Some(names), version: None });
        }
        DiffFormat::Markdown => done.text = changes.to_markdown(),
        DiffFormat::Json => {
            if let Value::Object(object) = changes.to_json() {
                done.json.extend(object);
            }
        }
    }
    Ok(done)
}

/// The old version, and the Rust API that it had when it was generated.
fn baseline(arguments: &DiffArguments) -> Result<(Baseline, Surface), Diagnostic> {
    let name = arguments.old.to_string_lossy();
    let baseline = Baseline::named(&arguments.new, &name)?;
    let Some(then) = baseline.surface()? else {
        let message = format!("{name} has no api.txt, so what the generator changed cannot be known");
        return Err(Diagnostic::error("K008", message).help(
            "compare with a version that has the file, or write it with the earlier cargo-oas (`cargo oas lock`)",
        ));
    };
    Ok((baseline, then))
}

/// The version of the crate whose definition `path` is: a folder with a manifest, or a file in one.
fn version_of(path: &Path) -> Option<String> {
    let folder = if path.is_dir() { path } else { path.parent()? };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.join(manifest::FILE_NAME).is_file().then(|| Package::around(folder)?.version).flatten()
}
