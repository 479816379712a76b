//! Text of a format, of a length, or that a pattern matches.

use serde_json::{Value, json};

/// The longest text that is made, whatever `minLength` asks for: what a loopback test still reads at once.
pub(crate) const MAX_TEXT: usize = 64 * 1024;

/// Text of each format that JSON Schema or OpenAPI names.
const FORMATS: [(&str, &str); 26] = [
    ("date-time", "2026-01-02T03:04:05Z"),
    ("datetime", "2026-01-02T03:04:05Z"),
    ("timestamp", "2026-01-02T03:04:05Z"),
    ("date", "2026-01-02"),
    ("time", "03:04:05Z"),
    ("duration", "P1D"),
    ("uuid", "b3a17773-05cc-4431-9560-433fb4613da8"),
    ("uri", "https://example.com/"),
    ("url", "https://example.com/"),
    ("iri", "https://example.com/"),
    ("uri-reference", "/example"),
    ("iri-reference", "/example"),
    ("uri-template", "/example/{id}"),
    ("email", "ada@example.com"),
    ("idn-email", "ada@example.com"),
    ("hostname", "example.com"),
    ("idn-hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ip", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("json-pointer", "/example"),
    ("relative-json-pointer", "0/example"),
    ("regex", "^text$"),
    ("byte", "aGVsbG8="),
    ("base64", "aGVsbG8="),
    ("mac", "00:00:5e:00:53:01"),
];

/// Text that the schemas allow.
pub(crate) fn text(parts: &[&Value]) -> String {
    let of = |key: &str| parts.iter().find_map(|part| part.get(key)?.as_str());
    // Some documents have the format as the type.
    let format = of("format").or_else(|| of("type")).map(str::to_ascii_lowercase);
    let known = FORMATS.iter().find(|(name, _)| Some(*name) == format.as_deref()).map(|(_, text)| *text);
    let size = |key: &'static str| {
        parts
            .iter()
            .filter_map(move |part| part.get(key)?.as_u64())
            .map(|size| usize::try_from(size).unwrap_or(usize::MAX))
    };
    let (least, most) =
        (size("minLength").max().unwrap_or(0).min(MAX_TEXT), size("maxLength").min().unwrap_or(usize::MAX));
    let fitted = |text: &str| {
        let missing = least.saturating_sub(text.chars().count());
        let long = text.chars().chain(std::iter::repeat_n('x', missing));
        long.take(most).collect::<String>()
    };
    let plain = fitted(known.unwrap_or("text"));
    let Some(pattern) = of("pattern") else { return plain };
    let Ok(validator) =
        jsonschema::draft202012::new(&json!({"pattern": pattern, "minLength": least, "maxLength": most}))
    else {
        return plain;
    };
    let made = [least, least.max(1), least.max(4).min(most)].into_iter().filter_map(|length| matching(pattern, length));
    let others = ["1", "a", "A", "1.0", "AA", "aa", "00", "12:00", "#ffffff", "+15555550100"].map(str::to_owned);
    let mut candidates = std::iter::once(plain.clone()).chain(made).chain(others);
    candidates.find(|candidate| validator.is_valid(&json!(candidate))).unwrap_or(plain)
}

/// Whether `text` is of the length and the format that a schema states, where the format is one that clients read.
pub(crate) fn suits(text: &str, schema: &Value) -> bool {
    let size = |key: &str| schema.get(key).and_then(Value::as_u64);
    let length = text.chars().count() as u64;
    let is_format = match schema.get("format").and_then(Value::as_str) {
        Some(format @ ("date-time" | "date" | "uuid" | "byte")) => match format {
            "byte" => {
                use base64::Engine;
                base64::engine::general_purpose::STANDARD.decode(text).is_ok()
            }
            format => jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&json!({"format": format}))
                .is_ok_and(|validator| validator.is_valid(&json!(text))),
        },
        _ => true,
    };
    let matches = schema.get("pattern").and_then(Value::as_str).is_none_or(|pattern| {
        let validator = jsonschema::draft202012::new(&json!({"pattern": pattern}));
        validator.is_ok_and(|validator| validator.is_valid(&json!(text)))
    });
    is_format
        && matches
        && size("minLength").is_none_or(|least| length >= least)
        && size("maxLength").is_none_or(|most| length <= most)
}

