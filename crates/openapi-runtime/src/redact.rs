//! Text from outside, as errors show it: on one line, bounded, and without the secrets that were sent. A server may say
//! anywhere what it was sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::codegen::percent_encoded;

/// Nobody keeps anything secret by fewer bytes, and replacing them would garble whole messages.
const SHORTEST: usize = 4;

/// The most characters of one text.
const LONGEST: usize = 300;

/// `text` on one line of at most 300 characters: line breaks and tabs become spaces; other control characters, and those
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
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                line.extend(character.escape_unicode());
            }
            control if control.is_control() => line.extend(control.escape_unicode()),
            other => line.push(other),
        }
    }
    line
}

/// `text` without `secrets`: as they are, percent-encoded, and as a form writes them.
pub(crate) fn hide(text: String, secrets: &[SecretString]) -> String {
    let plain = secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= SHORTEST);
    let mut hidden: Vec<SecretString> =
        plain.flat_map(|secret| [secret.into(), percent_encoded(secret).into(), in_form(secret)]).collect();
    // One may be a part of another, the rest of which would stay.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    hidden.iter().fold(text, |text, secret| text.replace(secret.expose_secret(), "…"))
}

/// `text` as it stands in a form (`application/x-www-form-urlencoded`).
pub(crate) fn in_form(text: &str) -> SecretString {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().into()
}

/// The secrets in a credential as it is sent: an API key, or the token or the password of an `Authorization` header.
pub(crate) fn secrets_in(credential: &HeaderValue) -> Vec<SecretString> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_stays_on_one_line_and_shows_what_would_change_a_terminal() {
        assert_eq!(one_line("a\r\nb\tc"), "a  b c");
        assert_eq!(one_line("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(one_line(&"é".repeat(301)), "é".repeat(300) + "…");
    }

    #[test]
    fn a_secret_is_hidden_in_each_encoding_in_which_it_is_sent() {
        let secret = SecretString::from("s&c r+t");
        for text in ["s&c r+t", "s%26c%20r%2Bt", "s%26c+r%2Bt"] {
            assert_eq!(hide(format!("not {text}!"), std::slice::from_ref(&secret)), "not …!");
        }
        assert_eq!(hide("a and the".into(), &["a".into()]), "a and the", "nobody keeps that secret");
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
