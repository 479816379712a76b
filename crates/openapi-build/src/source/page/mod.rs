//! Finds the definition in a documentation page: HTML, or its text with the definition somewhere in it.
//!
//! Every block of a page is a candidate: code, scripts and text areas of HTML, and of text what begins with a key that a
//! document begins with. The one that reads as an OpenAPI document or fragment is the definition.

mod html;
mod text;

use serde_json::Value;

use super::SourceFile;
use crate::diagnostic::Diagnostic;

/// What a file holds that was fetched from where a definition is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A document or fragment, as it stands.
    Document,
    /// A page; this is the definition that stands in it, with its indentation and the page's markup taken off.
    Page(String),
}

/// A part of a page that may be a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    text: String,
    /// Where it begins, from 1.
    line: usize,
}

/// Finds out what `file` holds.
///
/// # Errors
///
/// `S005`, where it is a document that cannot be read; `S006`, where it is another document; `S011` and `S012`, where it
/// is a page without a definition, or with several.
pub fn content(file: &SourceFile) -> Result<Content, Diagnostic> {
    let page = html::is_html(file.text());
    let parsed = file.parse();
    match &parsed {
        Ok(tree) if is_definition(tree) => return Ok(Content::Document),
        Err(error) if !page && text::begins_as_document(file.text()) => return Err(error.clone()),
        _ => {}
    }
    let candidates = if page { html::candidates(file.text()) } else { text::candidates(file.text()) };
    let mut found: Vec<(Value, Candidate)> = Vec::new();
    let mut broken = None;
    for candidate in candidates {
        match parse(file, &candidate) {
            // A page may show one definition twice.
            Ok(tree) if is_definition(&tree) && found.iter().all(|(other, _)| *other != tree) => {
                found.push((tree, candidate));
            }
            // Code without indentation that only resembles a document is no reason to speak of it.
            Err(error) if text::begins_as_document(&candidate.text) => {
                broken.get_or_insert(error);
            }
            _ => {}
        }
    }
    match (found.as_slice(), parsed, broken) {
        ([(_, candidate)], ..) => Ok(Content::Page(candidate.text.clone())),
        ([_, ..], ..) => Err(several(file, &found)),
        ([], _, Some(broken)) => Err(broken),
        ([], Ok(Value::Object(_)), None) if !page => Err(super::not_openapi(file, "it has neither `openapi` nor `paths`")),
        ([], ..) => Err(Diagnostic::error("S011", "there is no OpenAPI definition in this page")
            .in_file(super::start_of(&file.path))
            .at("")
            .help("pages that fill themselves in by script hold none: save what the browser shows, or the file that the page offers")),
    }
}

fn several(file: &SourceFile, found: &[(Value, Candidate)]) -> Diagnostic {
    let lines: Vec<String> = found.iter().map(|(_, candidate)| candidate.line.to_string()).collect();
    let message =
        format!("there are {} different definitions in this page, at lines {}", found.len(), lines.join(", "));
    let mut position = super::start_of(&file.path);
    position.line = found.first().map_or(1, |(_, candidate)| candidate.line);
    Diagnostic::error("S012", message)
        .in_file(position)
        .at("")
        .help("save the one that is wanted into a file of its own")
}

/// The tree of a candidate; the lines of an error are those of the page.
fn parse(file: &SourceFile, candidate: &Candidate) -> Result<Value, Diagnostic> {
    let part = SourceFile::of(&file.path, candidate.text.clone());
    part.parse().map_err(|mut error| {
        if let Some(position) = &mut error.position {
            position.line += candidate.line - 1;
        }
        error
    })
}

