//! `init`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use openapi_build::diagnostic::{Diagnostic, Severity};
use serde_json::{Map, Value, json};

use super::bundle::Fetching;
use super::output::Done;
use super::{Format, progress};
use crate::init::{Init, Options};
use crate::record;

#[derive(Args)]
pub(super) struct InitArguments {
    /// The definition: the path or https URL of a document, or of a documentation page that contains it.
    source: String,
    /// The folder of the package, which is made if it is not there.
    #[arg(long, value_name = "DIR", default_value = ".")]
    path: PathBuf,
    /// The name of a new package: that of its folder unless set.
    #[arg(long)]
    name: Option<String>,
    /// Put the client into this module. Without it, the client is the library itself, or the module `api` of a package that
    /// has a library already.
    #[arg(long, value_name = "NAME")]
    module: Option<String>,
    /// Depend on the crates in this folder, such as `crates` of a checkout, and not on the published ones.
    #[arg(long, value_name = "DIR")]
    crates: Option<PathBuf>,
    /// Make each group of operations a feature of the package, all of them on by default, so that a program can compile only the
    /// groups that it uses. Groups are tags, or the first words of paths.
    #[arg(long)]
    features: bool,
    /// Show which files would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Continue even if the folder has uncommitted changes.
    #[arg(long)]
    allow_dirty: bool,
    /// The format of the result and of messages.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

pub(super) fn init(arguments: &InitArguments) -> Result<Done, Diagnostic> {
    let options = Options {
        source: arguments.source.clone(),
        root: arguments.path.clone(),
        name: arguments.name.clone(),
        module: arguments.module.clone(),
        crates: arguments.crates.clone(),
        features: arguments.features,
        allow_dirty: arguments.allow_dirty,
        dry_run: arguments.dry_run,
        date: record::today(),
    };
    let mut fetching = Fetching::of(&arguments.source, openapi_build::source::MAX_BYTES);
    let init = progress::during("preparing", || Init::prepare(&options, &mut |url| fetching.fetch(url)))?;
    if !arguments.dry_run {
        init.apply()?;
    }
    let mut diagnostics = init.diagnostics.clone();
    // Notes are shown as warnings, because no other command lists them.
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity == Severity::Note) {
        diagnostic.severity = Severity::Warning;
    }
    let text = text(&init, arguments);
    Ok(Done { text, json: machine(&init), diagnostics, ..Done::default() })
}

/// The path of a file as it is shown: from the folder of the package, if it is there.
fn shown(init: &Init, path: &Path) -> String {
    path.strip_prefix(&init.root).unwrap_or(path).display().to_string()
}

fn text(init: &Init, arguments: &InitArguments) -> String {
    let mut text = String::new();
    let Init { title, package, .. } = init;
    if init.files.is_empty() {
        let _ = writeln!(text, "`{package}` has the client of {title}: nothing to do");
    } else {
        let what = match (arguments.dry_run, init.is_new) {
            (false, true) => "created",
            (false, false) => "added to",
            (true, true) => "would create",
            (true, false) => "would add to",
        };
        let _ = writeln!(text, "{what} the package `{package}`: the client of {title}");
        for (path, _) in &init.files {
            let _ = writeln!(text, "  {}", shown(init, path));
        }
    }
    if !init.left.is_empty() {
        let _ = writeln!(text, "\nto add by hand, because these files have content of their own:");
        for (path, line) in &init.left {
            let _ = writeln!(text, "  {}: {line}", shown(init, path));
        }
    }
    if !init.files.is_empty() {
        text.push_str(&next(init, arguments));
    }
    text
}

/// What to do next.
fn next(init: &Init, arguments: &InitArguments) -> String {
    let mut steps = Vec::new();
    if arguments.path != Path::new(".") {
        steps.push((format!("cd {}", arguments.path.display()), String::new()));
    }
    if let Some(call) = &init.call {
        steps.push(("cargo run --example first".into(), format!("calls {call}, on a server made from the definition")));
        steps.push(("cargo test".into(), "tests the client with such a server".into()));
    }
    steps.push(("cargo doc --open".into(), "shows the client".into()));
    let times = match init.warnings {
        0 => "what is repaired in the definition, kept and lost".into(),
        1 => "what is repaired in the definition, kept and lost; the build warns of it once".into(),
        several => format!("what is repaired in the definition, kept and lost; the build gives {several} warnings"),
    };
    steps.push(("cargo oas explain spec".into(), times));
    steps.push((format!("cargo oas bump {} FILE|URL", init.package), "takes in a new version of it".into()));
    let width = steps.iter().map(|(step, _)| step.len()).max().unwrap_or_default();
    let mut text = "\nnext:\n".to_owned();
    for (step, what) in steps {
        let _ = writeln!(text, "{}", format!("  {step:width$}  {what}").trim_end());
    }
    text
}

fn machine(init: &Init) -> Map<String, Value> {
    let files: Vec<String> = init.files.iter().map(|(path, _)| shown(init, path)).collect();
    let left: Vec<Value> =
        init.left.iter().map(|(path, line)| json!({"file": shown(init, path), "line": line})).collect();
    Map::from_iter([
        ("package".to_owned(), json!(init.package)),
        ("created".to_owned(), json!(init.is_new)),
        ("files".to_owned(), json!(files)),
        ("left".to_owned(), json!(left)),
        ("call".to_owned(), json!(init.call)),
    ])
}
