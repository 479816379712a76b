//! The doc comments of this crate's files as data: the page of a quirk or rule, and the tables of codes.

/// The lines of a file's doc comment, without their `//!`.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map_while(|line| line.strip_prefix("//!")).map(|line| line.strip_prefix(' ').unwrap_or(line))
}

/// The code and the title of a file whose doc comment is a page: `Q003` and `…` of `Q003: ….`
pub(crate) fn heading(text: &'static str) -> Option<(&'static str, &'static str)> {
    let (code, title) = lines(text).next()?.split_once(": ")?;
    is_code(code).then(|| (code, title.trim_end_matches('.')))
}

/// The rows of a file's tables of codes: each code, and its meaning.
pub(crate) fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(text).filter_map(|line| {
        let (code, meaning) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
        is_code(code).then(|| (code, meaning.trim_end_matches('.')))
    })
}

/// Whether `text` has the form of a code: a capital letter and three digits.
pub fn is_code(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, digits @ ..]
        if letter.is_ascii_uppercase() && digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}
