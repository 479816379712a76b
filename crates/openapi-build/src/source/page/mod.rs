//! Finds the definition in a documentation page: HTML, or its text with the definition somewhere in it.
//!
//! Every block of a page is a candidate: code, scripts and text areas of HTML, and of text what begins with a key that a
//! document begins with. The one that reads as an OpenAPI document or fragment is the definition. So the definitions that
//! pages of Redoc, Swagger UI, Stoplight Elements, Scalar and RapiDoc hold are found; of a page that loads its definition,
//! the message names the URL.

mod html;
mod script;
mod text;

use serde_json::Value;

use super::SourceFile;
use crate::diagnostic::{Diagnostic, Position};

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
    /// The element that the page ends in, if it is this one.
    within: Option<&'static str>,
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
    let mut candidates = if page { html::candidates(file.text()) } else { text::candidates(file.text()) };
    if !page && candidates.is_empty() {
        // A script, such as the one that fills in a page of Swagger UI.
        let documents = script::documents(file.text()).into_iter();
        candidates.extend(documents.map(|(text, line)| Candidate { text, line, within: None }));
    }
    let mut found: Vec<(Value, Candidate)> = Vec::new();
    let mut broken = None;
    for candidate in candidates {
        if let Some(error) = cut(file, &candidate) {
            return Err(error);
        }
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
        ([], ..) if let Some(url) = url(file.text(), page) => Err(loads(file, &url)),
        ([], ..) => Err(Diagnostic::error("S011", "there is no OpenAPI definition in this page")
            .in_file(super::start_of(&file.path))
            .at("")
            .help("pages that fill themselves in by script hold none: save what the browser shows, or the file that the page offers")),
    }
}

/// The error for a candidate that the page ends in.
fn cut(file: &SourceFile, candidate: &Candidate) -> Option<Diagnostic> {
    let element = candidate.within.filter(|_| text::begins_as_document(&candidate.text))?;
    let message = format!("this page ends within a `<{element}>` that has the definition: it is truncated");
    let position = Position { line: candidate.line, ..super::start_of(&file.path) };
    Some(Diagnostic::error("S005", message).in_file(position).at("").help("fetch it again from its origin"))
}

/// The URL that a page, or the script of one, loads its definition from.
fn url(text: &str, page: bool) -> Option<String> {
    if page { html::url(text) } else { script::url(text) }
}

/// The error for a page that loads its definition from `url`.
fn loads(file: &SourceFile, url: &str) -> Diagnostic {
    let url: String = url.chars().take(200).collect();
    let message = format!("there is no OpenAPI definition in this page, which loads it from `{url}`");
    let help = "fetch that URL instead; if it has no host, it starts at the URL of the page";
    Diagnostic::error("S011", message).in_file(super::start_of(&file.path)).at("").help(help)
}

