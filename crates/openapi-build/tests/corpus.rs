//! Every document of the corpus is generated, and what is generated is checked by rustc.

use std::path::{Path, PathBuf};
use std::time::Instant;

use openapi_build::pipeline::Loaded;
use testing::{corpus, rustc};

/// A cargo package name for a file.
fn package(stem: &str) -> String {
    let name: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    format!("client-{name}")
}

/// The file's name without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Generates each document and checks what comes out; says how long both took, and fails for all that fail.
fn all_compile(name: &str, paths: &[PathBuf]) {
    let mut problems = Vec::new();
    let mut clients = Vec::new();
    for path in paths {
        let name = stem(path);
        let start = Instant::now();
        match Loaded::path(path).and_then(|loaded| loaded.generate()) {
            Ok(output) => clients.push((name.clone(), package(&name), output.code, start.elapsed())),
            Err(diagnostic) => problems.push(format!("{name}: {diagnostic}")),
        }
    }
    let workspace = rustc::Workspace::new(
        env!("CARGO_TARGET_TMPDIR"),
        name,
        clients.iter().map(|(_, package, code, _)| (package.as_str(), code.as_str())),
    );
    workspace.prepare();
    for (name, package, code, made) in &clients {
        let checked = workspace.check(package);
        let (lines, made, time) = (code.lines().count(), made.as_secs_f64(), checked.time.as_secs_f64());
        println!("{name}: {lines} lines, generated in {made:.1} s, checked in {time:.1} s");
        if let Some(errors) = checked.errors {
            problems.push(format!("{name}: {}", errors.chars().take(4000).collect::<String>()));
        }
    }
    println!("{} documents, {} skipped", paths.len(), paths.len() - clients.len());
    assert!(problems.is_empty(), "{} of {} fail:\n{}", problems.len(), paths.len(), problems.join("\n"));
}

#[test]
fn the_vendored_definition_compiles_alone() {
    all_compile("vendored", &[corpus::workspace().join("spec")]);
}

#[test]
fn every_document_of_the_corpus_compiles_without_a_warning() {
    if let Some(paths) = corpus::documents("OPENAPI_CORPUS") {
        all_compile("corpus", &paths);
    }
}

#[test]
fn every_page_compiles_by_itself() {
    if let Some(paths) = corpus::documents("OPENAPI_PAGES") {
        all_compile("pages", &paths);
    }
}
