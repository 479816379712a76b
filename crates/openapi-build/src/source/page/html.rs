//! Candidates in HTML: what stands in code, text areas and scripts, with its tags taken off and its entities read.

use serde_json::Value;

use super::{Candidate, text};

/// The elements whose text is shown as it stands, or not shown and read by scripts.
const ELEMENTS: [&str; 5] = ["pre", "code", "textarea", "script", "template"];

/// Whether `text` is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let start =
        text.trim_start().get(..256.min(text.trim_start().len())).unwrap_or(text.trim_start()).to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with('<')
}

/// What may be a definition in the page `page`.
pub(super) fn candidates(page: &str) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut rest = page;
    while let Some((name, before, inner)) = next_element(rest) {
        let start = page.len() - rest.len() + before;
        let line = 1 + page[..start].matches('\n').count();
        let raw = &page[start..start + inner];
        if name == "script" {
            candidates.extend(in_script(raw).into_iter().map(|text| Candidate { text, line }));
        } else {
            let plain = plain_text(raw);
            let found = text::candidates(&plain);
            candidates.extend(found.into_iter().map(|found| Candidate { line: line + found.line - 1, ..found }));
        }
        rest = &page[start + inner..];
    }
    if candidates.is_empty() {
        // A page may show a definition in elements of its own.
        candidates = text::candidates(&plain_text(page));
    }
    candidates
}

/// The next element of [`ELEMENTS`]: its name, where its content begins, and how long that is.
fn next_element(text: &str) -> Option<(&'static str, usize, usize)> {
    let mut at = 0;
    loop {
        at += text[at..].find('<')?;
        if let Some(comment) = text[at..].strip_prefix("<!--") {
            at += 4 + comment.find("-->").map_or(comment.len(), |end| end + 3);
            continue;
        }
        let tag = Tag::read(&text[at..]);
        at += tag.length;
        let Some(name) = ELEMENTS.into_iter().find(|name| !tag.closes && tag.name.eq_ignore_ascii_case(name)) else {
            continue;
        };
        return Some((name, at, closing(&text[at..], name)));
    }
}

/// Where the element `name` closes, whose content `text` begins with.
fn closing(text: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(next) = text[at..].find("</") {
        at += next;
        let tag = Tag::read(&text[at..]);
        if tag.closes && tag.name.eq_ignore_ascii_case(name) {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// A tag at the start of a text.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    /// With its brackets, in bytes.
    length: usize,
}

impl<'a> Tag<'a> {
    /// The text begins with `<`; one that begins no tag is one of one character, without a name.
    fn read(text: &'a str) -> Self {
        let inner = &text[1..];
        let closes = inner.starts_with('/');
        let rest = inner.strip_prefix('/').unwrap_or(inner);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let name = &rest[..end];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) && !inner.starts_with('!') {
            return Self { name: "", closes: false, length: 1 };
        }
        let mut quote = None;
        for (index, c) in text.char_indices().skip(1) {
            match (quote, c) {
                (None, '>') => return Self { name, closes, length: index + 1 },
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
        }
        Self { name, closes, length: text.len() }
    }
}

/// The text of HTML: a line break where the page breaks the line.
fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let tag = Tag::read(&rest[start..]);
        match tag.name {
            "" => text.push('<'),
            "br" | "BR" => text.push('\n'),
            "div" | "p" | "li" | "tr" | "h1" | "h2" | "h3" if tag.closes && !text.ends_with('\n') => text.push('\n'),
            _ => {}
        }
        rest = &rest[start + tag.length..];
    }
    text.push_str(rest);
    entities(&text.replace("\r\n", "\n")).lines().map(unspaced).collect()
}

/// A line whose indentation is of spaces, whatever the page indents with.
fn unspaced(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\u{a0}']);
    let indent = line.chars().count() - rest.chars().count();
    format!("{}{rest}\n", " ".repeat(indent))
}

/// `text` with its character references read (HTML, 13.5); what is none stays.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(index, _)| index);
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "sol" => '/',
        "lbrace" => '{',
        "rbrace" => '}',
        "lbrack" => '[',
        "rbrack" => ']',
        "colon" => ':',
        "grave" => '`',
        "Tab" => '\t',
        "NewLine" => '\n',
        _ => return None,
    })
}

/// The documents within the JSON of a script, such as a page's state.
fn in_script(script: &str) -> Vec<String> {
    let Some(start) = script.find('{') else { return Vec::new() };
    let mut values = serde_json::Deserializer::from_str(&script[start..]).into_iter::<Value>();
    let Some(Ok(value)) = values.next() else { return Vec::new() };
    let mut documents = Vec::new();
    documents_in(&value, &mut documents);
    documents.into_iter().map(|document| format!("{document:#}\n")).collect()
}

fn documents_in<'a>(value: &'a Value, documents: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object)
            if object.get("openapi").is_some_and(Value::is_string) && object.contains_key("paths") =>
        {
            documents.push(value);
        }
        Value::Object(object) => object.values().for_each(|value| documents_in(value, documents)),
        Value::Array(items) => items.iter().for_each(|value| documents_in(value, documents)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_references_are_read_and_a_lone_ampersand_stays() {
        assert_eq!(
            entities("a &lt;b&gt; &amp;amp; &#39;&#x27;&quot; c & d &unknown; &#xFFFFFFFF;&"),
            "a <b> &amp; ''\" c & d &unknown; &#xFFFFFFFF;&"
        );
    }

    #[test]
    fn tags_go_and_what_is_none_stays() {
        assert_eq!(plain_text("<span title=\"a > b\">a</span> < 3<br/>b<br>c"), "a < 3\nb\nc\n");
        assert_eq!(plain_text("<div>a</div><div>\u{a0}\u{a0}b</div>"), "a\n  b\n");
    }
}
