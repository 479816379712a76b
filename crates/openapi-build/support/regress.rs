//! Regular expressions of ECMA-262, in which a `pattern` is written (OpenAPI 3.0.3, Schema Object).

use std::sync::OnceLock;

/// A `pattern`, compiled when it is first needed.
pub(crate) struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<::regress::Regex>>,
}

impl Pattern {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// Checks that the pattern is somewhere in `text`; one that does not compile is not checked, as the build has told.
    pub(crate) fn check(&self, text: &str) -> Kept {
        let compile = |flags| ::regress::Regex::with_flags(self.text, flags).ok();
        match self.compiled.get_or_init(|| compile("u").or_else(|| compile(""))) {
            Some(pattern) if pattern.find(text).is_none() => Err(format!("does not match `{}`", self.text)),
            _ => Ok(()),
        }
    }
}
