//! `bundle`.

use std::path::Path;
use std::time::{Duration, Instant};

use openapi_build::diagnostic::{Diagnostic, Position};
use openapi_build::source::{MAX_BYTES, SourceFile};
use openapi_build::tool;
use serde_json::{Map, json};

use super::output::{self, Done};
use super::{Format, progress, run};
use crate::fetch::{self, Limits};

/// How many files are fetched for one document.
const FILES: usize = 1_000;

/// How long the files of one document may take together.
const TIME: Duration = Duration::from_secs(600);

/// Writes one file of `file`, a path or a URL, and of all that its references lead to.
pub(super) fn bundle(
    file: &Path,
    output: Option<&Path>,
    max_bytes: Option<u64>,
    format: Format,
) -> Result<Done, Diagnostic> {
    let max_bytes = max_bytes.unwrap_or(MAX_BYTES);
    let url = file.to_str().filter(|name| fetch::is_url(name));
    let mut fetching = Fetching::of(url.unwrap_or_default(), max_bytes);
    let (document, diagnostics) = progress::during("bundling", || {
        let file = match url {
            Some(url) => SourceFile::from_bytes(file, fetching.fetch(url)?)?,
            None => SourceFile::read_up_to(file, max_bytes)?,
        };
        tool::bundle(file, max_bytes, &mut |url| fetching.fetch(url))
    })?;
    let text = run::document(&document, output);
    let mut done = Done { diagnostics, ..Done::default() };
    match output {
        Some(path) => {
            output::write(path, &text)?;
            done.json = Map::from_iter([("output".to_owned(), json!(path.display().to_string()))]);
        }
        None if format == Format::Json => done.json = Map::from_iter([("document".to_owned(), document)]),
        None => done.text = text,
    }
    done.json.insert("fetched".into(), json!(fetching.fetched));
    Ok(done)
}

/// What is fetched for one document, within limits: the document chooses the URLs.
pub(super) struct Fetching {
    fetched: Vec<String>,
    /// How many bytes may still be fetched.
    left: u64,
    start: Instant,
    /// Whether the document is on this machine's own servers, so that its references may lead there, too.
    loopback: bool,
}

impl Fetching {
    /// Fetches for the document at `source`, a path or a URL, and no more than `max_bytes`.
    pub(super) fn of(source: &str, max_bytes: u64) -> Self {
        let loopback = fetch::is_url(source) && fetch::names_loopback(source);
        Self { fetched: Vec::new(), left: max_bytes, start: Instant::now(), loopback }
    }

    /// Fetches what is at `url`.
    pub(super) fn fetch(&mut self, url: &str) -> Result<Vec<u8>, Diagnostic> {
        let refuse = |code, message: String, help: &str| {
            let position = Position { file: url.into(), line: 0, column: 0 };
            Err(Diagnostic::error(code, message).in_file(position).help(help))
        };
        if !self.loopback && fetch::names_loopback(url) {
            let message = "this URL is one of this machine, and the document is not".to_owned();
            return refuse(
                "F005",
                message,
                "give the document itself by its URL on this machine, or copy the file beside it",
            );
        }
        if self.fetched.len() == FILES {
            let message = format!("the document refers to more than {FILES} files at URLs");
            return refuse("F006", message, "download the files, and correct the references");
        }
        let Some(time) = TIME.checked_sub(self.start.elapsed()).filter(|time| !time.is_zero()) else {
            let message = format!("the files of the document did not arrive within {TIME:?}");
            return refuse("F002", message, "try again later, or download the files and correct the references");
        };
        eprintln!("fetching {url}");
        self.fetched.push(url.to_owned());
        let limits = Limits { bytes: self.left, time: time.min(Limits::default().time) };
        let bytes = fetch::fetch(url, limits)?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_makes_the_command_fetch_has_limits() {
        let url = "https://127.0.0.1/a.yaml";
        let fetching = || Fetching { fetched: Vec::new(), left: 1, start: Instant::now(), loopback: true };
        let mut many = Fetching { fetched: vec![String::new(); FILES], ..fetching() };
        assert_eq!(many.fetch(url).expect_err("too many files").code, "F006");
        if let Some(start) = Instant::now().checked_sub(TIME) {
            let mut late = Fetching { start, ..fetching() };
            assert_eq!(late.fetch(url).expect_err("too late").code, "F002");
        }
        let mut far = Fetching { loopback: false, ..fetching() };
        assert_eq!(far.fetch(url).expect_err("loopback").code, "F005");
    }
}
