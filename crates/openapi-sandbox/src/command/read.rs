//! Reads what the command line names: a document, a documentation page, or a folder with a manifest. It stops before any
//! repair, so that the sandbox and the generator cannot share a wrong one.

use std::path::Path;

use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_build::source::page::{self, Content};

/// Reads `definition`.
///
/// # Errors
///
/// The first thing that makes it unreadable, with its place and what to do.
pub(crate) fn read(definition: &Path) -> Result<Loaded, Diagnostic> {
    if definition.is_dir() {
        return Loaded::folder(definition);
    }
    let file = SourceFile::read(definition)?;
    let file = match page::content(&file)? {
        Content::Document => file,
        Content::Page(text) => SourceFile::from_bytes(definition, text.into_bytes())?,
    };
    Loaded::sources(vec![file], &[])
}
