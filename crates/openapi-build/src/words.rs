//! Names of variants for the values of enums: words that a person would choose, which depend on the value alone.
//!
//! | value | name |
//! | --- | --- |
//! | `not_found`, `NOT-FOUND`, `notFound` | `NotFound` |
//! | `+1`, `-1`, `*`, `<=`, the empty text | `Plus1`, `Minus1`, `Star`, `LessOrEqual`, `Empty` |
//! | `10`, `1.0`, `1.10`, `2022-11-28` | `N10`, `N1_0`, `N1_10`, `N2022_11_28` |
//! | `日本` | `日本` |
//!
//! Values that would share a name have their punctuation and their case spelled out instead: `a-b` and `a_b` are `ADashB` and
//! `AUnderscoreB`; `asc` and `ASC` are `Asc` and `AscUppercase`.

use heck::ToUpperCamelCase;

use crate::names::is_camel_case;

/// The name that a person would choose for `value`.
pub(crate) fn plain(value: &str) -> String {
    let letters: Vec<char> = value.chars().filter(|letter| *letter != '\'').collect();
    let Some(first) = letters.iter().position(|letter| letter.is_alphanumeric()) else { return spelled_out(value) };
    let last = letters.iter().rposition(|letter| letter.is_alphanumeric()).unwrap_or(first);
    let mut text = named(&letters[..first], LEADING, "Minus");
    let mut at = first;
    while at <= last {
        let gap = letters[at..=last].iter().take_while(|letter| !letter.is_alphanumeric()).count();
        match gap {
            0 => write_letter(letters[at], &mut text),
            // Digits stay apart: `1.10` is not `110`.
            _ if letters[at - 1].is_ascii_digit() && letters[at + gap].is_ascii_digit() => text.push(APART),
            // A sign behind another mark belongs to its number: `sort-+1`.
            2.. if letters[at + gap].is_ascii_digit() && "+-".contains(letters[at + gap - 1]) => {
                text.push_str(&named(&letters[at + gap - 1..at + gap], LEADING, "Minus"));
            }
            _ => text.push('-'),
        }
        at += gap.max(1);
    }
    text.push_str(&named(&letters[last + 1..], TRAILING, "Dash"));
    identifier(&text)
}

/// The name of `value` with its punctuation and its case in words, for values that share the plain name.
pub(crate) fn spelled_out(value: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    while at < letters.len() {
        let gap = letters[at..].iter().take_while(|letter| !letter.is_alphanumeric()).count();
        match gap {
            0 => write_letter(letters[at], &mut text),
            _ => text.push_str(&named(&letters[at..at + gap], |_| true, if at == 0 { "Minus" } else { "Dash" })),
        }
        at += gap.max(1);
    }
    text.push_str(case(value));
    identifier(&text)
}

/// The case of a value, unless it is lower case or has no letters.
fn case(value: &str) -> &'static str {
    let mut letters = value.chars().filter(|letter| letter.is_lowercase() || letter.is_uppercase());
    let first = letters.next().is_some_and(char::is_uppercase);
    let rest: Vec<bool> = letters.map(char::is_uppercase).collect();
    match (first, rest.contains(&true), rest.contains(&false)) {
        (false, false, _) => "",
        (true, _, false) => "-Uppercase",
        (true, false, true) => "-Capitalized",
        _ => "-MixedCase",
    }
}

/// What stands between digits that stay apart, until the words are joined.
const APART: char = '\u{1}';

/// The characters that are named before the first letter: the others only introduce the word (`.pdf`, `/path`, `$eq`).
const LEADING: fn(char) -> bool = |letter| "+-<>=!*%".contains(letter);

/// The characters that are named after the last letter.
const TRAILING: fn(char) -> bool = |letter| "+*%#!<>=".contains(letter);

