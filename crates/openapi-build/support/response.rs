//! What comes back: the raw reply, and the typed response over it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

/// An answer as it came: status, headers and bytes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// How often the request was sent.
    pub attempts: u32,
    /// The time from the call to this answer, waits included.
    pub elapsed: Duration,
}

impl Reply {
    /// An answer to a request that was sent once.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body, attempts: 1, elapsed: Duration::ZERO }
    }

    /// Reads the whole of `response`.
    ///
    /// # Errors
    ///
    /// When the connection is lost before the body has come whole.
    pub async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let status = response.status();
        let headers = response.headers().clone();
        Ok(Self::new(status, headers, response.bytes().await?.into()))
    }

    /// The same answer, with what it took to get it.
    pub fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.attempts = attempts;
        self.elapsed = elapsed;
        self
    }

    /// An error made of the JSON body and the typed headers.
    pub(crate) fn __error<B: FromJson, H: FromHeaders, E>(
        &self,
        make: impl FnOnce(B, H) -> E,
    ) -> Result<E, DecodeError> {
        self.__error_by(Self::json, make)
    }

    /// An error made of what `read` makes of the body, and the typed headers.
    pub(crate) fn __error_by<B, H: FromHeaders, E>(
        &self,
        read: impl FnOnce(&Self) -> Result<B, DecodeError>,
        make: impl FnOnce(B, H) -> E,
    ) -> Result<E, DecodeError> {
        read(self).map(|body| make(body, self.typed_headers()))
    }

    /// Nothing: what a response without a body holds.
    pub(crate) fn nothing(&self) -> Result<(), DecodeError> {
        Ok(())
    }

    /// The bytes of the body.
    pub(crate) fn body_bytes(&self) -> Result<Vec<u8>, DecodeError> {
        Ok(self.body.clone())
    }

    /// The body as JSON.
    pub(crate) fn json<T: FromJson>(&self) -> Result<T, DecodeError> {
        read(&self.body).map_err(|error| DecodeError(error.into()))
    }

    /// The body as UTF-8 text.
    pub(crate) fn body_text(&self) -> Result<String, DecodeError> {
        String::from_utf8(self.body.clone()).map_err(|error| DecodeError(error.into()))
    }

    /// Which of the documented media types the body has, by its `Content-Type`; without one, the first.
    pub(crate) fn media_type(&self, documented: &[&str]) -> Result<usize, DecodeError> {
        let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let Some(stated) = self.headers.get(CONTENT_TYPE) else { return Ok(0) };
        let stated = essence(stated.to_str().unwrap_or_default());
        let fits = |documented: &&str| {
            let documented = essence(documented);
            match documented.strip_suffix('*') {
                Some(range) => range == "*/" || stated.starts_with(range),
                None => documented == stated,
            }
        };
        documented.iter().position(fits).ok_or_else(|| self.no_media_type())
    }

    /// The error for a body of a media type that is not documented.
    pub(crate) fn no_media_type(&self) -> DecodeError {
        let stated = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        DecodeError(format!("the media type `{stated}` is not documented for this status").into())
    }

    /// The headers, typed.
    pub(crate) fn typed_headers<H: FromHeaders>(&self) -> H {
        H::from_headers(&self.headers)
    }
}

/// Shows the status and the length of the body; never the body or a header, which may hold secrets.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("length", &self.body.len()).finish_non_exhaustive()
    }
}

/// What a documented answer holds, or why that cannot be read; `None` where the status is not documented.
pub type Decoded<T> = Option<Result<T, DecodeError>>;

/// A documented body that cannot be read as what the definition says, and where it failed.
#[derive(Debug)]
pub struct DecodeError(BoxError);

impl DecodeError {
    /// Where in a JSON body it failed, as a JSON pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)); `None` where the
    /// body is not JSON at all.
    pub fn pointer(&self) -> Option<&str> {
        self.0.downcast_ref::<ReadError>().map(ReadError::pointer)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// Headers that are read from a response, field by field.
pub trait FromHeaders {
    /// Reads them. A header that is absent or does not parse is `None`: it is no reason to lose the response.
    fn from_headers(headers: &HeaderMap) -> Self;
}

impl FromHeaders for () {
    fn from_headers(_: &HeaderMap) -> Self {}
}

/// Headers of which some must be there.
pub trait TryFromHeaders: Sized {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// When a header that the definition requires is absent or does not parse.
    fn try_from_headers(headers: &HeaderMap) -> Result<Self, HeaderError>;
}

/// A missing header is no reason to lose the response: who looks at the headers sees the error.
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
    header(headers, name).ok_or(HeaderError { name, absent: !headers.contains_key(name) })
}

/// One header, parsed; `None` where it is absent or does not parse.
pub fn header<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A documented success: the body, the typed headers, and everything else that came with it.
///
/// It derefs to the body.
#[derive(Clone)]
pub struct Response<T, H = ()> {
    content: T,
    typed_headers: H,
    reply: Reply,
}

impl<T, H: FromHeaders> Response<T, H> {
    fn new(content: T, mut reply: Reply) -> Self {
        reply.body = Vec::new();
        Self { content, typed_headers: reply.typed_headers(), reply }
    }
}

impl<T, H> Response<T, H> {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.reply.status
    }

    /// The documented headers, typed; `()` where none are documented.
    pub fn headers(&self) -> &H {
        &self.typed_headers
    }

    /// All headers, as they came.
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// The `X-Request-Id` that the server gave.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.reply.headers)
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.reply.attempts
    }

    /// The time the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.reply.elapsed
    }

    /// The body, by value.
    pub fn into_body(self) -> T {
        self.content
    }
}

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

impl<T, H> Deref for Response<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

impl<T, H> DerefMut for Response<T, H> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.content
    }
}

/// Shows the status and the body.
impl<T: fmt::Debug, H> fmt::Debug for Response<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.reply.status)
            .field("body", &self.content)
            .finish_non_exhaustive()
    }
}