/// Text for a simple pattern: literals, classes, groups, alternatives and counts. Repetitions that have no end fill the text up
/// to `length`. What it does not know gives text that the caller finds not to match.
fn matching(pattern: &str, length: usize) -> Option<String> {
    let mut reader = Reader { rest: pattern.chars().collect::<Vec<_>>(), at: 0, length, steps: 0 };
    let text = reader.alternatives()?;
    (reader.at == reader.rest.len()).then_some(text)
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    length: usize,
    steps: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// The text of the first alternative; the others are read over.
    fn alternatives(&mut self) -> Option<String> {
        self.steps += 1;
        if self.steps > 200 {
            return None;
        }
        let text = self.sequence()?;
        while self.peek() == Some('|') {
            self.at += 1;
            self.sequence()?;
        }
        Some(text)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.peek().filter(|next| !['|', ')'].contains(next)) {
            self.at += 1;
            let atom = match next {
                '^' | '$' => continue,
                '(' => {
                    let looks = self.group_kind()?;
                    let inner = self.alternatives()?;
                    (self.next()? == ')').then_some(())?;
                    if looks { String::new() } else { inner }
                }
                '[' => self.class()?.to_string(),
                '.' => "x".to_owned(),
                '\\' => match escaped(self.next()?)? {
                    Some(character) => character.to_string(),
                    None => continue,
                },
                other => other.to_string(),
            };
            let count = self.count(text.chars().count())?;
            if atom.len().checked_mul(count)? > MAX_TEXT {
                return None;
            }
            text.push_str(&atom.repeat(count));
        }
        Some(text)
    }

    /// Reads what follows `(`; whether the group only looks ahead or behind.
    fn group_kind(&mut self) -> Option<bool> {
        if self.peek() != Some('?') {
            return Some(false);
        }
        self.at += 1;
        match self.next()? {
            ':' => Some(false),
            '=' | '!' => Some(true),
            '<' => match self.peek()? {
                '=' | '!' => {
                    self.at += 1;
                    Some(true)
                }
                _ => {
                    while self.next()? != '>' {}
                    Some(false)
                }
            },
            'P' => {
                while self.next()? != '>' {}
                Some(false)
            }
            _ => None,
        }
    }

    /// A character of the class after `[`.
    fn class(&mut self) -> Option<char> {
        let negated = self.peek() == Some('^');
        if negated {
            self.at += 1;
        }
        let mut ranges: Vec<(char, char)> = Vec::new();
        let mut first = true;
        loop {
            let mut next = self.next()?;
            if next == ']' && !first {
                break;
            }
            first = false;
            if next == '\\' {
                match self.next()? {
                    's' | 'S' | 'D' | 'W' | 'b' => continue,
                    'd' => {
                        ranges.push(('0', '9'));
                        continue;
                    }
                    'w' => {
                        ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
                        continue;
                    }
                    other => next = escaped(other)??,
                }
            }
            let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1).is_some_and(|end| *end != ']');
            let end = if is_range {
                self.at += 1;
                match self.next()? {
                    '\\' => escaped(self.next()?)??,
                    end => end,
                }
            } else {
                next
            };
            ranges.push((next, end));
        }
        let within = |character: &char| ranges.iter().any(|(low, high)| (low..=high).contains(&character));
        if negated {
            return ['x', 'A', '1', '-', ' '].into_iter().find(|character| !within(character));
        }
        ['a', 'A', '1'].into_iter().find(within).or_else(|| ranges.first().map(|(low, _)| *low))
    }

    /// How often the atom is repeated, by what follows it.
    fn count(&mut self, so_far: usize) -> Option<usize> {
        let fill = self.length.saturating_sub(so_far);
        let count = match self.peek() {
            Some('*') => {
                self.at += 1;
                fill
            }
            Some('+') => {
                self.at += 1;
                fill.max(1)
            }
            Some('?') => {
                self.at += 1;
                0
            }
            Some('{') => {
                let end = self.rest[self.at..].iter().position(|character| *character == '}')? + self.at;
                let inner: String = self.rest[self.at + 1..end].iter().collect();
                self.at = end + 1;
                let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
                let least: usize = least.trim().parse().unwrap_or(0);
                let most = most.trim().parse().unwrap_or(usize::MAX);
                fill.max(least).min(most)
            }
            _ => return Some(1),
        };
        if matches!(self.peek(), Some('?' | '+')) {
            self.at += 1;
        }
        Some(count)
    }
}

/// The character that `\c` stands for; `Some(None)` for one that stands for no text.
fn escaped(character: char) -> Option<Option<char>> {
    Some(Some(match character {
        'd' => '1',
        'w' | 'S' | 'D' => 'a',
        's' | 'W' => ' ',
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' | 'B' | 'A' | 'z' | 'Z' => return Some(None),
        'p' | 'P' | 'u' | 'x' | 'k' => return None,
        '1'..='9' => return None,
        other => other,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_pattern_is_matched() {
        for pattern in [
            "^[A-Z]{2,3}$",
            "^(foo|bar)-\\d{4}$",
            "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
            "^[^@]+@[^@]+\\.[a-z]{2,}$",
            "^(?:[0-9]{2}:){2}[0-9]{2}$",
            "^sk_[a-zA-Z0-9]{8,}$",
            "^\\w+$",
            "[_a-zA-Z][_0-9a-zA-Z]*",
        ] {
            let schema = json!({"type": "string", "pattern": pattern, "minLength": 2});
            let made = text(&[&schema]);
            let validator = jsonschema::draft202012::new(&schema).expect("it compiles");
            assert!(validator.is_valid(&json!(made)), "{pattern}: {made}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_known_gives_plain_text() {
        for pattern in ["(?<", "^\\p{L}{9999999999}$", "[", "a{99999}{99999}", "((((", "\\"] {
            assert_eq!(text(&[&json!({"pattern": pattern})]), "text", "{pattern}");
        }
    }
}
