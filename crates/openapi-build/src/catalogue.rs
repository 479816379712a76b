//! What every code means: the pages that `explain CODE` prints, cut from the doc comments of the modules.

use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::doc_comment;
use crate::normalize::QUIRKS;
use crate::track::rules;

pub use crate::doc_comment::is_code;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was mended; nothing is lost.
    Repaired,
    /// It stays as the definition has it.
    Kept,
    /// The generated client lacks it.
    Lost,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Repaired => "repaired",
            Self::Kept => "kept",
            Self::Lost => "lost",
        })
    }
}

/// The modules whose doc comments have a table of codes.
const MODULES: [&str; 19] = [
    include_str!("source/mod.rs"),
    include_str!("manifest.rs"),
    include_str!("overlay.rs"),
    include_str!("validate/mod.rs"),
    include_str!("generate/mod.rs"),
    include_str!("lock.rs"),
    include_str!("track/surface/mod.rs"),
    include_str!("track/diff/mod.rs"),
    include_str!("track/diff/noise.rs"),
    include_str!("track/judgment/mod.rs"),
    include_str!("track/semver.rs"),
    include_str!("config.rs"),
    include_str!("levels.rs"),
    include_str!("formats.rs"),
    include_str!("generate/additions.rs"),
    include_str!("renames.rs"),
    include_str!("replacements.rs"),
    include_str!("groups.rs"),
    include_str!("features.rs"),
];

/// The codes whose findings the generated client lacks; a closed list, and none of them stands for anything else.
pub const LOSES: [&str; 18] = [
    "G001", "G002", "G003", "G014", "G016", "G017", "G022", "G020", "G021", "G023", "G024", "G025", "Q009", "Q037",
    "Q040", "S014", "S015", "V014",
];

/// The page of `code`, as Markdown.
///
/// ```
/// let page = openapi_build::catalogue::page("Q003").expect("a quirk");
/// assert!(page.starts_with("# Q003: "));
/// assert!(openapi_build::catalogue::page("Q999").is_none());
/// ```
pub fn page(code: &str) -> Option<String> {
    if let Some(new) = codes::renamed(code) {
        let renamed = format!("# {code}\n\nThis is `{new}` now, which does not stop a build.\n");
        return Some(format!("{renamed}\n{}", page(new).unwrap_or_default()));
    }
    let is_wanted = |text: &&'static str| doc_comment::heading(text).is_some_and(|(known, _)| known == code);
    if let Some(text) = pages().find(is_wanted) {
        let mut lines = doc_comment::lines(text);
        let mut page = format!("# {}\n", lines.next().unwrap_or_default().trim_end_matches('.'));
        let mut fenced = false;
        for line in lines {
            fenced ^= line.starts_with("```");
            let heading = line.starts_with("# ") && !fenced;
            page.push_str(&format!("{}{line}\n", if heading { "#" } else { "" }));
        }
        return Some(page);
    }
    meanings().find(|(known, _)| *known == code).map(|(code, meaning)| format!("# {code}\n\n{meaning}\n"))
}

/// The whole catalogue as one page of Markdown: every quirk, then every other code, those of `more` among them.
#[doc(hidden)]
pub fn book(more: &[(&str, &str)]) -> String {
    let mut book = String::from(
        "# Quirks\n\nWhat definitions have that generators cannot take or take wrongly, and what is done about it. This page is made \
         from the\ndoc comments of `crates/openapi-build/src/normalize` and of the modules that have codes of their own; \
         `cargo oas explain CODE`\nprints a part of it.\n\n",
    );
    let (quirks, others): (Vec<&str>, Vec<&str>) = codes().into_iter().partition(|code| code.starts_with('Q'));
    let mut others: Vec<(&str, &str)> =
        others.into_iter().map(|code| (code, title(code).unwrap_or_default())).chain(more.iter().copied()).collect();
    others.sort_unstable();
    for code in &quirks {
        let heading = format!("{code}: {}", title(code).unwrap_or_default());
        book.push_str(&format!("- [{heading}](#{})\n", anchor(&heading)));
    }
    book.push_str("- [Other codes](#other-codes)\n");
    for page in quirks.iter().filter_map(|code| page(code)) {
        book.push('\n');
        book.push('#');
        book.push_str(&page.replace("\n## ", "\n### "));
    }
    book.push_str(
        "\n## Other codes\n\nWhat is marked is lacking in the generated client; every other finding loses nothing.\n\n",
    );
    book.push_str("| code | what is wrong | lost |\n| --- | --- | --- |\n");
    for (code, title) in others {
        let lost = if LOSES.contains(&code) { "lost" } else { "" };
        book.push_str(&format!("| `{code}` | {title} | {lost} |\n"));
    }
    book
}

