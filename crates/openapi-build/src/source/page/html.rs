//! Candidates in HTML: what stands in code, text areas and scripts, with its tags taken off and its entities read; and what
//! stands in the attributes by which Stoplight Elements and Scalar are given a definition.

use super::{Candidate, script, text};

/// The elements whose text is shown as it stands, or not shown and read by scripts.
const ELEMENTS: [&str; 5] = ["pre", "code", "textarea", "script", "template"];

/// The attributes that hold a definition, or an object that has it: of Stoplight Elements and of Scalar.
const DEFINITIONS: [&str; 4] = ["apidescriptiondocument", "data-configuration", "data-spec", "data-content"];

/// The attributes that hold the URL of a definition: of Redoc and RapiDoc, of Stoplight Elements, and of Scalar.
const URLS: [&str; 4] = ["spec-url", "apidescriptionurl", "api-description-url", "data-url"];

/// Whether `text` is HTML.
pub(super) fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// What may be a definition in the page `page`.
pub(super) fn candidates(page: &str) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    each_tag(page, &mut |at| {
        for (_, value) in at.tag.attributes(DEFINITIONS.as_slice()) {
            let value = entities(value);
            let documents = script::documents(&value).into_iter().map(|(text, _)| text);
            let whole = text::begins_as_document(&value).then(|| value.clone());
            candidates.extend(documents.chain(whole).map(|text| Candidate { text, line: at.line, within: None }));
        }
        let Some((name, raw, closed)) = at.element else { return };
        let within = (!closed).then_some(name);
        if name == "script" {
            let documents = script::documents(raw).into_iter();
            candidates.extend(documents.map(|(text, line)| Candidate { text, line: at.line + line - 1, within }));
            if text::begins_as_document(raw) && !raw.trim_start().starts_with('{') {
                candidates.push(Candidate { text: raw.to_owned(), line: at.line, within });
            }
        } else {
            let found = text::candidates(&plain_text(raw)).into_iter();
            candidates.extend(found.map(|found| Candidate { line: at.line + found.line - 1, within, ..found }));
        }
    });
    if candidates.is_empty() {
        // A page may show a definition in elements of its own.
        candidates = text::candidates(&plain_text(page));
    }
    candidates
}

/// The URL that the page `page` loads its definition from, if it says so.
pub(super) fn url(page: &str) -> Option<String> {
    let mut found = None;
    each_tag(page, &mut |at| {
        if found.is_none() {
            // A script that loads anything else may have such an attribute too.
            let mut urls = at.tag.attributes(URLS.as_slice());
            let url = urls.find(|(name, _)| *name != "data-url" || at.tag.text.contains("api-reference"));
            let url = url.map(|(_, url)| entities(url).trim().to_owned()).filter(|url| !url.is_empty());
            found = url.or_else(|| match at.element {
                Some(("script", raw, _)) => script::url(raw),
                _ => None,
            });
        }
    });
    found
}

/// A tag that opens an element.
struct At<'a> {
    tag: Tag<'a>,
    /// The line after it, from 1.
    line: usize,
    /// If the element is one of [`ELEMENTS`], its name, its content, and whether it is closed.
    element: Option<(&'static str, &'a str, bool)>,
}

/// Calls `visit` on each tag of `page` that opens an element, those within [`ELEMENTS`] aside.
fn each_tag<'a>(page: &'a str, visit: &mut dyn FnMut(&At<'a>)) {
    let (mut at, mut line) = (0, 1);
    while let Some(next) = page[at..].find('<') {
        let before = at;
        at += next;
        if let Some(comment) = page[at..].strip_prefix("<!--") {
            at += 4 + comment.find("-->").map_or(comment.len(), |end| end + 3);
        } else {
            let tag = Tag::read(&page[at..]);
            let start = at + tag.length;
            let name = ELEMENTS.into_iter().find(|name| !tag.closes && tag.name.eq_ignore_ascii_case(name));
            let element = name.map(|name| {
                let length = closing(&page[start..], name);
                (name, &page[start..start + length], start + length < page.len())
            });
            let inner = element.map_or(0, |(_, raw, _)| raw.len());
            line += breaks(&page[before..start]);
            if !tag.closes && !tag.name.is_empty() {
                visit(&At { tag, line, element });
            }
            line += breaks(&page[start..start + inner]);
            at = start + inner;
            continue;
        }
        line += breaks(&page[before..at]);
    }
}

