//! Where a message points when it is about a whole file or folder.

use std::path::Path;

use openapi_build::diagnostic::{Diagnostic, Position};

/// `diagnostic`, about the file or folder at `path` as a whole.
pub(crate) fn about(path: &Path, diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.in_file(Position { file: path.to_owned(), line: 0, column: 0 })
}

/// `diagnostic`, about the start of the file at `path`, which is shown with its first lines.
pub(crate) fn at_start(path: &Path, diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.in_file(Position { file: path.to_owned(), line: 1, column: 1 })
}
