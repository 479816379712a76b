//! JSON pointers (RFC 6901): how a key of a document becomes a reference token, and back.

use std::borrow::Cow;

/// Escapes a reference token (RFC 6901, section 3).
pub(crate) fn escape(token: &str) -> Cow<'_, str> {
    let is_escaped = |byte: &u8| matches!(byte, b'~' | b'/');
    if token.as_bytes().iter().any(is_escaped) {
        token.replace('~', "~0").replace('/', "~1").into()
    } else {
        token.into()
    }
}

/// Undoes [`escape`].
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The keys that `pointer` names, outermost first.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescape)
}

/// The last key that `pointer` names. A text without a `/` is a token of its own.
pub(crate) fn last_token(pointer: &str) -> String {
    unescape(pointer.rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_separators_survives_the_round_trip() {
        for key in ["application/json", "a~1b", "~0", "/", ""] {
            assert_eq!(unescape(&escape(key)), key);
            assert_eq!(last_token(&format!("/paths/{}", escape(key))), key);
        }
        assert_eq!(tokens("/paths/~1items/get").collect::<Vec<_>>(), ["paths", "/items", "get"]);
        assert_eq!(tokens("").count(), 0);
    }
}
