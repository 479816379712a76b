//! Definitions in scripts: in a page's state, such as Redoc's, and in what Swagger UI, Stoplight Elements, Scalar or RapiDoc
//! is called with.

use serde_json::Value;

use super::super::lenient;
use super::text::{Attempts, begins_as_document};

/// The names by which scripts hand over the URL of a definition.
const URLS: [&str; 3] = ["url", "apiDescriptionUrl", "specUrl"];

/// What a script calls, or sets, that shows a definition.
const VIEWERS: [&str; 7] =
    ["SwaggerUIBundle", "SwaggerUi", "Redoc.init", "createApiReference", "apiDescriptionUrl", "rapi-doc", "swaggerDoc"];

/// The definitions in `script`, and the lines where they begin, from 1.
pub(super) fn documents(script: &str) -> Vec<(String, usize)> {
    if !["openapi", "swagger"].iter().any(|key| script.contains(key)) {
        return Vec::new();
    }
    let mut attempts = Attempts::over(script);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = script[at..].find(['{', '"', '\'', '`']) {
        at += next;
        let rest = &script[at..];
        if !rest.starts_with('{') {
            let Some((text, length)) = quoted(rest) else {
                // An apostrophe of a comment, or a quote in a regular expression.
                at += 1;
                continue;
            };
            if begins_as_document(&text) && text.contains("paths") {
                found.push((at, text));
            }
            at += length;
        } else if let Some(json) = attempts.json(at) {
            if let Ok(value) = serde_json::from_str::<Value>(json) {
                let mut inner = Vec::new();
                documents_in(&value, &mut inner);
                found.extend(inner.into_iter().map(|document| (at, document)));
            }
            at += json.len();
        } else if begins_as_literal(rest) {
            let length = balanced(rest);
            found.push((at, format!("{}\n", &rest[..length])));
            at += length;
        } else {
            at += 1;
        }
    }
    found.into_iter().map(|(at, text)| (text, lenient::place(script, at).0)).collect()
}

/// The URL that `script` loads a definition from.
pub(super) fn url(script: &str) -> Option<String> {
    let viewer = VIEWERS.iter().filter_map(|viewer| script.find(viewer)).min()?;
    if let Some(call) = script[viewer..].strip_prefix("Redoc.init(") {
        return quoted(call.trim_start()).map(|(url, _)| url).filter(|url| !url.is_empty());
    }
    let named = |name: &&str| {
        script.match_indices(*name).find_map(|(at, name)| {
            if script[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                return None;
            }
            let rest = script[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
            let value = rest.strip_prefix([':', '='])?.trim_start();
            quoted(value).map(|(url, _)| url).filter(|url| !url.is_empty())
        })
    };
    URLS.iter().find_map(named)
}

/// Whether an object that is no JSON begins with the key that a document begins with.
fn begins_as_literal(text: &str) -> bool {
    let key = text[1..].trim_start().trim_start_matches(['"', '\'']);
    ["openapi", "swagger"].iter().any(|name| {
        let rest = key.strip_prefix(name).map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
        rest.and_then(|rest| rest.strip_prefix(':')).is_some_and(|value| {
            value.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\''))
        })
    })
}

/// The length of the object that `text` begins with; all of it, if the object does not end.
fn balanced(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(next) = text[at..].find(['{', '}', '[', ']', '"', '\'', '`']) {
        at += next;
        match text.as_bytes()[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {
                at += quoted(&text[at..]).map_or(1, |(_, length)| length);
                continue;
            }
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The string of JavaScript that `text` begins with, and its length with the quotes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return Some((out, at + 1)),
            '\n' if quote != '`' => return None,
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                // The end of a line is nothing.
                '\n' => {}
                'u' => {
                    let digits = text.get(at + 2..at + 6)?;
                    out.push(
                        char::from_u32(u32::from_str_radix(digits, 16).ok()?).unwrap_or(char::REPLACEMENT_CHARACTER),
                    );
                    chars.nth(3);
                }
                other => out.push(other),
            },
            c => out.push(c),
        }
    }
    None
}

/// The definitions within `value`, and those in its texts.
fn documents_in(value: &Value, documents: &mut Vec<String>) {
    match value {
        Value::Object(object)
            if ["openapi", "swagger"].iter().any(|key| object.get(*key).is_some_and(Value::is_string))
                && object.contains_key("paths") =>
        {
            documents.push(format!("{value:#}\n"));
        }
        Value::Object(object) => object.values().for_each(|value| documents_in(value, documents)),
        Value::Array(items) => items.iter().for_each(|value| documents_in(value, documents)),
        Value::String(text) if begins_as_document(text) && text.contains("paths") => documents.push(text.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_javascript_does() {
        assert_eq!(quoted(r#""a\n\"b\"\u0041\/" x"#), Some(("a\n\"b\"A/".into(), 18)));
        assert_eq!(quoted("`a\nb`"), Some(("a\nb".into(), 5)));
        for text in ["'a", "'a\nb'", "x", "", "'\\", "'\\u00", "'\\ué"] {
            assert_eq!(quoted(text), None, "{text}");
        }
    }

    #[test]
    fn braces_in_strings_do_not_count() {
        assert_eq!(balanced("{a: '}', b: [\"{\"]} x"), 18);
        assert_eq!(balanced("{a: it's}"), 9);
        assert_eq!(balanced("{a"), 2);
    }
}
