//! What only the command `cargo oas` needs from this crate. This is not public API and may change in any version, because
//! `cargo-oas` depends on exactly one version of this crate and is released together with it.

use std::convert::Infallible;
use std::path::Path;

use serde_json::Value;

pub use crate::catalogue::{book, rows};
use crate::convert::swagger_2::SWAGGER_2;
use crate::diagnostic::{Diagnostic, Severity};
use crate::grammar::{self, Kind, OPENAPI_3};
use crate::groups;
use crate::normalize;
use crate::pipeline::Loaded;
use crate::source::bundle::Bundle;
use crate::source::{self, SourceFile, reference};
use crate::version::Version;

/// The environment variable that makes a build script read another folder, so that `bump` can compile the package with the
/// new client before it writes anything.
pub const REPLACEMENT: &str = crate::config::REPLACEMENT;

/// In a repaired schema of objects: the sets of names of which some have to be there in full.
pub const CHOICES: &str = crate::extensions::CHOICES;

/// In a repaired schema: what values must fit besides, in schemas that no Rust type says.
pub const CHECKS: &str = crate::extensions::CHECKS;

/// In a repaired schema of lists of exactly so many items: the schemas of the items.
pub const TUPLE: &str = crate::extensions::TUPLE;

/// In a repaired schema: the type of the user's own that its values are of.
pub const TYPE: &str = crate::extensions::TYPE;

/// Makes `loaded` and every message about it name the files of the folder `from` as if they were in `to`, so that a user who
/// knows only `to` can find them.
pub fn rename(loaded: &mut Loaded, from: &Path, to: &Path) {
    loaded.rename(from, to);
}

/// A group of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many operations it has.
    pub operations: usize,
    /// The feature of Cargo that it needs, if groups have features.
    pub feature: Option<String>,
}

/// The groups of operations of `loaded`, sorted; empty unless operations are grouped.
pub fn groups(loaded: &Loaded) -> Vec<Group> {
    let feature = |name: &str| loaded.has_features().then(|| groups::feature(name));
    let all = loaded.groups().into_iter();
    all.map(|(name, operations)| Group { feature: feature(name), name: name.to_owned(), operations }).collect()
}

/// Makes one document of `file`, which is at a path or a URL, and of all that its references lead to: files beside it, and
/// what `fetch` returns for URLs. No file may have more than `max_bytes`. Returns the document, of the version that it has, and
/// warnings.
///
/// # Errors
///
/// What reading a file gives, the errors of `fetch`, and `S010` if a reference leads out of the folder.
pub fn bundle(
    file: SourceFile,
    max_bytes: u64,
    fetch: &mut dyn FnMut(&str) -> Result<Vec<u8>, Diagnostic>,
) -> Result<(Value, Vec<Diagnostic>), Diagnostic> {
    let path = file.path.clone();
    let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = [file];
    let mut document = source::join(&files, root)?;
    let own = source::names(&files, root);
    let mut get = |url: &str| SourceFile::from_bytes(Path::new(url), fetch(url)?);
    let mut bundle = Bundle::new(root, &own, max_bytes, Some(&mut get));
    bundle.bundle(&mut document)?;
    let mut found = std::mem::take(&mut bundle.warnings);
    let refused = left(&document, &mut found);
    for diagnostic in &mut found {
        let place = diagnostic.pointer.as_deref().and_then(|pointer| files[0].locate(pointer));
        diagnostic.position = place.map(|(position, _)| Box::new(position));
    }
    if refused {
        found.retain(|diagnostic| diagnostic.severity == Severity::Error);
        return Err(Diagnostic::several(found).unwrap_or_else(|| Diagnostic::error("S010", "a reference leads away")));
    }
    let read = files.iter().chain(&bundle.files).flat_map(SourceFile::findings);
    Ok((document, read.cloned().chain(found).collect()))
}

/// Adds what is to be said of references that lead out of `document`; whether any of it is an error.
fn left(document: &Value, found: &mut Vec<Diagnostic>) -> bool {
    let grammar = if Version::is_swagger(document) { &SWAGGER_2 } else { &OPENAPI_3 };
    let mut refused = false;
    let Ok(()) = grammar::from_by::<Infallible>(document, Kind::Document, "", &grammar.field, &mut |node| {
        let Some(text) = node.reference().filter(|text| !text.starts_with('#')) else { return Ok(()) };
        let escapes = reference::escapes(text).filter(|_| !reference::is_url(text));
        refused |= escapes.is_some();
        found.push(
            match escapes {
                Some(why) => Diagnostic::error("S010", format!("`{text}` {why}")).help("copy the file into the folder"),
                None => Diagnostic::warning(normalize::DANGLING, format!("`{text}` leads nowhere; it stays as it is"))
                    .help("put the file beside the document, or correct the reference"),
            }
            .at(node.pointer),
        );
        Ok(())
    });
    refused
}
