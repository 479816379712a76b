//! Regular expressions of ECMA-262, in which a `pattern` is written (OpenAPI 3.0.3, Schema Object).

use std::sync::OnceLock;

use super::value::Kept;

/// A `pattern`, compiled when it is first needed.
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<::regress::Regex>>,
}

impl Pattern {
    /// That pattern.
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// Checks that the pattern is somewhere in `text`; one that does not compile is not checked, as the build has warned.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn check(&self, text: &str) -> Kept {
        let compile = |flags| ::regress::Regex::with_flags(self.text, flags).ok();
        match self.compiled.get_or_init(|| compile("u").or_else(|| compile(""))) {
            Some(pattern) if pattern.find(text).is_none() => Err(format!("does not match `{}`", self.text)),
            _ => Ok(()),
        }
    }
}
