//! `bundle`.

use std::path::Path;

use openapi_build::diagnostic::Diagnostic;
use openapi_build::tool;
use serde_json::{Map, json};

use super::output::{self, Done};
use super::{Format, progress, run};
use crate::fetch::{self, Limits};

/// Writes one file of `file` and of all that its references lead to.
pub(super) fn bundle(file: &Path, output: Option<&Path>, format: Format) -> Result<Done, Diagnostic> {
    let mut fetched = Vec::new();
    let mut get = |url: &str| {
        fetched.push(url.to_owned());
        fetch::fetch(url, Limits::default())
    };
    let (document, diagnostics) = progress::during("bundling", || tool::bundle(file, &mut get))?;
    let text = run::document(&document, output);
    let mut done = Done { diagnostics, ..Done::default() };
    match output {
        Some(path) => {
            output::write(path, &text)?;
            done.json = Map::from_iter([("output".to_owned(), json!(path.display().to_string()))]);
        }
        None if format == Format::Json => done.json = Map::from_iter([("document".to_owned(), document)]),
        None => done.text = text,
    }
    done.json.insert("fetched".into(), json!(fetched));
    Ok(done)
}