fn several(file: &SourceFile, found: &[(Value, Candidate)]) -> Diagnostic {
    let named = found.iter().map(|(tree, candidate)| {
        let title = tree.get("info").and_then(|info| info.get("title")?.as_str()).map(str::trim);
        let title = title.filter(|title| !title.is_empty()).map(|title| format!("`{title}` "));
        format!("{}at line {}", title.unwrap_or_default(), candidate.line)
    });
    let named: Vec<String> = named.collect();
    let message = format!("there are {} different definitions in this page: {}", found.len(), named.join(", "));
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

    /// The tree that is found in `page`.
    fn tree(page: &str) -> Value {
        match found(page) {
            Ok(Content::Page(text)) => SourceFile::of("page".as_ref(), text).parse().expect("it is a definition"),
            other => panic!("{page}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_that_a_viewer_is_given_is_found() {
        let whole = r#"{"openapi": "3.0.3", "info": {"title": "it's } </a>", "version": "1"}, "paths": {"/a": {}}}"#;
        let wanted: Value = serde_json::from_str(whole).expect("JSON");
        let old = r#"{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {}}}"#;
        let literal = "{openapi: '3.0.3', // ours\n info: {title: \"it's } </a>\", version: '1',}, paths: {'/a': {}}}";
        let yaml = "openapi: 3.0.3\ninfo: {title: \"it's } </a>\", version: '1'}\npaths: {/a: {}}\n";
        let page = |body: &str| format!("<!DOCTYPE html>\n<html><head></head><body>{body}</body></html>\n");
        let script = |text: &str| page(&format!("<div id=app></div><script>{text}</script>"));
        let pages = [
            // Redoc, rendered beforehand.
            script(&format!(
                "function f() {{ return {{a: 'b'}} }}\nconst __redoc_state = {{\"menu\": {{\"items\": []}}, \"spec\": {{\"data\": {whole}}}, \"options\": {{}}}};\nvar container = document.getElementById('redoc');\nRedoc.hydrate(__redoc_state, container);"
            )),
            // Redoc in the browser.
            script(&format!("Redoc.init({whole}, {{expandResponses: \"200\"}}, document.getElementById('app'))")),
            // Swagger UI, with an object of JSON and one of JavaScript.
            script(&format!(
                "window.onload = function() {{ window.ui = SwaggerUIBundle({{ spec: {whole}, dom_id: '#swagger-ui', presets: [SwaggerUIBundle.presets.apis], onComplete: () => {{}} }}); }}"
            )),
            script(&format!("const ui = SwaggerUIBundle({{\n  dom_id: '#swagger-ui',\n  spec: {literal},\n}});")),
            // swagger-ui-express, which keeps it in a script of its own.
            format!(
                "window.onload = function() {{\n  // Build a system\n  var url = window.location.search.match(/url=([^&]+)/);\n  if (url && url.length > 1) {{\n    url = decodeURIComponent(url[1]);\n  }}\n  var options = {{\n  \"swaggerDoc\": {whole},\n  \"customOptions\": {{}}\n}};\n  url = options.swaggerUrl || url\n  SwaggerUIBundle(options)\n}}\n"
            ),
            // Stoplight Elements, as an attribute, as an object and as a text.
            page(&format!("<elements-api router=\"hash\" apiDescriptionDocument=\"{}\"/>", escaped(whole))),
            page(&format!("<elements-api apiDescriptionDocument='{}'></elements-api>", yaml.replace('\'', "&#39;"))),
            script(&format!("const docs = document.getElementById('docs');\ndocs.apiDescriptionDocument = {whole};")),
            script(&format!("docs.apiDescriptionDocument = `{yaml}`;")),
            script(&format!("docs.apiDescriptionDocument = {};", Value::from(whole))),
            // Scalar, in each of its forms.
            page(&format!("<script id=\"api-reference\" type=\"application/json\">{whole}</script>")),
            page(&format!("<script id=\"api-reference\" type=\"application/yaml\">\n{yaml}</script>")),
            page(&format!(
                "<script id=\"api-reference\" data-configuration='{{\"spec\": {{\"content\": {}}}}}'></script>",
                whole.replace('\'', "&apos;")
            )),
            script(&format!("Scalar.createApiReference('#app', {{ content: {whole}, theme: 'moon' }})")),
            // RapiDoc.
            page(&format!(
                "<rapi-doc id=doc></rapi-doc><script>document.getElementById('doc').loadSpec({whole});</script>"
            )),
        ];
        for page in pages {
            assert_eq!(tree(&page), wanted, "{page}");
        }
        assert_eq!(tree(&script(&format!("SwaggerUIBundle({{spec: {old}}})")))["swagger"], "2.0");
    }

    #[test]
    fn a_page_that_loads_its_definition_says_from_where() {
        let pages = [
            "<html><redoc spec-url='https://example.com/a.json?b=1&amp;c=2'></redoc></html>",
            "<html><rapi-doc spec-url = \"https://example.com/a.json?b=1&c=2\"></rapi-doc></html>",
            "<html><elements-api\n apiDescriptionUrl=\"https://example.com/a.json?b=1&c=2\"\n router=\"hash\"/></html>",
            "<html><script id=\"api-reference\" data-url=https://example.com/a.json?b=1&c=2></script></html>",
            "<html><script>window.ui = SwaggerUIBundle({ url: \"https://example.com/a.json?b=1&c=2\", curl: 'x' })</script></html>",
            "<html><script>SwaggerUIBundle({urls: [{\"name\": \"x\", \"url\": \"https://example.com/a.json?b=1&c=2\"}]})</script></html>",
            "<html><script>Redoc.init('https://example.com/a.json?b=1&c=2', {})</script></html>",
            "<html><script>docs.apiDescriptionUrl = 'https://example.com/a.json?b=1&c=2';</script></html>",
            "window.onload = function() {\n  window.ui = SwaggerUIBundle({\n    url: 'https://example.com/a.json?b=1&c=2',\n  });\n};\n",
        ];
        for page in pages {
            let error = found(page).expect_err(page);
            assert_eq!(error.code, "S011", "{page}: {error}");
            assert!(error.message.contains("`https://example.com/a.json?b=1&c=2`"), "{page}: {error}");
        }
        let other =
            found("<html><img data-url=a.png><script>let url = 'b';</script></html>").expect_err("no definition");
        assert!(!other.message.contains("loads"), "{other}");
    }

    #[test]
    fn a_page_that_is_cut_is_refused() {
        let whole = "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"t\"}, \"paths\": {\"/a\": {}}}";
        for page in [
            format!("<html>\n<pre>{FRAGMENT}"),
            format!("<html>\n<pre><code>{}", &FRAGMENT[..60]),
            format!("<html>\n<textarea>{FRAGMENT}</textare"),
            format!("<html>\n<script>const __redoc_state = {{\"spec\": {{\"data\": {whole}"),
            format!("<html>\n<script>const __redoc_state = {{\"spec\": {{\"data\": {}", &whole[..60]),
        ] {
            let error = found(&page).expect_err(&page);
            assert!(error.code == "S005" && error.message.contains("truncated"), "{page}: {error}");
            assert_eq!(error.position.map(|position| position.line), Some(2), "{page}");
        }
        // What else ends too early is no matter.
        assert_eq!(found(&format!("<html><pre>{FRAGMENT}</pre><pre>x")), Ok(Content::Page(FRAGMENT.into())));
    }

    #[test]
    fn an_object_that_is_no_json_is_named_with_its_line() {
        let page =
            "<html>\n<script>\nSwaggerUIBundle({spec: {openapi: '3.0.3', paths: {['/a' + b]: c(),,}}})</script></html>";
        let error = found(page).expect_err("it is a program");
        assert_eq!((error.code, error.position.map(|position| position.line)), ("S005", Some(3)));
    }

    #[test]
    fn a_page_that_is_made_to_take_long_ends() {
        // Pages of this size that were read from every start to every end would take hours.
        for part in [
            "{\n",
            "{\"a\":[\n",
            "<pre>{</pre>\n",
            "<a b='",
            "<script>{\"openapi\":[</script>\n",
            "openapi {\"",
            "<!--",
            "`{",
            "</a",
        ] {
            for first in ["", "<html>", "<html><script>openapi "] {
                let _ = found(&format!("{first}{}", part.repeat(200_000 / part.len())));
            }
        }
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