/// The words for those of `letters` that are `wanted`, each between word boundaries; a `-` is called `dash`.
fn named(letters: &[char], wanted: fn(char) -> bool, dash: &str) -> String {
    let mut text = String::new();
    let mut rest: Vec<char> = letters.iter().copied().filter(|letter| wanted(*letter)).collect();
    while !rest.is_empty() {
        let (length, word) = match rest.as_slice() {
            ['<', '=', ..] => (2, "LessOrEqual".to_owned()),
            ['>', '=', ..] => (2, "GreaterOrEqual".to_owned()),
            ['!', '=', ..] => (2, "NotEqual".to_owned()),
            ['-', ..] => (1, dash.to_owned()),
            [first, ..] => (1, word(*first)),
            [] => break,
        };
        text.push('-');
        text.push_str(&word);
        rest.drain(..length);
    }
    if !text.is_empty() {
        text.push('-');
    }
    text
}

/// The word for a character that is no letter.
fn word(letter: char) -> String {
    let word = match letter {
        '+' => "Plus",
        '*' => "Star",
        '/' => "Slash",
        '\\' => "Backslash",
        '<' => "Less",
        '>' => "Greater",
        '=' => "Equal",
        '!' => "Not",
        '%' => "Percent",
        '#' => "Hash",
        '&' => "And",
        '|' => "Or",
        '~' => "Tilde",
        '^' => "Caret",
        '$' => "Dollar",
        '@' => "At",
        '?' => "Question",
        '.' => "Dot",
        ',' => "Comma",
        ':' => "Colon",
        ';' => "Semicolon",
        '_' => "Underscore",
        ' ' => "Space",
        '\t' => "Tab",
        '\n' => "Newline",
        '"' => "Quote",
        '\'' => "Apostrophe",
        '`' => "Backtick",
        '(' | ')' => "Parenthesis",
        '[' | ']' => "Bracket",
        '{' | '}' => "Brace",
        other => return code_point(other),
    };
    word.to_owned()
}

fn code_point(letter: char) -> String {
    format!("U{:04x}", u32::from(letter))
}

/// Writes a letter or digit: as it is where Rust allows it without a warning, else as its code point.
fn write_letter(letter: char, text: &mut String) {
    if letter.is_ascii() || SCRIPTS.iter().any(|(first, last)| (*first..=*last).contains(&letter)) {
        text.push(letter);
    } else {
        text.push('-');
        text.push_str(&code_point(letter));
        text.push('-');
    }
}

/// Letters that identifiers may have and that no lint of the compiler doubts (Unicode Technical Standard 39, allowed
/// characters). Greek and Cyrillic are left out where all letters of a crate could look like Latin ones.
const SCRIPTS: [(char, char); 15] = [
    ('À', 'Ö'),
    ('Ø', 'ö'),
    ('ø', 'ı'),
    ('Ĵ', 'ľ'),
    ('Ł', 'ň'),
    ('Ŋ', 'ž'),
    ('Ά', 'ώ'),
    ('Ѐ', 'џ'),
    ('א', 'ת'),
    ('ء', 'ي'),
    ('ก', 'ะ'),
    ('ぁ', 'ゖ'),
    ('ァ', 'ヺ'),
    ('㐀', '鿿'),
    ('가', '힣'),
];

/// Greek and Cyrillic letters that look like Latin ones. The compiler warns of a crate that has no other letter of the script.
const LOOKALIKES: &str = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχикАВЕЅІЈКМНОРСТУХасеорхуѕіјгпАБ";

