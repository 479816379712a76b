//! What every code means: those of `openapi-build`, and those that only the command reports.

use openapi_build::catalogue;
use openapi_build::tool;

/// The files whose doc comments have a table of codes.
const MODULES: [&str; 7] = [
    include_str!("bump.rs"),
    include_str!("check.rs"),
    include_str!("command/mod.rs"),
    include_str!("fetch.rs"),
    include_str!("guard.rs"),
    include_str!("history.rs"),
    include_str!("init.rs"),
];

/// The codes of the command itself, each with what is wrong.
fn own() -> impl Iterator<Item = (&'static str, &'static str)> {
    tool::rows(&MODULES)
}

/// The page of `code`, as Markdown.
pub(crate) fn page(code: &str) -> Option<String> {
    catalogue::page(code)
        .or_else(|| own().find(|(known, _)| *known == code).map(|(code, meaning)| format!("# {code}\n\n{meaning}\n")))
}

/// What `code` means, in a few words.
pub(crate) fn title(code: &str) -> Option<&'static str> {
    catalogue::title(code).or_else(|| own().find(|(known, _)| *known == code).map(|(_, meaning)| meaning))
}

/// Every code, sorted.
pub(crate) fn codes() -> Vec<&'static str> {
    let mut codes = catalogue::codes();
    codes.extend(own().map(|(code, _)| code));
    codes.sort_unstable();
    codes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use testing::sources::rust_files;

    use super::*;

    #[test]
    fn every_code_that_is_reported_has_a_meaning() {
        for text in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let reported = text.split('"').filter(|part| catalogue::is_code(part));
            let unknown: Vec<&str> = reported.filter(|code| title(code).is_none()).collect();
            assert!(unknown.is_empty(), "no table of codes has {unknown:?}");
        }
    }

    #[test]
    fn no_code_means_two_things() {
        let codes = codes();
        let twice: Vec<_> = codes.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn the_page_in_the_docs_is_made_from_the_comments() {
        is_up_to_date("../../docs/quirks.md", &tool::book(&own().collect::<Vec<_>>()));
    }

    #[test]
    fn the_codes_that_build_scripts_know_are_made_from_the_comments() {
        // What follows from a change is no finding, so it cannot be allowed or denied.
        let findings = codes().into_iter().filter(|code| !code.starts_with(['D', 'N', 'R']));
        let line = |code: &str| format!("{code} {}\n", title(code).unwrap_or_default());
        is_up_to_date("../openapi-build/src/codes.txt", &findings.map(line).collect::<String>());
    }

    /// Checks that the file at `path` has the content `text`, or writes it.
    fn is_up_to_date(path: &str, text: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("REGENERATE").is_some_and(|value| value == "1") {
            std::fs::write(&path, text).expect("the file can be written");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(there == text, "{} is not up to date; REGENERATE=1 writes it:\n{text}", path.display());
    }
}
