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
}
