//! What a comparison depends on besides the two definitions.

use super::Date;

/// What a comparison depends on besides the two definitions: the day, and the version of the package.
///
/// Nothing here is looked up: the same definitions and options give the same result, whenever and wherever that is.
///
/// ```
/// use openapi_build::track::Options;
///
/// let options = Options::default().today("2026-07-01".parse()?).package_version("1.4.0");
/// # let _ = options;
/// # Ok::<(), openapi_build::track::NotADate>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(crate) today: Option<Date>,
    pub(crate) package_version: Option<String>,
    pub(crate) prefixes: Vec<(String, String)>,
}

impl Options {
    /// Sets the day on which the comparison is made. Without it, no sunset has come, and what a team accepts until a date is
    /// accepted.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Sets the version of the package that has the client, for what a team accepts until a version of it.
    #[must_use]
    pub fn package_version(mut self, version: impl Into<String>) -> Self {
        self.package_version = Some(version.into());
        self
    }

    /// Says that paths that begin with `old` begin with `new` in the new definition. An operation whose path has no partner is
    /// compared with the one of its method at the other path, and counts as moved. Prefixes are whole segments: `/v1` is not one of
    /// `/v10/items`. Of several, the first that leads to an operation counts.
    ///
    /// ```
    /// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, Options}};
    ///
    /// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[]);
    /// let old = load("paths: {/v1/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}")?;
    /// let new = load("paths: {/v2/ping: {get: {operationId: pong, responses: {'204': {description: pong}}}}}")?;
    /// assert_eq!(track::diff(&old, &new).unwrap_err().code, "T001");
    /// let changes = track::diff_with(&old, &new, &Options::default().prefix("/v1", "/v2"))?;
    /// assert_eq!(changes.changes[0].code, "D003");
    /// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
    /// ```
    #[must_use]
    pub fn prefix(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        let plain = |prefix: String| prefix.trim_end_matches('/').to_owned();
        self.prefixes.push((plain(old.into()), plain(new.into())));
        self
    }
}
