//! Writes documents as OpenAPI 3, bundled, before any repair: `cargo run -p openapi-build --example converted -- FOLDER
//! DOCUMENT…` writes FOLDER/NAME.json for each. `benches/swagger2openapi.sh` compares Swagger 2.0 documents by it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use openapi_build::pipeline::Loaded;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(into) = arguments.next() else {
        eprintln!("usage: converted FOLDER DOCUMENT…");
        return ExitCode::from(2);
    };
    let failed =
        arguments.filter(|document| convert(document, &into).inspect_err(|error| eprintln!("{error}")).is_err());
    if failed.count() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn convert(document: &Path, into: &Path) -> Result<(), String> {
    let loaded = Loaded::files(&[document.to_owned()], &[]).map_err(|error| error.to_string())?;
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    let tree = loaded.documents.first().map(|document| document.tree.to_string()).unwrap_or_default();
    std::fs::write(into.join(format!("{name}.json")), tree).map_err(|error| format!("{name}: {error}"))
}
