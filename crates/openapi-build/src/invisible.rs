//! Characters that a reader does not see, or that change the order in which text is seen.

/// Whether `c` changes the direction of text, which rustc rejects in comments and literals.
pub(crate) fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether `c` is seen as nothing, or changes the order of what is around it. Control characters are not among these.
#[cfg(feature = "track")]
pub(crate) fn is_invisible(c: char) -> bool {
    turns_text(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(all(test, feature = "track"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_not_invisible() {
        assert!(['\u{202e}', '\u{200d}', '\u{feff}', '\u{e0041}', '\u{34f}'].into_iter().all(is_invisible));
        assert!(!"aé字 \u{301}⚠\u{fe0f}🦀".chars().any(is_invisible));
    }
}
