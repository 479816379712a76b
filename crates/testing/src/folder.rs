//! A folder with a manifest, as `Config::generate` and `cargo oas` read it.

use openapi_build::diagnostic::Diagnostic;
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};

/// What a folder generates, and the beginning of the paths in its messages.
#[derive(Debug)]
pub struct Generated {
    /// The output, or what is wrong.
    pub output: Result<Output, Diagnostic>,
    root: String,
}

impl Generated {
    /// `message` without the path of the folder, which is a temporary one.
    pub fn without_path(&self, message: &str) -> String {
        message.replace(&self.root, "")
    }

    /// The output.
    ///
    /// # Panics
    ///
    /// If nothing was generated; the message says what is wrong.
    pub fn expect(self) -> Output {
        self.output.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Generates from a folder with `document`, a manifest that begins with the lines of `manifest`, an overlay with those actions, and
/// `lock`.
pub fn generate(document: &str, manifest: &str, overlay: &str, lock: Option<&Lock>) -> Generated {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("api.yaml", document);
    let overlays = if overlay.is_empty() { "" } else { "overlays = [\"overlay.yaml\"]\n" };
    write("overlay.yaml", &format!("overlay: 1.0.0\ninfo: {{title: Ours, version: '1'}}\nactions:\n{overlay}"));
    write(
        "spec.toml",
        &format!("{manifest}\n[[document]]\nname = \"api\"\n{overlays}[[document.file]]\npath = \"api.yaml\"\n"),
    );
    if let Some(lock) = lock {
        write("names.lock", &lock.to_text());
    }
    let output = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate());
    Generated { output, root: format!("{}/", folder.path().display()) }
}
