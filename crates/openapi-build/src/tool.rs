//! What only the command `cargo oas` needs from this crate. This is not public API and may change in any version, because
//! `cargo-oas` depends on exactly one version of this crate and is released together with it.

use std::path::Path;

use serde_json::Value;

pub use crate::catalogue::{book, rows};
use crate::diagnostic::Diagnostic;
use crate::pipeline::Loaded;
use crate::source::bundle::Bundle;
use crate::source::{self, SourceFile, reference};
use crate::{grammar, normalize};

/// The environment variable that makes a build script read another folder, so that `bump` can compile the package with the
/// new client before it writes anything.
pub const REPLACEMENT: &str = crate::config::REPLACEMENT;

/// Makes `loaded` and every message about it name the files of the folder `from` as if they were in `to`, so that a user who
/// knows only `to` can find them.
pub fn rename(loaded: &mut Loaded, from: &Path, to: &Path) {
    loaded.rename(from, to);
}

/// Makes one document of the file at `path` and of all that its references lead to: files beside it, and what `fetch` returns
/// for URLs. Returns the document and warnings.
///
/// # Errors
///
/// What reading a file gives, the errors of `fetch`, and `S010` if a reference leads out of the folder.
pub fn bundle(
    path: &Path,
    fetch: &mut dyn FnMut(&str) -> Result<Vec<u8>, Diagnostic>,
) -> Result<(Value, Vec<Diagnostic>), Diagnostic> {
    let file = SourceFile::read(path)?;
    let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = [file];
    let mut document = source::join(&files, root)?;
    let own = source::names(&files, root);
    let mut get = |url: &str| SourceFile::from_bytes(Path::new(url), fetch(url)?);
    let mut bundle = Bundle::new(root, &own, Some(&mut get));
    bundle.bundle(&mut document)?;
    let mut warnings = bundle.warnings;
    let mut refused = None;
    let _ = grammar::walk(&document, &mut |node| {
        let Some(text) = node.reference().filter(|text| !text.starts_with('#')) else { return Ok::<(), ()>(()) };
        match reference::escapes(text).filter(|_| !reference::is_url(text)) {
            Some(why) => {
                let error = Diagnostic::error("S010", format!("`{text}` {why}")).at(node.pointer);
                refused.get_or_insert(error.help("copy the file into the folder"));
            }
            None => {
                let warning =
                    Diagnostic::warning(normalize::DANGLING, format!("`{text}` leads nowhere; it stays as it is"));
                warnings
                    .push(warning.at(node.pointer).help("put the file beside the document, or correct the reference"));
            }
        }
        Ok(())
    });
    for diagnostic in warnings.iter_mut().chain(&mut refused) {
        let place = diagnostic.pointer.as_deref().and_then(|pointer| files[0].locate(pointer));
        diagnostic.position = place.map(|(position, _)| Box::new(position));
    }
    refused.map_or(Ok((document, warnings)), Err)
}
