//! The regular expressions of `pattern` (OpenAPI 3.0.3, Schema Object). openapi-build has translated them from ECMA-262.

use std::sync::OnceLock;

use super::value::Kept;

pub(super) use ::fancy_regex::Regex;

/// A `pattern`, compiled when it is first needed.
pub struct Pattern {
    text: &'static str,
    regex: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern `text`, which means the same to `fancy-regex`.
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: text, compiled: OnceLock::new() }
    }

    /// The pattern `text`, which is `regex` in the words of `fancy-regex`.
    pub const fn translated(text: &'static str, regex: &'static str) -> Self {
        Self { text, regex, compiled: OnceLock::new() }
    }

    /// Checks that the pattern is somewhere in `text`. The time is in proportion to the text, unless the pattern looks around
    /// or refers to a group: then the steps are counted, and a text that takes more than a million is left to the server.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn check(&self, text: &str) -> Kept {
        match self.compiled.get_or_init(|| compiled(self.regex)) {
            Some(regex) if matches!(regex.is_match(text), Ok(false)) => Err(format!("does not match `{}`", self.text)),
            _ => Ok(()),
        }
    }
}

/// The compiled `regex`; `None` for one that does not compile, which openapi-build reports and leaves out.
pub(super) fn compiled(regex: &str) -> Option<Regex> {
    Regex::new(regex).ok()
}
