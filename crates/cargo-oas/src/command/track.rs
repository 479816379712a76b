//! `bump`, `check` and `origins`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::manifest::Manifest;
use openapi_build::track::diff;
use serde_json::{Map, Value, json};

use super::output::{self, Done};
use super::{Format, LevelArguments, Prefixes, Today, progress};
use crate::bump::{Bump, Options};
use crate::{check, fetch};

#[derive(Args)]
pub(super) struct BumpArguments {
    /// The file to replace: its path in spec.toml, or the name of a document that has one file.
    name: String,
    /// The new version: the path or https URL of a document, or of a documentation page that contains it.
    source: String,
    /// The folder with the manifest.
    #[arg(long, value_name = "DIR", default_value = "spec")]
    spec: PathBuf,
    /// Show what would be done, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Continue even if the folder has uncommitted changes.
    #[arg(long)]
    allow_dirty: bool,
    /// Do not compile the package with the new client, for a change that requires changes in its own code.
    #[arg(long)]
    no_check: bool,
    /// Write the proposed version into Cargo.toml and Cargo.lock.
    #[arg(long)]
    set_version: bool,
    /// The most bytes to accept from a file or server.
    #[arg(long, value_name = "BYTES", default_value_t = fetch::Limits::default().bytes)]
    max_bytes: u64,
    /// The most seconds to wait for the whole answer of a server.
    #[arg(long, value_name = "SECONDS", default_value_t = fetch::Limits::default().time.as_secs_f64())]
    timeout: f64,
    /// Write the report to this file, as Markdown for a pull request.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the report to this file, as a page for a browser, if anything changed: one file, which needs no network.
    #[arg(long, value_name = "FILE")]
    report_html: Option<PathBuf>,
    /// Append the results for a script to this file, one `name=value` per line, as $GITHUB_OUTPUT expects: changed, wire,
    /// rust, generator (what a newer generator changes in Rust by itself, if anything), from and version (what the crate has and
    /// what it gets), stale, redundant; or, after an error, error with its code.
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
    #[command(flatten)]
    prefixes: Prefixes,
    /// The format of the result and of messages.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    #[command(flatten)]
    today: Today,
    #[command(flatten)]
    levels: LevelArguments,
}

pub(super) fn bump(arguments: &BumpArguments) -> Result<Done, Diagnostic> {
    let result = run(arguments);
    if let (Err(error), Some(path)) = (&result, &arguments.outputs) {
        append(path, &format!("error={}\n", error.code))?;
    }
    result
}

fn run(arguments: &BumpArguments) -> Result<Done, Diagnostic> {
    let time = Duration::try_from_secs_f64(arguments.timeout).unwrap_or(fetch::Limits::default().time);
    let options = Options {
        limits: fetch::Limits { bytes: arguments.max_bytes, time },
        allow_dirty: arguments.allow_dirty,
        compile: !arguments.no_check,
        set_version: arguments.set_version,
        date: arguments.today.day(),
        levels: arguments.levels.levels()?,
        prefixes: arguments.prefixes.list.clone(),
        ..Options::new(&arguments.spec, &arguments.name, &arguments.source)
    };
    let bump = progress::stepwise(arguments.format == Format::Text, |steps| Bump::prepare(&options, steps))?;
    if !arguments.dry_run {
        bump.apply()?;
    }
    if let Some(path) = &arguments.report {
        output::write(path, &markdown(&bump))?;
    }
    if let (Some(path), Some(page)) = (&arguments.report_html, page(&bump, &arguments.source)) {
        output::write(path, &page)?;
    }
    if let Some(path) = &arguments.outputs {
        append(path, &outputs(&bump))?;
    }
    let mut diagnostics = bump.stale.clone();
    diagnostics.extend(bump.redundant.iter().chain(&bump.diagnostics).cloned());
    // Notes are shown as warnings, because no other command lists them.
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity == Severity::Note) {
        diagnostic.severity = Severity::Warning;
    }
    Ok(Done { text: text(&bump, arguments.dry_run), json: machine(&bump), diagnostics, ..Done::default() })
}

fn text(bump: &Bump, dry_run: bool) -> String {
    let Some(changes) = &bump.changes else {
        return format!("{} has not changed by a byte: nothing to do\n", bump.path);
    };
    let mut text = changes.to_text(diff::Style { colour: true, all: false });
    let verb = if dry_run { "would be written" } else { "written" };
    let _ = writeln!(text, "\n{verb}:");
    let here = std::env::current_dir().unwrap_or_default();
    for (path, _) in &bump.files {
        let _ = writeln!(text, "  {}", path.strip_prefix(&here).unwrap_or(path).display());
    }
    if let Some((current, proposed)) = &bump.version {
        let _ = match current == proposed {
            true => writeln!(text, "version: {current} is high enough"),
            false => writeln!(text, "version: {proposed} (it is {current})"),
        };
    }
    text
}

