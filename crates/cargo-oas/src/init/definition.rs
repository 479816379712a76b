//! Takes the definition from where it is: a file, a page, or a URL.

use std::path::{Path, PathBuf};

use openapi_build::diagnostic::Diagnostic;
use openapi_build::source::{self, SourceFile, page};
use openapi_build::tool;
use serde_json::Value;

use crate::bump;
use crate::fetch::{self, Limits};
use crate::place::about;

/// Fetches what is at a URL.
pub(crate) type Fetch<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, Diagnostic>;

/// A definition that is to be vendored.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    /// The bytes of the file.
    pub(super) bytes: Vec<u8>,
    /// Its name in `spec/`.
    pub(super) file: String,
    /// Where it was taken from.
    pub(super) origin: String,
    /// Whether nothing can be fetched from there that is this definition.
    pub(super) manual: bool,
    /// Its name in messages.
    pub(super) shown: PathBuf,
    /// What is to be said of how it was taken.
    pub(super) notes: Vec<Diagnostic>,
}

impl Definition {
    /// Takes the definition from `source`, a path or a URL.
    ///
    /// # Errors
    ///
    /// `I009`, `F001` to `F006`, and what reading a file or a page gives.
    pub(super) fn take(source: &str, fetch: Fetch<'_>) -> Result<Self, Diagnostic> {
        let path = Path::new(source);
        let is_url = fetch::is_url(source);
        if is_url && has_credentials(source) {
            // The message does not show them.
            let message = "the URL of the definition has a user name or a password, which spec.toml would contain";
            return Err(Diagnostic::error("I009", message)
                .help("pass the URL without them, or download the file and pass its path"));
        }
        let bytes = if is_url { fetch(source)? } else { bump::read(path, Limits::default())? };
        let mut taken = Self {
            bytes,
            file: String::new(),
            origin: source.to_owned(),
            manual: !is_url,
            shown: path.to_owned(),
            notes: Vec::new(),
        };
        let file = SourceFile::from_bytes(path, taken.bytes.clone())?;
        if let page::Content::Page(text) = page::content(&file)? {
            let note = Diagnostic::note("B007", "the definition was extracted from this page");
            taken.notes.push(about(path, note));
            taken.shown = format!("{source}#definition").into();
            taken.bytes = text.into_bytes();
        }
        taken.file = name(source, &taken.bytes);
        let file = SourceFile::from_bytes(path, taken.bytes.clone())?;
        if leads_to_files(&file.parse()?, path, is_url) {
            taken.bundle(file, fetch)?;
        }
        Ok(taken)
    }

    /// Makes one document of the definition and the files that it refers to.
    fn bundle(&mut self, file: SourceFile, fetch: Fetch<'_>) -> Result<(), Diagnostic> {
        let path = file.path.clone();
        let (document, findings) = tool::bundle(file, source::MAX_BYTES, fetch)?;
        self.notes.extend(findings);
        let note = Diagnostic::note("I008", "the files that this definition refers to were made one document with it");
        self.notes.push(about(&path, note));
        let is_json = self.file.ends_with(".json");
        let text = if is_json { format!("{document:#}\n") } else { source::to_yaml(&document) };
        self.bytes = text.into_bytes();
        self.shown = format!("{}#bundled", self.origin).into();
        // A new version has to be bundled too.
        self.manual = true;
        Ok(())
    }
}

/// Whether a user name or a password is in front of the host of `url`.
fn has_credentials(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    // More slashes than two are ignored when a URL is read.
    let host = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next();
    host.is_some_and(|host| host.contains('@'))
}

/// The name in `spec/` of what was taken from `source`: its own, with the extension of what it is.
fn name(source: &str, bytes: &[u8]) -> String {
    let url = source.split_once("://").filter(|_| fetch::is_url(source));
    let path = match url {
        Some((_, url)) => url.split(['?', '#']).next().and_then(|url| url.split_once('/')).map_or("", |(_, path)| path),
        None => source,
    };
    let last = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let stem: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let stem = match stem.trim_matches(['.', '-']) {
        // The names of the other files in the folder have other ends.
        "" | "index" => "api",
        stem => stem,
    };
    let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let ending = match last.rsplit_once('.').map(|(_, ending)| ending) {
        Some(ending @ ("yaml" | "yml" | "json")) => ending,
        _ if is_json => "json",
        _ => "yaml",
    };
    format!("{stem}.{ending}")
}

/// Whether `document`, which was taken from `path`, refers to files beside it.
fn leads_to_files(document: &Value, path: &Path, is_url: bool) -> bool {
    let is_file = |text: &str| {
        let file = text.split('#').next().unwrap_or_default();
        let named = [".yaml", ".yml", ".json"].iter().any(|ending| file.ends_with(ending));
        let there = || path.parent().unwrap_or(Path::new("")).join(file).is_file();
        !file.is_empty() && !fetch::is_url(file) && if is_url { named } else { there() }
    };
    match document {
        Value::Object(members) => members.iter().any(|(key, value)| match value {
            Value::String(text) if key == "$ref" => is_file(text),
            value => leads_to_files(value, path, is_url),
        }),
        Value::Array(items) => items.iter().any(|item| leads_to_files(item, path, is_url)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_a_url_are_neither_sent_nor_shown() {
        for url in ["https://user:secret@example.com/a", "https://secret@example.com?x", "https:///secret@example.com"]
        {
            let error = Definition::take(url, &mut |_| panic!("nothing is fetched")).expect_err("it has credentials");
            assert_eq!(error.code, "I009");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
        for url in ["https://example.com/a@b", "https://example.com?a@b", "https://example.com#a@b"] {
            assert!(!has_credentials(url), "{url}");
        }
    }

    #[test]
    fn a_file_keeps_its_name_and_gets_the_extension_of_what_it_is() {
        for (source, text, expected) in [
            ("a/b/rooms.yaml", "", "rooms.yaml"),
            ("rooms.json", "{", "rooms.json"),
            ("page.html", "{", "page.json"),
            ("https://example.com/docs/v1/openapi?x=y.json", " {", "openapi.json"),
            ("https://example.com/docs/", "a", "docs.yaml"),
            ("https://example.com", "a", "api.yaml"),
            ("https://example.com/", "a", "api.yaml"),
            ("über uns.yml", "a", "ber-uns.yml"),
            ("index.html", "a", "api.yaml"),
        ] {
            assert_eq!(name(source, text.as_bytes()), expected, "{source}");
        }
    }
}
