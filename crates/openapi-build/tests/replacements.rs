//! Types of a user's own in place of generated ones.

use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use testing::rustc;

/// What a folder with that manifest above its document, and that overlay, gives.
fn read(document: &str, manifest: &str, overlay: &str, lock: Option<&Lock>) -> Result<Output, String> {
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
    let root = format!("{}/", folder.path().display());
    let output = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate());
    output.map_err(|error| error.to_string().replace(&root, ""))
}

fn generated(document: &str, manifest: &str) -> Output {
    read(document, manifest, "", None).unwrap_or_else(|error| panic!("{error}"))
}

/// The findings about types of the user's own.
fn findings(output: &Output) -> Vec<String> {
    let ours = output.diagnostics.iter().filter(|finding| ("X008"..="X011").contains(&finding.code));
    ours.map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

const SHOP: &str = include_str!("programs/replacements.yaml");

const MANIFEST: &str = "\
[replace]
Money = \"crate::Money\"
Cash = \"crate::Cash\"
\"format: date-time\" = \"time::OffsetDateTime\"
\"format: date\" = \"openapi_runtime::time::Date\"
\"format:decimal\" = \"rust_decimal::Decimal\"
\"format: duration\" = { path = \"std::time::Duration\", with = \"crate::seconds\", implements = [\"Copy\", \"Eq\", \"Hash\"] }
\"#/components/schemas/Order/properties/color\" = \"crate::Color\"
";

#[test]
fn the_bytes_are_those_of_the_types_and_answers_are_read_by_them() {
    let output = generated(SHOP, MANIFEST);
    assert!(!output.code.contains("pub struct Money") && !output.code.contains("pub struct Cash"), "{}", output.code);
    let warnings: Vec<String> = findings(&output).into_iter().filter(|it| !it.starts_with("X011")).collect();
    assert_eq!(warnings, Vec::<String>::new());
    let workspace =
        rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "replacements", [("shop", output.code.as_str())]);
    workspace.depend_with("shop", &["rust_decimal", "time"], "serde = { version = \"1\", features = [\"derive\"] }");
    workspace.program("shop", include_str!("programs/replacements.rs"));
    let said = workspace.run("shop", "").expect("the program compiles");
    assert_eq!(said, "all of it\n", "the program's messages are on standard error");
}
