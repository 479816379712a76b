//! `generate`, `normalize` and `lock`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use openapi_build::diagnostic::Diagnostic;
use openapi_build::lock;
use openapi_build::track::Derived;
use serde_json::{Map, Value, json};

use super::output::{self, Done};
use super::{Common, Format, LevelArguments, progress};

pub(super) fn generate(
    common: &Common,
    output: Option<&Path>,
    bindings: Option<&Path>,
    both_ways: bool,
) -> Result<Done, Diagnostic> {
    let loaded = progress::during("reading", || common.load())?.both_ways(both_ways);
    let generated = progress::during("generating", || loaded.generate())?;
    let result = deliver(common, output, &generated.code, || ("code", json!(generated.code)))?;
    if let Some(path) = bindings {
        let bindings = openapi_build::generate::bindings(&generated.code)?;
        output::write(path, &format!("{bindings:#}\n"))?;
    }
    let mut diagnostics = generated.diagnostics;
    if common.format == Format::Json {
        loaded.locate(&mut diagnostics);
    }
    Ok(Done { diagnostics, ..result })
}

pub(super) fn normalize(common: &Common, output: Option<&Path>) -> Result<Done, Diagnostic> {
    let loaded = progress::during("reading", || common.load())?;
    let mut repaired = progress::during("repairing", || loaded.normalize());
    let Some((_, repaired)) = repaired.pop().filter(|_| repaired.is_empty()) else {
        return Err(Diagnostic::error("C002", "this folder has several documents, and `normalize` writes one")
            .help("pass the files of one document, and its overlays with --overlay"));
    };
    let text = document(&repaired.tree, output);
    let result = deliver(common, output, &text, || ("document", repaired.tree.clone()))?;
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(repaired.diagnostics);
    let mut diagnostics = loaded.judge(diagnostics);
    loaded.locate(&mut diagnostics);
    Ok(Done { diagnostics, ..result })
}

/// `document` as YAML if the name of the file `output` says so, and otherwise as JSON.
pub(super) fn document(document: &Value, output: Option<&Path>) -> String {
    let ends_in = |end: &str| output.and_then(Path::extension).is_some_and(|extension| extension == end);
    if ends_in("yaml") || ends_in("yml") { openapi_build::source::to_yaml(document) } else { format!("{document:#}\n") }
}

/// Writes `text` to the file `output`. Without one, returns it for standard output, as it is or within the JSON object.
fn deliver(
    common: &Common,
    output: Option<&Path>,
    text: &str,
    within: impl FnOnce() -> (&'static str, Value),
) -> Result<Done, Diagnostic> {
    let mut done = Done::default();
    match output {
        Some(path) => {
            output::write(path, text)?;
            done.json = Map::from_iter([("output".to_owned(), json!(path.display().to_string()))]);
        }
        None if common.format == Format::Json => {
            let (key, value) = within();
            done.json = Map::from_iter([(key.to_owned(), value)]);
        }
        None => done.text = text.to_owned(),
    }
    Ok(done)
}

/// Writes `names.lock` and `api.txt`, and lists the names that were added or removed.
pub(super) fn lock(spec: &Path, levels: &LevelArguments) -> Result<Done, Diagnostic> {
    let reading = levels.reading()?;
    let loaded = progress::during("reading", || reading.folder(spec))?;
    let generated = progress::during("generating", || loaded.generate())?;
    let derived = progress::during("listing the API", || Derived::of(&generated))?;
    let path = spec.join(lock::FILE_NAME);
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    for (name, text) in derived.files() {
        output::write(&spec.join(name), text)?;
    }
    let lines = |text: &str| -> BTreeSet<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    let (old, new) = (lines(&old), lines(&derived.lock));
    let mut changes = String::new();
    for line in old.difference(&new) {
        let _ = writeln!(changes, "- {line}");
    }
    for line in new.difference(&old) {
        let _ = writeln!(changes, "+ {line}");
    }
    // Other commands are for warnings; only those that are denied are shown.
    let diagnostics = generated.denied().map(Diagnostic::into_all).unwrap_or_default();
    Ok(Done { text: changes, diagnostics, shown: true, ..Done::default() })
}
