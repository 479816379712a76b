//! Text from outside, as errors show it: on one line, bounded, and without the secrets that were sent. A server may say
//! anywhere what it was sent.

use std::error::Error as StdError;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A secret of at least so many bytes is hidden wherever it stands. Shorter ones, such as a PIN, are so often parts of other words and
/// numbers that replacing them everywhere would garble whole messages.
const SHORTEST: usize = 4;

/// The beginning of a secret of this many characters is hidden, too: servers like to quote one.
const BEGINNING: usize = 8;

/// The most characters of one text.
const LONGEST: usize = 500;

/// `text` on one line of at most 500 characters: line breaks and tabs become spaces; other control characters, and those
/// that change the direction of writing, are escaped.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            line.push('…');
            break;
        }
        match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => line.push(' '),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                line.extend(character.escape_unicode());
            }
            control if control.is_control() => line.extend(control.escape_unicode()),
            other => line.push(other),
        }
    }
    line
}

/// An error and its sources, joined by colons.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}

/// Where a secret is hidden.
#[derive(Clone, Copy)]
enum Hidden {
    /// Wherever it stands.
    Anywhere,
    /// Where it is a word or a number by itself.
    Alone,
    /// Where quotes are around it.
    InQuotes,
}

impl Hidden {
    fn of(secret: &str) -> Self {
        match secret.chars().count() {
            _ if secret.len() >= SHORTEST => Self::Anywhere,
            0 | 1 => Self::InQuotes,
            _ => Self::Alone,
        }
    }

    /// Whether what stands between `before` and `after` is hidden.
    fn holds(self, before: &str, after: &str) -> bool {
        let (last, next) = (before.chars().next_back(), after.chars().next());
        let is_quote = |character: char| matches!(character, '"' | '\'' | '`');
        match self {
            Self::Anywhere => true,
            Self::Alone => {
                let is_of_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
                (!is_of_word(last) || ends_escaped(before)) && !is_of_word(next)
            }
            Self::InQuotes => {
                let unescaped = after.strip_prefix('\\').unwrap_or(after);
                last.is_some_and(is_quote) && unescaped.starts_with(is_quote)
            }
        }
    }
}

/// Whether `text` ends with a character that is percent-encoded, or escaped as in JSON.
fn ends_escaped(text: &str) -> bool {
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match text.as_bytes() {
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'%', a, b] => hex(&[*a, *b]),
        [.., b'\\', b'u', a, b, c, d] => hex(&[*a, *b, *c, *d]),
        _ => false,
    }
}

