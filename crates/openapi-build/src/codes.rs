//! The codes of findings, for build scripts, which have no [`catalogue`](crate::catalogue). `codes.txt` is made from it: each
//! line is a code and its title.

/// The table, which a test of `cargo-oas` writes.
const TABLE: &str = include_str!("codes.txt");

/// Codes that are no longer reported, each with the code that findings of its kind have now.
const RENAMED: [(&str, &str); 13] = [
    ("V001", "Q037"),
    ("V002", "Q038"),
    ("V003", "Q036"),
    ("V012", "Q039"),
    ("V013", "Q040"),
    ("V015", "Q040"),
    ("V004", "Q033"),
    ("V005", "Q033"),
    ("V006", "Q032"),
    ("V008", "Q034"),
    ("V009", "G016"),
    ("V010", "Q031"),
    ("V011", "Q035"),
];

/// How many characters may differ in what is taken for a typing error.
const TYPING_ERROR: usize = 2;

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter_map(|line| line.split_once(' '))
}

/// What `code` means, in a few words.
pub(crate) fn title(code: &str) -> Option<&'static str> {
    rows().find(|(known, _)| *known == code).map(|(_, title)| title)
}

/// The code that findings have which had the code `code` in an earlier version.
pub(crate) fn renamed(code: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(old, _)| *old == code).map(|(_, new)| *new)
}

/// The code that findings have for which a user writes `code`; `None` if there is no such code.
pub(crate) fn current(code: &str) -> Option<&'static str> {
    renamed(code).or_else(|| rows().map(|(known, _)| known).find(|known| *known == code))
}

/// The code that `text` is most like, if it is like one.
pub(crate) fn nearest(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_uppercase();
    crate::nearest::nearest(&text, rows().map(|(code, _)| code), TYPING_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_has_a_nearest_code() {
        assert_eq!(nearest("q031"), Some("Q031"));
        assert_eq!(nearest("Q31"), Some("Q031"));
        assert_eq!(nearest("defaults"), None);
    }

    #[test]
    fn a_code_is_renamed_to_one_that_exists_and_exists_no_longer() {
        for (old, new) in RENAMED {
            assert!(title(old).is_none() && title(new).is_some(), "{old} → {new}");
            assert_eq!(current(old), Some(new));
        }
    }
}
