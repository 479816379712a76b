//! JSON pointers (RFC 6901): how a key of a document becomes a reference token, and back.

use std::borrow::Cow;

use serde_json::Value;

/// Escapes a reference token (RFC 6901, section 3).
pub(crate) fn escape(token: &str) -> Cow<'_, str> {
    if special(token).is_none() {
        return token.into();
    }
    let mut escaped = String::new();
    push_escaped(&mut escaped, token);
    escaped.into()
}

/// Adds a reference token to `pointer`.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    push_escaped(pointer, token);
}

fn push_escaped(text: &mut String, token: &str) {
    let mut rest = token;
    while let Some(at) = special(rest) {
        text.push_str(&rest[..at]);
        text.push_str(if rest.as_bytes()[at] == b'~' { "~0" } else { "~1" });
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
}

/// Where the first character of `token` stands that is escaped.
fn special(token: &str) -> Option<usize> {
    let is_special = |byte: u8| byte == b'~' || byte == b'/';
    // Most tokens are short and have nothing to escape; to look at all of their bytes is faster than to stop at the first.
    let any = token.bytes().fold(false, |any, byte| any | is_special(byte));
    if any { token.bytes().position(is_special) } else { None }
}

/// Undoes [`escape`].
pub(crate) fn unescape(token: &str) -> String {
    key(token).into_owned()
}

/// As [`unescape`], without a new text where nothing is escaped.
fn key(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// The keys that `pointer` names, outermost first.
pub(crate) fn keys(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(key)
}

/// [`keys`], as texts of their own.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    keys(pointer).map(Cow::into_owned)
}

/// The last key that `pointer` names. A text without a `/` is a token of its own.
pub(crate) fn last_token(pointer: &str) -> String {
    unescape(pointer.rsplit('/').next().unwrap_or_default())
}

/// What stands at `pointer` in `tree`, as [`Value::pointer`] does, which makes two new texts for each token.
pub(crate) fn find<'a>(tree: &'a Value, pointer: &str) -> Option<&'a Value> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    keys(pointer).try_fold(tree, |value, token| match value {
        Value::Object(object) => object.get(token.as_ref()),
        Value::Array(items) => items.get(index(&token)?),
        _ => None,
    })
}

/// The index that `token` is (RFC 6901, section 4: no sign and no zero before other digits).
fn index(token: &str) -> Option<usize> {
    let is_index = token == "0" || !token.starts_with(['+', '0']);
    is_index.then(|| token.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_separators_survives_the_round_trip() {
        for key in ["application/json", "a~1b", "~0", "/", ""] {
            assert_eq!(unescape(&escape(key)), key);
            assert_eq!(last_token(&format!("/paths/{}", escape(key))), key);
            let mut pushed = "/paths".to_owned();
            push(&mut pushed, key);
            assert_eq!(pushed, format!("/paths/{}", escape(key)));
        }
        assert_eq!(tokens("/paths/~1items/get").collect::<Vec<_>>(), ["paths", "/items", "get"]);
        assert_eq!(tokens("").count(), 0);
    }

    #[test]
    fn a_pointer_finds_what_serde_json_finds() {
        let tree = serde_json::json!({"a/b": {"~c": [0, {"": 1}]}, "d": "e", "01": 2});
        let found = ["", "/a~1b", "/a~1b/~0c", "/a~1b/~0c/1", "/a~1b/~0c/1/", "/d", "/01"];
        let missing = ["d", "/", "/d/e", "/a~1b/~0c/01", "/a~1b/~0c/+1", "/a~1b/~0c/-", "/a~1b/~0c/2", "/a/b"];
        for pointer in found.iter().chain(&missing) {
            assert_eq!(find(&tree, pointer), tree.pointer(pointer), "{pointer}");
        }
        assert!(found.iter().all(|pointer| find(&tree, pointer).is_some()));
        assert!(missing.iter().all(|pointer| find(&tree, pointer).is_none()));
    }
}