/// The text in camel case, as an identifier.
fn identifier(text: &str) -> String {
    let foreign = |letter: &char| ('Ά'..='џ').contains(letter);
    let doubtful = text.chars().any(|letter| foreign(&letter))
        && text.chars().filter(foreign).all(|letter| LOOKALIKES.contains(letter));
    let text: String = match doubtful {
        true => text.chars().map(|it| if foreign(&it) { format!("-{}-", code_point(it)) } else { it.into() }).collect(),
        false => text.to_owned(),
    };
    let parts: Vec<String> = text.split(APART).map(camel_case).filter(|part| !part.is_empty()).collect();
    let mut name = parts.join("_");
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, 'N');
    }
    match name.as_str() {
        "" => "Empty".to_owned(),
        // Not an identifier, and the variant that keeps what the definition does not list.
        "Self" | "Unknown" => name + "Value",
        _ if syn::parse_str::<syn::Ident>(&name).is_ok() => name,
        _ => name.chars().map(|it| if it.is_ascii() { it.into() } else { code_point(it) }).collect(),
    }
}

/// Joins words until nothing changes: joining can make a new word boundary (`A1b` from `a1 b`).
fn camel_case(text: &str) -> String {
    // A name cannot begin with a digit; behind a letter, `2 beta` stays two words.
    if text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit()) {
        return camel_case(&format!("N{}", text.trim_start_matches('-')))[1..].to_owned();
    }
    let mut name = text.to_owned();
    for _ in 0..5 {
        if is_camel_case(&name) {
            break;
        }
        name = name.to_upper_camel_case();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_called_by_words() {
        for (value, expected) in [
            ("not_found", "NotFound"),
            ("NOT-FOUND", "NotFound"),
            ("notFound", "NotFound"),
            ("it's", "Its"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("1", "N1"),
            ("", "Empty"),
            (" ", "Space"),
            ("*", "Star"),
            ("**", "StarStar"),
            ("*/*", "StarSlashStar"),
            ("-", "Minus"),
            ("_", "Underscore"),
            ("<=", "LessOrEqual"),
            (">= 5", "GreaterOrEqual5"),
            ("<", "Less"),
            ("!=", "NotEqual"),
            ("-created", "MinusCreated"),
            ("reactions-+1", "ReactionsPlus1"),
            ("reactions--1", "ReactionsMinus1"),
            ("10", "N10"),
            ("1.0", "N1_0"),
            ("1.10", "N1_10"),
            ("v1.2-beta", "V1_2Beta"),
            ("2022-11-28", "N2022_11_28"),
            ("10+", "N10Plus"),
            ("10%", "N10Percent"),
            ("c++", "CPlusPlus"),
            ("c#", "CHash"),
            (".pdf", "Pdf"),
            ("application/vnd.x+json", "ApplicationVndXJson"),
            ("foo (bar)", "FooBar"),
            ("unknown", "UnknownValue"),
            ("self", "SelfValue"),
            ("日本", "日本"),
            ("Île-de-France", "ÎleDeFrance"),
            ("élève", "Élève"),
            ("рубль", "Рубль"),
            ("А", "U0410"),
            ("👍", "U1f44d"),
            ("Ａ1", "Uff211"),
        ] {
            assert_eq!(plain(value), expected, "{value}");
        }
    }

    #[test]
    fn values_that_share_a_name_differ_spelled_out() {
        for (value, expected) in [
            ("a-b", "ADashB"),
            ("a_b", "AUnderscoreB"),
            ("a b", "ASpaceB"),
            ("asc", "Asc"),
            ("ASC", "AscUppercase"),
            ("Asc", "AscCapitalized"),
            ("aSc", "AScMixedCase"),
            ("1.0", "N1Dot0"),
            ("1-0", "N1Dash0"),
        ] {
            assert_eq!(spelled_out(value), expected, "{value}");
        }
    }

    #[test]
    fn every_name_is_an_identifier() {
        let odd = [
            "\u{0}",
            "a\u{301}",
            "\u{e33}",
            "½",
            "ª",
            "_1",
            "__",
            "r#x",
            "\u{200d}x",
            "𝒳",
            "१",
            "ー",
            "ンー",
            "crate",
            "\u{1}",
        ];
        for value in odd {
            for name in [plain(value), spelled_out(value)] {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{value:?} is {name:?}");
            }
        }
    }
}