fn breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Where the element `name` closes, whose content `text` begins with.
fn closing(text: &str, name: &str) -> usize {
    let closes = |rest: &str| {
        let end = rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
        rest[..end].eq_ignore_ascii_case(name)
    };
    text.match_indices("</").map(|(at, _)| at).find(|at| closes(&text[at + 2..])).unwrap_or(text.len())
}

/// Whether `c` is a character of the names of elements.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// A tag at the start of a text.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    text: &'a str,
    /// With its brackets, in bytes.
    length: usize,
}

impl<'a> Tag<'a> {
    /// The text begins with `<`; one that begins no tag is one of one character, without a name.
    fn read(text: &'a str) -> Self {
        let inner = &text[1..];
        let closes = inner.starts_with('/');
        let rest = inner.strip_prefix('/').unwrap_or(inner);
        let end = rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) && !inner.starts_with('!') {
            return Self { name: "", closes: false, text: &text[..1], length: 1 };
        }
        let mut quote = None;
        for (index, c) in text.char_indices().skip(1) {
            match (quote, c) {
                (None, '>') => return Self { name, closes, text: &text[..=index], length: index + 1 },
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
        }
        Self { name, closes, text, length: text.len() }
    }

    /// The attributes whose names, in lower case, are among `wanted`, with their values as they are written.
    fn attributes(&self, wanted: &'static [&'static str]) -> impl Iterator<Item = (&'static str, &'a str)> {
        let mut rest = self.text.get(1 + self.name.len()..).unwrap_or_default();
        std::iter::from_fn(move || {
            loop {
                rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))?;
                let (name, after) = rest.split_at(end);
                let after = after.trim_start();
                let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
                    // What is no name is skipped.
                    rest = if end == 0 { after.get(1..)? } else { after };
                    continue;
                };
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
                let (value, length) = match quote {
                    Some(quote) => {
                        let inner = &value[1..];
                        let end = inner.find(quote).unwrap_or(inner.len());
                        (&inner[..end], (end + 2).min(value.len()))
                    }
                    None => {
                        let end = value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len());
                        (&value[..end], end)
                    }
                };
                let start = after.len() - after[1..].trim_start().len();
                rest = &after[start + length..];
                if let Some(name) = wanted.iter().find(|wanted| wanted.eq_ignore_ascii_case(name)) {
                    return Some((*name, value));
                }
            }
        })
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
    fn attributes_are_read_however_they_are_quoted() {
        let tag = Tag::read(
            r#"<elements-api a b=c apiDescriptionDocument = 'x "y"' data-url=z/a / DATA-SPEC="1>2" spec-url>"#,
        );
        let found: Vec<_> = tag.attributes(DEFINITIONS.as_slice()).collect();
        assert_eq!(found, [("apidescriptiondocument", r#"x "y""#), ("data-spec", "1>2")]);
        assert_eq!(tag.attributes(URLS.as_slice()).collect::<Vec<_>>(), [("data-url", "z/a")]);
        for text in ["<", "<a", "<a =", "<a b", "<a b=", "<a b='", "<a b='c", "<a é=ü>", "<a / / =é"] {
            Tag::read(text).attributes(URLS.as_slice()).for_each(drop);
        }
    }

    #[test]
    fn tags_go_and_what_is_none_stays() {
        assert_eq!(plain_text("<span title=\"a > b\">a</span> < 3<br/>b<br>c"), "a < 3\nb\nc\n");
        assert_eq!(plain_text("<div>a</div><div>\u{a0}\u{a0}b</div>"), "a\n  b\n");
    }
}
