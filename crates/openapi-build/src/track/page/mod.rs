//! A page of HTML that is one file: its style and script are within it, and its policy lets it load nothing.
//!
//! What it shows comes from definitions that anybody may have written. Markup is `&'static str`, so that it can only come
//! from this crate; everything else goes through [`Html::text`] or an attribute, which escape it.

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

use crate::invisible::is_invisible;

/// The style of every page.
const STYLE: &str = include_str!("page.css");

/// HTML that is being written.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Adds markup.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        escape(&mut self.0, text);
        self
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Adds a start tag with attributes.
    pub(crate) fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Self {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            escape(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    /// Adds text in which what stands between backticks is code.
    pub(crate) fn prose(&mut self, text: &str) -> &mut Self {
        let mut parts = text.split('`');
        self.text(parts.next().unwrap_or_default());
        while let Some(code) = parts.next() {
            match parts.next() {
                Some(after) => self.raw("<code>").text(code).raw("</code>").text(after),
                None => self.raw("`").text(code),
            };
        }
        self
    }

    /// Adds what another one has.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// A whole page with this as its body. `script` is the one script that may run.
    pub(crate) fn page(self, title: &str, style: &'static str, script: &'static str) -> String {
        // A browser reads a line end as `\n`, however the file was checked out, and the hashes are of what it reads.
        let style = format!("{STYLE}{style}").replace('\r', "");
        let script = script.replace('\r', "");
        let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
        let script_source = if script.is_empty() { "'none'".to_owned() } else { hash(&script) };
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {script_source}; img-src data:; base-uri 'none'; form-action 'none'",
            hash(&style)
        );
        let mut page = Self::default();
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)])
            .raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            // Without this, a browser asks the server for an icon.
            .raw("<link rel=\"icon\" href=\"data:,\">\n<title>")
            .text(title)
            .raw("</title>\n<style>");
        page.0.push_str(&style);
        page.raw("</style>\n</head>\n<body>\n").append(&self);
        if !script.is_empty() {
            page.raw("<script>").0.push_str(&script);
            page.raw("</script>\n");
        }
        page.raw("</body>\n</html>\n");
        page.0
    }
}

/// Adds `text` so that it is text, in an element and in an attribute. What would be invisible, or would change the order in
/// which a reader sees the text, is shown by its number.
fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(c),
            c if c.is_control() || is_invisible(c) => html.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_wherever_it_stands() {
        let mut html = Html::default();
        html.open("a", &[("title", "\" onclick='x'")]).text("</a><script>&\u{202e}\u{0}").raw("</a>");
        html.prose("a `<b>` and ` alone");
        assert_eq!(
            html.0,
            "<a title=\"&quot; onclick=&#39;x&#39;\">&lt;/a&gt;&lt;script&gt;&amp;\\u{202e}\\u{0}</a>a <code>&lt;b&gt;</code> \
             and ` alone"
        );
    }

    #[test]
    fn style_and_scripts_cannot_end_early() {
        let pages = [
            STYLE,
            include_str!("../diff/html/page.css"),
            include_str!("../diff/html/page.js"),
            include_str!("../history/page.css"),
        ];
        assert!(pages.iter().all(|text| !text.contains("</") && !text.contains("<!--")));
    }
}