/// `text` without `secrets` and without beginnings of them, in every encoding that a server is likely to answer in: as they
/// are, percent-encoded, as a form, JSON or HTML writes them, and in base64. One of two or three characters is hidden where it stands
/// alone, and one of a single character in quotes.
pub(crate) fn hide(text: String, secrets: &[SecretString]) -> String {
    let plain = secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
    let hidden: Vec<(SecretString, Hidden)> = plain
        .flat_map(|secret| {
            let encoded = [STANDARD.encode(secret), URL_SAFE.encode(secret)];
            // What is short is part of other words in base64, too.
            let held = if secret.len() >= SHORTEST { Hidden::Anywhere } else { Hidden::Alone };
            let encoded = encoded.map(|encoded| (SecretString::from(encoded), held));
            encoded.into_iter().chain([(secret.into(), Hidden::of(secret))])
        })
        .collect();
    if hidden.is_empty() {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(character) = rest.chars().next() {
        let before = &text[..text.len() - rest.len()];
        let found = hidden.iter().flat_map(|(secret, held)| {
            let found = [true, false].map(|encoded| quoted(rest, secret.expose_secret(), encoded));
            found.map(|length| if length > 0 && held.holds(before, &rest[length..]) { length } else { 0 })
        });
        let found = found.max().unwrap_or_default();
        if found > 0 {
            shown.push('…');
            rest = &rest[found..];
        } else {
            shown.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    shown
}

/// The number of bytes at the beginning of `text` that quote `secret`, or its beginning; 0 if none do. What can be read in two
/// ways, such as two backslashes, is read as `encoded` says.
fn quoted(text: &str, secret: &str, encoded: bool) -> usize {
    let (mut rest, mut count) = (text, 0);
    for character in secret.chars() {
        match after(rest, character, encoded) {
            Some(next) => rest = next,
            None if count >= BEGINNING => break,
            None => return 0,
        }
        count += 1;
    }
    text.len() - rest.len()
}

/// The rest of `text` after `character` at its beginning, in any encoding.
fn after(text: &str, character: char, encoded: bool) -> Option<&str> {
    let literal = text.strip_prefix(character);
    if literal.is_some() && !encoded {
        return literal;
    }
    let decoded = match text.as_bytes().first()? {
        b'%' => percent(text, character),
        b'\\' => json(text, character),
        b'&' => html(text, character),
        b'+' if character == ' ' => Some(&text[1..]),
        _ => None,
    };
    decoded.or(literal)
}

/// Percent-encoded ([RFC 3986, 2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1)).
fn percent(mut text: &str, character: char) -> Option<&str> {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        let digits = text.strip_prefix('%')?.get(..2)?;
        if u8::from_str_radix(digits, 16) != Ok(byte) {
            return None;
        }
        text = &text[3..];
    }
    Some(text)
}

/// Escaped as in JSON ([RFC 8259, 7](https://www.rfc-editor.org/rfc/rfc8259#section-7)).
fn json(mut text: &str, character: char) -> Option<&str> {
    let short = match character {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        other => other,
    };
    let escaped = text.strip_prefix('\\')?;
    if let Some(rest) = escaped.strip_prefix(short).filter(|_| short != character || "\"\\/'".contains(short)) {
        return Some(rest);
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        if u16::from_str_radix(digits, 16) != Ok(*unit) {
            return None;
        }
        text = &text[6..];
    }
    Some(text)
}

/// As a character reference of HTML.
fn html(text: &str, character: char) -> Option<&str> {
    let (reference, rest) = text.strip_prefix('&')?.split_once(';')?;
    let named = match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    };
    (named == Some(character)).then_some(rest)
}

/// `text` as it stands in a form (`application/x-www-form-urlencoded`).
pub(crate) fn in_form(text: &str) -> SecretString {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().into()
}

/// The secrets in a credential as it is sent: an API key, or the token or the password of an `Authorization` header.
fn secrets_in(credential: &HeaderValue) -> Vec<SecretString> {
    let Ok(whole) = std::str::from_utf8(credential.as_bytes()) else { return Vec::new() };
    let mut secrets = vec![SecretString::from(whole)];
    if let Some((scheme, rest)) = whole.split_once(' ') {
        secrets.push(rest.into());
        let pair = STANDARD.decode(rest).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
        if let Some(pair) = pair.and_then(|pair| String::from_utf8(pair).ok()) {
            secrets.extend(pair.split_once(':').map(|(_, password)| SecretString::from(password)));
            secrets.push(pair.into());
        }
    }
    secrets
}

/// What was sent with a request and is shown nowhere.
#[derive(Clone, Default)]
pub(crate) struct Presented {
    /// The credential.
    pub(crate) credential: Option<HeaderValue>,
    /// The headers that hooks have marked as sensitive.
    pub(crate) by_hooks: Vec<HeaderValue>,
    /// The passwords in the parameters and the body, as far as the caller knows them.
    #[cfg(feature = "cli")]
    pub(crate) passwords: Vec<SecretString>,
}

impl Presented {
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let secrets = self.credential.iter().chain(&self.by_hooks).flat_map(secrets_in);
        #[cfg(feature = "cli")]
        let secrets = secrets.chain(self.passwords.iter().cloned());
        secrets.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_stays_on_one_line_and_shows_what_would_change_a_terminal() {
        assert_eq!(one_line("a\r\nb\tc"), "a  b c");
        assert_eq!(one_line("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(one_line(&"é".repeat(501)), "é".repeat(500) + "…");
    }

    #[test]
    fn a_secret_is_hidden_in_each_encoding_in_which_a_server_may_answer_it() {
        let secret = SecretString::from("s&c \"r+/é\\t>");
        for text in [
            "s&c \"r+/é\\t>",
            "s%26c%20%22r%2B%2F%C3%A9%5Ct%3E",
            "s%26c+%22r%2b/%c3%a9%5ct%3e",
            r#"s&c \"r+\/\u00e9\\t\u003E"#,
            "s&amp;c &quot;r+/&#233;\\t&#x3e;",
            &STANDARD.encode(secret.expose_secret()),
            &URL_SAFE.encode(secret.expose_secret()),
            STANDARD.encode(secret.expose_secret()).trim_end_matches('='),
        ] {
            assert_eq!(hide(format!("not {text}!"), std::slice::from_ref(&secret)), "not …!", "{text}");
        }
    }

    #[test]
    fn the_beginning_of_a_secret_is_hidden_and_what_no_one_keeps_secret_stays() {
        let secret = [SecretString::from("abcdefghijklmnop")];
        assert_eq!(hide("token abcdefgh... is not known".into(), &secret), "token …... is not known");
        assert_eq!(hide("token abcdefg... is not known".into(), &secret), "token abcdefg... is not known");
        assert_eq!(hide("a and the".into(), &["a".into()]), "a and the");
        assert_eq!(hide("short, shor".into(), &["short".into()]), "…, shor");
    }

    #[test]
    fn a_short_secret_is_hidden_where_it_is_no_part_of_a_word() {
        let hidden = |text: &str, secret: &str| hide(text.into(), &[secret.into()]);
        for (text, expected) in [
            (r#"{"pin":"123","id":"12345"}"#, r#"{"pin":"…","id":"12345"}"#),
            (r#"{"pin":123,"n":1.1234}"#, r#"{"pin":…,"n":1.1234}"#),
            ("no 123, but 0123 and 123a", "no …, but 0123 and 123a"),
            (r#""a\n123""#, r#""a\n…""#),
            (r#""a\u00e9123""#, r#""a\u00e9…""#),
            ("pin%3D123&x=an123", "pin%3D…&x=an123"),
            ("MTIz xMTIz", "… xMTIz"),
        ] {
            assert_eq!(hidden(text, "123"), expected);
        }
        assert_eq!(hidden(r#"a and "a", `a` or \"a\": a-b"#, "a"), r#"a and "…", `…` or \"…\": a-b"#);
        assert_eq!(hidden(r#"{"count":4,"pin":"4"}"#, "4"), r#"{"count":4,"pin":"…"}"#);
        assert_eq!(hidden("nothing", ""), "nothing");
    }

    #[test]
    fn of_two_secrets_of_which_one_begins_the_other_nothing_stays() {
        assert_eq!(hide("user:hunter2!".into(), &["user".into(), "user:hunter2".into()]), "…!");
    }

    #[test]
    fn what_is_sent_for_a_user_holds_the_password() {
        let sent = HeaderValue::from_static("Basic dXNlcjpodW50ZXIy");
        let secrets = secrets_in(&sent);
        for text in ["Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy", "user:hunter2", "hunter2"] {
            assert_eq!(hide(text.to_owned(), &secrets), "…");
        }
    }
}