/// The report for a pull request: the changes, and what is left to do by hand.
fn markdown(bump: &Bump) -> String {
    let Some(changes) = &bump.changes else { return String::new() };
    let mut text = changes.to_markdown();
    let groups = [
        ("Overlay actions that no longer match anything", &bump.stale),
        ("Redundant overlay actions", &bump.redundant),
        ("Messages", &bump.diagnostics),
    ];
    for (title, diagnostics) in groups {
        if !diagnostics.is_empty() {
            let _ = writeln!(text, "\n### {title}\n");
            for diagnostic in diagnostics {
                let _ = writeln!(text, "- {diagnostic}");
            }
        }
    }
    text
}

/// The report as a page, with every message; `None` if nothing changed.
fn page(bump: &Bump, source: &str) -> Option<String> {
    let (mut changes, (old, new)) = (bump.changes.clone()?, bump.versions.as_ref()?);
    changes.diagnostics = [&bump.stale, &bump.redundant, &bump.diagnostics].into_iter().flatten().cloned().collect();
    let names = Some((bump.path.clone(), source.to_owned()));
    Some(changes.to_html(old, new, &diff::Page { names, version: bump.version.clone() }))
}

fn outputs(bump: &Bump) -> String {
    let mut text = format!("changed={}\n", bump.changes.is_some());
    if let Some(changes) = &bump.changes {
        let _ = writeln!(text, "wire={}", changes.verdict.wire.as_str().replace(' ', "-"));
        let _ = writeln!(text, "rust={}", changes.verdict.rust.as_str());
        if let Some(generator) = changes.newer_generator() {
            let _ = writeln!(text, "generator={}", generator.level().as_str());
        }
        let _ = writeln!(text, "stale={}\nredundant={}", bump.stale.len(), bump.redundant.len());
    }
    if let Some((current, proposed)) = &bump.version {
        let _ = writeln!(text, "from={current}\nversion={proposed}");
    }
    text
}

fn machine(bump: &Bump) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("changed".into(), json!(bump.changes.is_some()));
    if let Some(changes) = &bump.changes {
        object.insert("diff".into(), changes.to_json());
        let files: Vec<String> = bump.files.iter().map(|(path, _)| path.display().to_string()).collect();
        object.insert("files".into(), json!(files));
    }
    if let Some((current, proposed)) = &bump.version {
        object.insert("version".into(), json!({"current": current, "proposed": proposed}));
    }
    object
}

fn append(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.map_err(|error| output::unwritable(&path.display().to_string(), &error))
}

pub(super) fn check(subject: &check::Subject<'_>, format: Format) -> Result<Done, Diagnostic> {
    let check::Checked { findings, failed } = progress::during("checking", || check::check(subject))?;
    let done = Done { failed, all: subject.strict, ..Done::default() };
    if format == Format::Json {
        return Ok(Done { diagnostics: findings, ..done });
    }
    let (name, mut text) = (subject.spec.display(), String::new());
    if subject.strict {
        if !findings.is_empty() {
            let _ = writeln!(text, "{name}: {}", numbers(&findings));
        }
    } else {
        for note in findings.iter().filter(|diagnostic| diagnostic.severity == Severity::Note) {
            let _ = writeln!(text, "note: {}", note.message);
        }
    }
    if !failed {
        let _ = match subject.spec.is_file() {
            true => writeln!(text, "{name} has nothing wrong"),
            false => writeln!(text, "{name} is up to date"),
        };
    }
    let is_shown = |finding: &Diagnostic| subject.strict || finding.severity > Severity::Note;
    Ok(Done { text, diagnostics: findings.into_iter().filter(is_shown).collect(), ..done })
}

/// How many of `findings` have each severity: `2 errors, 1 warning`.
fn numbers(findings: &[Diagnostic]) -> String {
    let number = |severity: Severity| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {severity}{plural}"))
    };
    let numbers = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(number);
    numbers.collect::<Vec<_>>().join(", ")
}

/// Lists each file on a line: its path, how to fetch it, and its origin, separated by tabs.
pub(super) fn origins(spec: &Path) -> Result<Done, Diagnostic> {
    let manifest = Manifest::read(spec)?;
    let mut text = String::new();
    for file in manifest.documents.iter().flat_map(|document| &document.files) {
        let how = match &file.origin {
            Some(_) if file.manual => "manual",
            Some(origin) if fetch::is_url(origin) => "fetch",
            _ => "none",
        };
        let _ = writeln!(text, "{}\t{how}\t{}", file.path, file.origin.as_deref().unwrap_or_default());
    }
    Ok(Done { text, ..Done::default() })
}
