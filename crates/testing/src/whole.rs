//! Programs against `confluent-cloud` as a whole API's definition makes it, with nothing changed in `src/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::corpus;

/// Builds `code`, the program `name`, against `confluent-cloud` made from the definition `document`, and runs it; returns
/// what it writes. The package is built once for all programs, in `temporary`: `env!("CARGO_TARGET_TMPDIR")`.
pub fn run(temporary: &str, document: &Path, name: &str, code: &str) -> String {
    let (temporary, workspace) = (Path::new(temporary), corpus::workspace());
    let root = temporary.join(name);
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         confluent-cloud = {{ path = {:?}, features = [\"both-ways\", \"sandbox\"] }}\n\
         openapi-runtime = {{ path = {:?} }}\n\
         serde = \"1\"\nserde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        workspace,
        workspace.join("crates/openapi-runtime")
    );
    write(&root.join("Cargo.toml"), manifest.as_bytes());
    write(&root.join("src/main.rs"), code.as_bytes());
    std::fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet"])
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", temporary.join("whole-api/target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CONFLUENT_SPEC_DIR", spec_folder(temporary, document))
        .output()
        .expect("cargo runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", error.chars().take(6000).collect::<String>());
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A folder with a copy of `document` and a manifest that names it.
fn spec_folder(temporary: &Path, document: &Path) -> PathBuf {
    let folder = temporary.join("whole-api-spec");
    let manifest = "[[document]]\nname = \"whole\"\n[[document.file]]\npath = \"whole.json\"\n\
                    origin = \"https://example.com/\"\ndate = 2023-12-01\n";
    write(&folder.join("whole.json"), &std::fs::read(document).expect("the document can be read"));
    write(&folder.join("spec.toml"), manifest.as_bytes());
    folder
}

/// Writes a file, unless it is as it should be: a new time would build the package anew.
fn write(path: &Path, bytes: &[u8]) {
    if std::fs::read(path).map_or(true, |old| old != bytes) {
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the target folder can be written");
        std::fs::write(path, bytes).expect("the target folder can be written");
    }
}
