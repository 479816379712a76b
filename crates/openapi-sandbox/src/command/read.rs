//! Reads what the command line names: a document, a documentation page, or a folder with a manifest. It stops before any
//! repair, so that the sandbox and the generator cannot share a wrong one.

use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_build::source::page::{self, Content};
use serde_json::Value;

/// What was read.
pub(crate) struct Read {
    pub(crate) documents: Vec<Value>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads `definition`.
///
/// # Errors
///
/// The first thing that makes it unreadable, with its place and what to do.
pub(crate) fn read(definition: &Path) -> Result<Read, Diagnostic> {
    if definition.is_dir() {
        return Loaded::folder(definition).map(served);
    }
    let file = SourceFile::read(definition)?;
    let file = match page::content(&file)? {
        Content::Document => file,
        Content::Page(text) => SourceFile::from_bytes(definition, text.into_bytes())?,
    };
    Loaded::sources(vec![file.clone()], &[]).map(served).or_else(|error| unchecked(&file, error))
}

fn served(loaded: Loaded) -> Read {
    let documents = loaded.documents.iter().map(|document| document.served().clone()).collect();
    Read { documents, diagnostics: loaded.diagnostics }
}

/// The document in `file`, from which no client can be generated because of `error`: the sandbox serves what it can of it.
fn unchecked(file: &SourceFile, mut error: Diagnostic) -> Result<Read, Diagnostic> {
    let is_document = |tree: &Value| ["openapi", "swagger", "paths"].iter().any(|key| tree.get(key).is_some());
    match file.parse().ok().filter(is_document) {
        Some(tree) => {
            error.severity = Severity::Warning;
            Ok(Read { documents: vec![tree], diagnostics: vec![error] })
        }
        None => Err(error),
    }
}
