//! Rust names for the names in a definition, by one rule everywhere.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The Rust type name for the name of a component or a path of names: `v2.User` becomes `V2User`.
pub(crate) fn type_name(name: &str) -> String {
    let mut type_name = name.to_owned();
    // Joining words can make a new word boundary (`A1b` from `a1 b`); a name is stable only at a fixed point, and
    // progenitor applies the same rule once more.
    for _ in 0..5 {
        if is_camel_case(&type_name) {
            break;
        }
        type_name = spaced(&type_name).to_upper_camel_case();
    }
    if !type_name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        type_name.insert(0, 'X');
    }
    if type_name == "Self" { "Self_".into() } else { type_name }
}

/// The Rust name of a function, field or module: `displayName` becomes `display_name`, and `type` becomes `type_`.
pub(crate) fn snake_name(name: &str) -> String {
    let mut snake = spaced(name).to_snake_case();
    if !snake.starts_with(|first: char| first.is_ascii_alphabetic()) {
        snake.insert_str(0, "x_");
    }
    if syn::parse_str::<syn::Ident>(&snake).is_err() || snake == "gen" {
        snake.push('_');
    }
    snake
}

/// A snake name that consists of two: `type_` and `null` are `type_null`, because a `__` within a name is not snake case.
pub(crate) fn joined(first: &str, second: &str) -> String {
    format!("{}_{}", first.trim_end_matches('_'), second.trim_matches('_'))
}

/// A type name with an addition: `Self_` and `Error` are `SelfError`, because a `_` within a name is not camel case.
pub(crate) fn extended(name: &str, addition: &str) -> String {
    format!("{}{addition}", name.trim_end_matches('_'))
}

/// The first of `names` that is not taken, which is taken from then on. If all are taken, `_` is added to the last.
pub(crate) fn free(names: impl IntoIterator<Item = String>, taken: &mut HashSet<String>) -> String {
    let mut last = String::new();
    for name in names {
        if taken.insert(name.clone()) {
            return name;
        }
        last = name;
    }
    while !taken.insert(last.clone()) {
        last.push('_');
    }
    last
}

/// The methods and functions of the traits that every type has, by a derive or a blanket implementation, or that a derive
/// could add. A method of that name would change what `value.clone()` or `Type::default()` means.
const TRAIT_METHODS: [&str; 33] = [
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "clone_to_uninit",
    "cmp",
    "default",
    "deserialize",
    "deserialize_in_place",
    "drop",
    "eq",
    "fmt",
    "from",
    "from_iter",
    "from_json",
    "from_str",
    "hash",
    "hash_slice",
    "into",
    "into_future",
    "into_iter",
    "ne",
    "new",
    "partial_cmp",
    "serialize",
    "to_owned",
    "to_string",
    "try_from",
    "try_into",
    "type_id",
];

/// Whether a method of that name would hide a method or function that every type has.
pub(crate) fn hides_a_method(name: &str) -> bool {
    TRAIT_METHODS.contains(&name)
}

/// Whether `ident`, the Rust name of `name`, has an addition: a `_` after a keyword, or an `x_` before a digit.
pub(crate) fn unlike(name: &str, ident: &str) -> bool {
    spaced(name).to_snake_case() != ident
}

/// Whether heck leaves `name` unchanged, as is the case for most names of components: each capital begins a word. A capital
/// does so after a small letter, and after another capital if a small letter follows. Digits belong to what precedes them.
fn is_camel_case(name: &str) -> bool {
    let mut capital_before = false;
    let mut letters = name.bytes().peekable();
    let mut first = true;
    while let Some(letter) = letters.next() {
        match letter {
            b'A'..=b'Z' => {
                if capital_before && !letters.peek().is_some_and(u8::is_ascii_lowercase) {
                    return false;
                }
                capital_before = true;
            }
            b'a'..=b'z' if !first => capital_before = false,
            b'0'..=b'9' if !first => {}
            _ => return false,
        }
        first = false;
    }
    !first
}

/// `name` with word boundaries in place of the characters that an identifier cannot contain, and without apostrophes.
fn spaced(name: &str) -> String {
    let name = name.replace('\'', "");
    name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_name_is_camel_case_and_an_identifier() {
        for (name, expected) in [
            ("v2.User", "V2User"),
            ("Failure", "Failure"),
            ("AWS", "Aws"),
            ("3d.Model", "X3dModel"),
            ("self", "Self_"),
            ("", "X"),
            ("it's", "Its"),
        ] {
            assert_eq!(type_name(name), expected, "{name}");
        }
    }

    #[test]
    fn camel_case_is_what_heck_leaves_as_it_is() {
        // Every word of up to six of these letters, so that each kind of letter is beside each other kind.
        let letters = ['A', 'B', 'c', 'd', '1'];
        let mut words = vec![String::new()];
        for _ in 0..6 {
            let longer = words.iter().flat_map(|word| letters.iter().map(move |letter| format!("{word}{letter}")));
            words = longer.chain(std::iter::once(String::new())).collect();
            for word in words.iter().filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic())) {
                assert_eq!(is_camel_case(word), word.to_upper_camel_case() == *word, "{word}");
            }
        }
    }

    #[test]
    fn a_snake_name_is_no_keyword() {
        for (name, expected) in [
            ("displayName", "display_name"),
            ("type", "type_"),
            ("self", "self_"),
            ("gen", "gen_"),
            ("X-Request-Id", "x_request_id"),
            ("2fa", "x_2fa"),
        ] {
            assert_eq!(snake_name(name), expected, "{name}");
        }
    }
}