/// Whether `tree` is an OpenAPI document, or a fragment of one: its paths begin with `/`.
fn is_definition(tree: &Value) -> bool {
    let Some(object) = tree.as_object() else { return false };
    let has_paths = object.get("paths").is_some_and(|paths| match paths {
        Value::Object(paths) => {
            !paths.is_empty() && paths.keys().all(|key| key.starts_with('/') || key.starts_with("x-"))
        }
        // That it is none is said when it is read.
        _ => object.contains_key("openapi"),
    });
    has_paths || (object.contains_key("openapi") && object.contains_key("info")) || object.contains_key("swagger")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAGMENT: &str = "\
paths:
  /items:
    get:
      description: \"a < b & c\\
        \\ d\"
      operationId: listItems
      responses:
        '200':
          description: |
            All of them.

            And more.
";

    fn found(text: &str) -> Result<Content, Diagnostic> {
        content(&SourceFile::from_bytes("page".as_ref(), text.into())?)
    }

    fn code(text: &str) -> &'static str {
        let error = found(text).expect_err(text);
        assert!(error.help.is_some() && error.position.is_some(), "{error}");
        error.code
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;")
    }

    #[test]
    fn a_document_is_taken_as_it_is() {
        for text in
            [FRAGMENT, "{\"openapi\": \"3.0.3\", \"info\": {}, \"paths\": {}}", "openapi: 3.0.3\ninfo: {}\npaths: {}\n"]
        {
            assert_eq!(found(text), Ok(Content::Document), "{text}");
            assert_eq!(found(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), Ok(Content::Document));
        }
    }

    #[test]
    fn the_definition_is_cut_out_of_the_text_of_a_page() {
        let before =
            "Skip to main content\n\nList items\n\nGET \n/items\n\nnote: not this\n\nOpenAPI definition (YAML)\n";
        for after in ["", "\n", "\n\nWas this page helpful?\nYes: it was\n"] {
            let page = format!("{before}{FRAGMENT}{after}");
            assert_eq!(found(&page), Ok(Content::Page(FRAGMENT.into())), "{page}");
            assert_eq!(found(&page.replace('\n', "\r\n")), Ok(Content::Page(FRAGMENT.into())));
        }
        let unended = FRAGMENT.trim_end();
        assert_eq!(found(&format!("{before}{unended}")), Ok(Content::Page(unended.into())), "byte for byte");
        let indented = format!(
            "# List\n\n{}\nThe end.\n",
            FRAGMENT.lines().map(|line| format!("    {line}\n")).collect::<String>()
        );
        assert_eq!(found(&indented).expect("it is there"), Content::Page(FRAGMENT.into()));
        let fenced = format!("# List\n\n```yaml\n{FRAGMENT}```\n\n```json\n{{\"a\": 1}}\n```\n");
        assert_eq!(found(&fenced), Ok(Content::Page(FRAGMENT.into())));
    }

    #[test]
    fn the_definition_is_cut_out_of_html() {
        let pages = [
            format!("<!DOCTYPE html><html><body><pre><code>{}</code></pre></body></html>", escaped(FRAGMENT)),
            // A span for each word, a line break for each line, and other code around it.
            format!(
                "<html><pre>curl https://x/items</pre><pre class='a>b'>{}</pre><code>paths: none</code></html>",
                FRAGMENT
                    .lines()
                    .map(|line| format!("<span class=\"token-line\"><span>{}</span><br></span>", escaped(line)))
                    .collect::<String>()
            ),
            format!(
                "<html><body><textarea>\n{}</textarea><!-- <pre>paths: {{}}</pre> --></body></html>",
                escaped(FRAGMENT)
            ),
        ];
        for page in pages {
            assert_eq!(found(&page), Ok(Content::Page(FRAGMENT.into())), "{page}");
        }
        let script = "<html><script type=\"application/json\">{\"spec\": {\"data\": {\"openapi\": \"3.0.3\", \"info\": {\"title\": \"</a>\"}, \"paths\": {}}}}</script></html>";
        let Ok(Content::Page(text)) = found(script) else { panic!("{:?}", found(script)) };
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["info"]["title"], "</a>");
    }

    #[test]
    fn one_definition_twice_is_one_and_two_are_too_many() {
        let pre = |text: &str| format!("<pre>{}</pre>", escaped(text));
        let other = FRAGMENT.replace("/items", "/things");
        assert_eq!(
            found(&format!("<html>{}{}</html>", pre(FRAGMENT), pre(FRAGMENT))),
            Ok(Content::Page(FRAGMENT.into()))
        );
        assert_eq!(code(&format!("<html>{}{}</html>", pre(FRAGMENT), pre(&other))), "S012");
        assert_eq!(code(&format!("Two:\n\n{FRAGMENT}\nand\n\n{other}")), "S012");
    }

    #[test]
    fn a_page_without_a_definition_says_so() {
        assert_eq!(code("<html><body><div id=root></div><script src=a.js></script></body></html>"), "S011");
        assert_eq!(code("<html><pre>paths:\n  a: b</pre></html>"), "S011");
        assert_eq!(code("Not found\n"), "S011");
        assert_eq!(code("{\"error\": \"not found\"}"), "S006");
    }

    #[test]
    fn a_definition_that_is_broken_is_named_with_its_line() {
        let error = found("openapi: 3.0.3\npaths: [\n").expect_err("it is broken");
        assert_eq!((error.code, error.position.map(|position| position.line)), ("S005", Some(3)));
        let error = found("A page\n\npaths:\n  /a: {\n\n").expect_err("it is broken");
        assert_eq!(error.code, "S005");
        assert!(error.position.is_some_and(|position| position.line >= 4));
    }
}
