//! Response headers of generated types.

use std::fmt;
use std::str::FromStr;

use http::HeaderMap;

/// Headers that are read from a response, field by field.
pub trait FromHeaders {
    /// Reads them. A header that is absent or does not parse is `None`, so that the response is not lost.
    fn from_headers(headers: &HeaderMap) -> Self;
}

impl FromHeaders for () {
    fn from_headers(_: &HeaderMap) -> Self {}
}

/// Headers of which some are required.
pub trait TryFromHeaders: Sized {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// When a header that the definition requires is absent or does not parse.
    fn try_from_headers(headers: &HeaderMap) -> Result<Self, HeaderError>;
}

/// A missing header does not fail the response; the error is where the headers are.
impl<H: TryFromHeaders> FromHeaders for Result<H, HeaderError> {
    fn from_headers(headers: &HeaderMap) -> Self {
        H::try_from_headers(headers)
    }
}

/// A header that the definition requires is absent, or is not what the definition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    name: &'static str,
    absent: bool,
}

impl HeaderError {
    /// The error for a header that could not be read.
    pub(super) fn of(headers: &HeaderMap, name: &'static str) -> Self {
        Self { name, absent: !headers.contains_key(name) }
    }

    /// The header's name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.absent { "is absent" } else { "is not what the definition says" };
        write!(f, "the header `{}` {what}", self.name)
    }
}

impl std::error::Error for HeaderError {}

/// One header that must be there, parsed.
///
/// # Errors
///
/// When it is absent or does not parse.
pub fn required_header<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, HeaderError> {
    header(headers, name).ok_or(HeaderError::of(headers, name))
}

/// One header, parsed; `None` where it is absent or does not parse.
pub fn header<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
