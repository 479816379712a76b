//! Every quirk has a folder in `tests/quirks`: a document before and after its repair, what is said of it, and lines of the
//! client that comes of it. `REGENERATE=1` writes the documents and the reports anew; the lines of the client
//! (`client.txt`) are written by hand.

use std::path::{Path, PathBuf};

use openapi_build::catalogue;
use openapi_build::pipeline::{Loaded, Output};
use openapi_build::source::{SourceFile, to_yaml};
use testing::rustc;

/// Quirks that are repaired while the text is read: what comes of it does not show that it was there.
const UNSEEN: [&str; 1] = ["Q028"];

fn regenerate() -> bool {
    std::env::var_os("REGENERATE").is_some_and(|value| value == "1")
}

fn folder(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/quirks").join(code)
}

fn quirks() -> Vec<&'static str> {
    let quirks: Vec<&str> = catalogue::codes().into_iter().filter(|code| code.starts_with('Q')).collect();
    assert!(quirks.len() >= 30, "{quirks:?}");
    quirks
}

fn read(code: &str, name: &str) -> String {
    std::fs::read_to_string(folder(code).join(name)).unwrap_or_else(|error| panic!("{code} lacks {name}: {error}"))
}

/// Compares `text` with the file, or writes the file.
fn golden(path: &Path, text: &str) {
    if regenerate() {
        std::fs::write(path, text).expect("the file can be written");
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == text, "{} is not up to date; REGENERATE=1 writes it:\n{text}", path.display());
}

fn loaded(code: &str) -> Loaded {
    let file = SourceFile::from_bytes(Path::new("before.yaml"), read(code, "before.yaml").into_bytes());
    let file = file.unwrap_or_else(|error| panic!("{code}: {error}"));
    Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{code}: {error}"))
}

fn generated(code: &str, loaded: &Loaded) -> Output {
    loaded.generate().unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// `text` with all white space, and commas before a bracket, in one form.
fn compact(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")").replace(",}", "}")
}

#[test]
fn each_is_repaired_and_reported_as_its_folder_says() {
    for code in quirks() {
        let loaded = loaded(code);
        let (_, repaired) = loaded.normalize().pop().expect("one document");
        let after = to_yaml(&repaired.tree);
        golden(&folder(code).join("after.yaml"), &after);
        let mut diagnostics = generated(code, &loaded).diagnostics;
        loaded.locate(&mut diagnostics);
        let report: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
        golden(&folder(code).join("report.txt"), &report);
        let found: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.code == code).collect();
        assert_eq!(found.is_empty(), UNSEEN.contains(&code), "{code} is not found in its own fixture:\n{report}");
        assert!(
            found.iter().all(|diagnostic| diagnostic.pointer.is_some() && diagnostic.position.is_some()),
            "{report}"
        );

        let again =
            SourceFile::from_bytes(Path::new("after.yaml"), after.clone().into_bytes()).expect("it is not empty");
        let (_, twice) = Loaded::sources(vec![again], &[]).expect("it loads").normalize().pop().expect("one document");
        assert_eq!(to_yaml(&twice.tree), after, "{code}: repairing twice is repairing once");
    }
}

#[test]
fn each_client_has_the_lines_that_its_folder_says_and_compiles() {
    let mut modules = String::new();
    let outputs: Vec<(&str, Output)> =
        quirks().into_iter().map(|code| (code, generated(code, &loaded(code)))).collect();
    for (code, output) in &outputs {
        let client = std::fs::read_to_string(folder(code).join("client.txt")).unwrap_or_default();
        for line in client.lines() {
            assert!(compact(&output.code).contains(&compact(line)), "{code}: the client lacks `{line}`");
        }
        let name = code.to_lowercase();
        modules.push_str(&format!("/// {code}.\npub mod {name} {{ include!(\"{name}.rs\"); }}\n"));
    }
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "quirks", [("quirks", modules.as_str())]);
    for (code, output) in &outputs {
        workspace.add("quirks", &format!("src/{}.rs", code.to_lowercase()), &output.code);
    }
    if let Some(errors) = workspace.check("quirks").errors {
        panic!("{}", errors.chars().take(6000).collect::<String>());
    }
}

#[test]
fn no_folder_is_left_of_a_quirk_that_is_gone() {
    let entries = std::fs::read_dir(folder("")).expect("the folder of the fixtures");
    for entry in entries {
        let name = entry.expect("an entry of the folder").file_name();
        assert!(name.to_str().is_some_and(|name| quirks().contains(&name)), "{name:?} is no quirk");
    }
}

#[test]
fn each_page_has_the_same_headings() {
    for code in quirks() {
        let page = catalogue::page(code).expect("it is listed");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let wanted = ["What it is", "Where it was seen", "Why it matters", "The repair", "Before and after"];
        assert_eq!(headings, wanted, "{code}");
        assert_eq!(page.matches("```").count(), 4, "{code} shows a before and an after");
    }
}