/// The anchor that a heading has on GitHub.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(|c: char| !(c.is_alphanumeric() || " -_".contains(c)), "");
    kept.replace(' ', "-")
}

/// What `code` means, in a few words.
pub fn title(code: &str) -> Option<&'static str> {
    meanings().find(|(known, _)| *known == code).map(|(_, title)| title)
}

/// Every code, sorted.
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = meanings().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes
}

/// What becomes of a finding: what a code loses is lost, what a quirk is about is mended, and everything else stays as it is.
pub fn outcome(diagnostic: &Diagnostic) -> Outcome {
    match (diagnostic.code, diagnostic.found_as()) {
        (code, _) if LOSES.contains(&code) => Outcome::Lost,
        // Parts of an `allOf` that contradict each other stay.
        ("Q003", Severity::Warning) => Outcome::Kept,
        (code, Severity::Note | Severity::Warning) if code.starts_with('Q') => Outcome::Repaired,
        _ => Outcome::Kept,
    }
}

/// Whether a finding is a place that is any JSON value although the definition says more, or that accepts more than it says.
pub fn is_any(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == "G014"
}

/// The files whose doc comment is a page: quirks, and the rules that judge changes.
fn pages() -> impl Iterator<Item = &'static str> {
    QUIRKS.iter().map(|quirk| quirk.page).chain(rules::RULES.iter().map(|rule| rule.page))
}

/// Every code with its meaning: of pages, then of the modules' tables.
fn meanings() -> impl Iterator<Item = (&'static str, &'static str)> {
    pages().filter_map(doc_comment::heading).chain(rows(&MODULES))
}

/// The rows of the tables in the doc comments of `modules`, each the text of a Rust file: a code, and what is wrong.
#[doc(hidden)]
pub fn rows(modules: &[&'static str]) -> impl Iterator<Item = (&'static str, &'static str)> {
    modules.iter().flat_map(|text| doc_comment::rows(text))
}

#[cfg(test)]
mod tests {
    use testing::sources::rust_files;

    use super::*;

    #[test]
    fn every_quirk_has_its_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/normalize");
        for text in rust_files(&folder) {
            let first = text.lines().next().unwrap_or_default();
            let Some((code, _)) = first.strip_prefix("//! ").and_then(|line| line.split_once(": ")) else { continue };
            if is_code(code) {
                assert!(page(code).is_some(), "list the file of {code} in `quirks!`");
            }
        }
    }

    #[test]
    fn every_code_that_is_said_is_in_the_catalogue() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for text in rust_files(&folder) {
            let said = text.split('"').filter(|part| is_code(part));
            let is_known = |code: &str| title(code).is_some() || codes::renamed(code).is_some() || code == "Q999";
            let unknown: Vec<&str> = said.filter(|code| !is_known(code)).collect();
            assert!(unknown.is_empty(), "a module's table of codes lacks {unknown:?}");
        }
    }

    #[test]
    fn no_code_stands_for_two_things() {
        let codes = codes();
        let twice: Vec<_> = codes.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(LOSES.iter().all(|code| codes.contains(code)));
    }
}
