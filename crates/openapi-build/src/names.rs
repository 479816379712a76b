//! Rust names for the names in a definition, by one rule everywhere.

use std::collections::{HashMap, HashSet};

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::status::reason;

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

/// The Rust name of a step of a path of names, which is not the first: `404` behind an operation is `NotFound`.
pub(crate) fn step_name(name: &str, index: usize) -> String {
    let is_status = match name.as_bytes() {
        [b'1'..=b'5', rest @ ..] if rest.len() == 2 => {
            rest.iter().all(u8::is_ascii_digit) || rest.eq_ignore_ascii_case(b"XX")
        }
        _ => false,
    };
    if index == 1 && is_status {
        return reason(name).0;
    }
    let step = type_name(name);
    match step.strip_prefix('X').filter(|rest| index > 0 && rest.starts_with(|c: char| c.is_ascii_digit())) {
        Some(number) if !name.starts_with(['x', 'X']) => number.to_owned(),
        _ => step,
    }
}

/// The Rust name of a function, field or module: `displayName` becomes `display_name`, and `type` becomes `type_`.
pub(crate) fn snake_name(name: &str) -> String {
    let mut snake = spaced(name).to_snake_case();
    // Without their signs, `+1` and `-1` would be alike.
    if let Some((sign, number)) =
        name.split_at_checked(1).filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        match sign {
            "+" => snake = format!("plus_{}", spaced(number).to_snake_case()),
            "-" => snake = format!("minus_{}", spaced(number).to_snake_case()),
            _ => {}
        }
    }
    if !snake.starts_with(|first: char| first.is_ascii_alphabetic()) {
        snake.insert_str(0, "x_");
    }
    // No keyword has a `_`, a digit, or more than eight letters.
    let is_plain = snake.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let may_be_keyword = snake.len() <= 8 && snake.bytes().all(|byte| byte.is_ascii_alphabetic());
    if (may_be_keyword || !is_plain) && syn::parse_str::<syn::Ident>(&snake).is_err() || snake == "gen" {
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

/// Gives each empty place of `names` the name that `of` has for its index, unless that is taken or another claims it too.
pub(crate) fn settle(names: &mut [Option<String>], taken: &mut HashSet<String>, of: &dyn Fn(usize) -> Option<String>) {
    let open = names.iter().enumerate().filter(|(_, name)| name.is_none());
    let open: Vec<(usize, String)> = open.filter_map(|(index, _)| Some((index, of(index)?))).collect();
    let mut claims: HashMap<&str, usize> = HashMap::new();
    open.iter().for_each(|(_, name)| *claims.entry(name).or_default() += 1);
    for (index, name) in &open {
        if claims[name.as_str()] == 1 && taken.insert(name.clone()) {
            names[*index] = Some(name.clone());
        }
    }
}

/// The greatest number of characters of a name that is made of others.
pub(crate) const LONGEST: usize = 50;

/// The names of an item whose place has `parts`, each the Rust name of a step: all words of them, or all but some that stand
/// together, so that at most `limit` characters are left. Those that leave out whole steps in the middle come first.
pub(crate) fn shortened(parts: &[String], limit: usize) -> Vec<String> {
    let whole = type_name(&parts.concat());
    if whole.len() <= limit {
        return vec![whole];
    }
    let words: Vec<(usize, String)> = parts
        .iter()
        .enumerate()
        .flat_map(|(step, part)| words(part).into_iter().map(move |word| (step, word)))
        .collect();
    let length: usize = words.iter().map(|(_, word)| word.len()).sum();
    let last = parts.len().saturating_sub(1);
    let mut cuts = Vec::new();
    for start in 1..words.len() {
        let mut removed = 0;
        for end in start + 1..words.len() {
            removed += words[end - 1].1.len();
            if length - removed > limit {
                continue;
            }
            let touches = |step: usize| words[start..end].iter().any(|(of, _)| *of == step);
            let aligned = words[start - 1].0 != words[start].0 && words[end - 1].0 != words[end].0;
            // The first step says whose it is, and the last what it is.
            cuts.push(((touches(last), touches(0), !aligned, removed, words.len() - start), start, end));
        }
    }
    cuts.sort();
    let name = |start: usize, end: usize| {
        let kept = words[..start].iter().chain(&words[end..]).map(|(_, word)| word.as_str());
        type_name(&kept.collect::<String>())
    };
    cuts.into_iter().map(|(_, start, end)| name(start, end)).chain([whole]).collect()
}

/// `name` with `suffix`, of at most [`LONGEST`] characters unless `name` has more: words of it are left out.
pub(crate) fn suffixed(name: &str, suffix: &str) -> String {
    let whole = extended(name, suffix);
    if whole.len() <= LONGEST || name.len() > LONGEST {
        return whole;
    }
    let words = words(name);
    extended(&shortened(&words, LONGEST - suffix.len()).swap_remove(0), suffix)
}

/// The words of a name in camel case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut().filter(|_| !letter.is_uppercase()) {
            Some(word) => word.push(letter),
            None => words.push(letter.into()),
        }
    }
    words
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
pub(crate) fn is_camel_case(name: &str) -> bool {
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
    fn a_status_behind_an_operation_is_called_by_its_phrase() {
        for (name, index, expected) in [
            ("404", 1, "NotFound"),
            ("4XX", 1, "Status4XX"),
            ("404", 2, "404"),
            ("2fa", 2, "2fa"),
            ("x1", 1, "X1"),
            ("response", 1, "Response"),
        ] {
            assert_eq!(step_name(name, index), expected, "{name}");
        }
    }

    #[test]
    fn a_long_name_is_shortened_by_words_of_its_own_place() {
        let of = |parts: &[&str], limit| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            shortened(&parts, limit)
        };
        assert_eq!(of(&["CreateItem", "Request", "Owner"], 50), ["CreateItemRequestOwner"]);
        let parts = ["UpdateBranchProtection", "Request", "RequiredPullRequestReviews", "DismissalRestrictions"];
        assert_eq!(of(&parts, 50)[0], "UpdateBranchProtectionRequestDismissalRestrictions");
        assert_eq!(of(&parts, 45)[0], "UpdateBranchProtectionDismissalRestrictions");
        assert_eq!(of(&["CreateSomethingRatherLong", "Request"], 20)[0], "CreateLongRequest");
        let all = of(&parts, 45);
        assert_eq!(all.last().map(String::as_str), Some(&*parts.concat()));
        assert!(all[..all.len() - 1].iter().all(|name| name.len() <= 45), "{all:?}");
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
            ("+1", "plus_1"),
            ("-1", "minus_1"),
        ] {
            assert_eq!(snake_name(name), expected, "{name}");
        }
    }
}
