//! Responses: the raw reply, and the typed response over it.

use std::fmt;
use std::ops::{Deref, DerefMut, RangeInclusive};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use crate::boxed::BoxError;
use crate::codegen::{FromHeaders, FromJson, Generated, ReadAs, ReadError, beyond, from_value_as, text_as};
use crate::redact::{Presented, hide, one_line};

/// A raw response: status, headers and bytes.
///
/// ```
/// use openapi_runtime::Reply;
/// use openapi_runtime::http::{HeaderMap, StatusCode};
///
/// let reply = Reply::new(StatusCode::OK, HeaderMap::new(), b"a secret".to_vec());
/// assert!(!format!("{reply:?}").contains("a secret"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The number of times that the request was sent.
    pub attempts: u32,
    /// The time from the call to this response, including waits.
    pub elapsed: Duration,
    /// The secrets that were sent for it, which no error shows even where the server repeats them.
    pub(crate) presented: Presented,
}

impl Reply {
    /// Creates the response to a request that was sent once.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body, attempts: 1, elapsed: Duration::ZERO, presented: Presented::default() }
    }

    /// A response that says nothing.
    pub(crate) fn empty() -> Self {
        Self::new(StatusCode::OK, HeaderMap::new(), Vec::new())
    }

    /// Takes the response out, and leaves an empty one.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::empty())
    }

    /// Sets the attempts and the time that the call took.
    #[must_use]
    pub fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.attempts = attempts;
        self.elapsed = elapsed;
        self
    }

    /// An error made of the JSON body and the typed headers.
    #[doc(hidden)]
    pub fn error<B: FromJson, H: FromHeaders, E>(&self, make: impl FnOnce(B, H) -> E) -> Result<E, DecodeError> {
        self.error_by(Self::json, make)
    }

    /// An error made of what `read` makes of the body, and the typed headers.
    #[doc(hidden)]
    pub fn error_by<B, H: FromHeaders, E>(
        &self,
        read: impl FnOnce(&Self) -> Result<B, DecodeError>,
        make: impl FnOnce(B, H) -> E,
    ) -> Result<E, DecodeError> {
        read(self).map(|body| make(body, self.typed_headers()))
    }

    /// Nothing: what a response without a body holds.
    #[doc(hidden)]
    pub fn nothing(&self) -> Result<(), DecodeError> {
        Ok(())
    }

    /// The bytes of the body.
    #[doc(hidden)]
    pub fn body_bytes(&self) -> Result<Vec<u8>, DecodeError> {
        Ok(self.body.clone())
    }

    /// The body as JSON.
    #[doc(hidden)]
    pub fn json<T: FromJson>(&self) -> Result<T, DecodeError> {
        self.json_as::<Generated, T>()
    }

    /// The body as JSON, read in the way `A`.
    #[doc(hidden)]
    pub fn json_as<A: ReadAs<T>, T>(&self) -> Result<T, DecodeError> {
        let value = serde_json::from_slice(&self.body).map_err(|error| self.no_json(error))?;
        from_value_as::<A, T>(value, self.body.len()).map_err(DecodeError::new)
    }

    /// The body as its `Content-Type` says, where a range of media types is documented: JSON or, of another media type, a text.
    /// What is no value as a text may be one as JSON all the same.
    #[doc(hidden)]
    pub fn as_stated<T: FromJson>(&self) -> Result<T, DecodeError> {
        self.as_stated_as::<Generated, T>()
    }

    /// As [`as_stated`](Self::as_stated), read in the way `A`.
    #[doc(hidden)]
    pub fn as_stated_as<A: ReadAs<T>, T>(&self) -> Result<T, DecodeError> {
        let stated = self.stated_media_type();
        if stated.is_empty() || stated.ends_with("json") {
            return self.json_as::<A, T>();
        }
        let text = std::str::from_utf8(&self.body).ok().map(serde_json::Value::from);
        match text.and_then(|text| from_value_as::<A, T>(text, self.body.len()).ok()) {
            Some(value) => Ok(value),
            None => self.json_as::<A, T>(),
        }
    }

    /// The media type that the `Content-Type` states, in small letters and without parameters; empty without one.
    pub(crate) fn stated_media_type(&self) -> String {
        let stated = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The error for a body that is not JSON: what it says that it is, if that is something else.
    fn no_json(&self, error: serde_json::Error) -> DecodeError {
        let stated = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = stated.split(';').next().unwrap_or_default().trim();
        if let Some(error) = beyond(&self.body, &error) {
            return DecodeError::new(error);
        }
        match media_type {
            "" => DecodeError::new(error),
            json if json.to_ascii_lowercase().ends_with("json") => DecodeError::new(error),
            other => DecodeError::new(format!("it is `{other}`, and not JSON")),
        }
    }

    /// The body as UTF-8 text.
    #[doc(hidden)]
    pub fn body_text(&self) -> Result<String, DecodeError> {
        String::from_utf8(self.body.clone()).map_err(|error| DecodeError::new(error.utf8_error()))
    }

    /// The body as UTF-8 text, read in the way `A` as a text or, where that does not fit, as a number or a boolean.
    #[doc(hidden)]
    pub fn text_as<A: ReadAs<T>, T>(&self) -> Result<T, DecodeError> {
        let text = std::str::from_utf8(&self.body).map_err(DecodeError::new)?;
        text_as::<A, T>(text).map_err(DecodeError::new)
    }

    /// Which of the documented media types the body has, by its `Content-Type`; without one, the first.
    #[doc(hidden)]
    pub fn media_type(&self, documented: &[&str]) -> Result<usize, DecodeError> {
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
        // The narrowest counts: `application/json` before `application/*`, and this before `*/*`.
        let fitting = documented.iter().enumerate().filter(|(_, documented)| fits(documented));
        let width = |documented: &str| documented.bytes().filter(|&byte| byte == b'*').count();
        let narrowest = fitting.min_by_key(|(_, documented)| width(documented));
        narrowest.map(|(number, _)| number).ok_or_else(|| self.no_media_type())
    }

    /// The error for a body of a media type that is not documented.
    #[doc(hidden)]
    pub fn no_media_type(&self) -> DecodeError {
        let stated = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        DecodeError::new(format!("the media type `{stated}` is not documented for this status"))
    }

    /// The headers, typed.
    #[doc(hidden)]
    pub fn typed_headers<H: FromHeaders>(&self) -> H {
        H::from_headers(&self.headers)
    }
}

/// Shows the status and the length of the body; never the body or a header, which may hold secrets.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("length", &self.body.len()).finish_non_exhaustive()
    }
}

/// A body that does not match the definition, and the place in it. It shows no secret that was sent, and one line.
pub struct DecodeError {
    error: BoxError,
    /// The credential that was sent, which the body may repeat.
    presented: Presented,
}

impl DecodeError {
    pub(crate) fn new(error: impl Into<BoxError>) -> Self {
        Self { error: error.into(), presented: Presented::default() }
    }

    /// The same, which does not show what was sent for `reply`.
    pub(crate) fn guarded(self, reply: &Reply) -> Self {
        Self { presented: reply.presented.clone(), ..self }
    }

    /// Where in a JSON body it failed, as a JSON pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)); `None` where the
    /// body is not JSON at all.
    pub fn pointer(&self) -> Option<&str> {
        self.error.downcast_ref::<ReadError>().map(ReadError::pointer)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = self.presented.secrets();
        f.write_str(&one_line(&hide(self.error.to_string(), &secrets)))
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

/// Without a source: it would repeat the body, and with it what must not be shown.
impl std::error::Error for DecodeError {}

/// The content of a documented response, or the error of reading it; `None` if the status is not documented.
pub type Decoded<T> = Option<Result<T, DecodeError>>;

/// The readers of a body, by status: the first that fits counts.
pub type Reads<T> = &'static [(RangeInclusive<u16>, fn(&Reply) -> Result<T, DecodeError>)];

/// An enum of documented errors.
pub trait Documented: Sized {
    /// Reads a documented error; `None` where the status is not documented.
    ///
    /// # Errors
    ///
    /// When the body is not what the definition says.
    fn decode(reply: &Reply) -> Decoded<Self>;
}

/// A documented success: the body, the typed headers, the status and the raw headers. It derefs to the body.
///
/// ```
/// use openapi_runtime::Response;
///
/// fn first(rooms: Response<Vec<String>>) -> Option<String> {
///     println!("{} rooms, request {:?}", rooms.len(), rooms.request_id());
///     rooms.into_body().into_iter().next()
/// }
/// ```
#[derive(Clone)]
pub struct Response<T, H = ()> {
    content: T,
    typed_headers: H,
    reply: Reply,
}

impl<T, H: FromHeaders> Response<T, H> {
    pub(crate) fn new(content: T, mut reply: Reply) -> Self {
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

    /// All headers, unparsed.
    pub fn raw_headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// The `X-Request-Id` that the server gave.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.reply.headers)
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.reply.attempts
    }

    /// The time that the call took, including waits.
    pub fn elapsed(&self) -> Duration {
        self.reply.elapsed
    }

    /// The body, by value.
    pub fn into_body(self) -> T {
        self.content
    }

    /// The body and the response without it.
    pub(crate) fn into_parts(self) -> (T, Reply) {
        (self.content, self.reply)
    }
}

/// The `X-Request-Id` that a server gave.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}

impl<H> Response<Bytes, H> {
    /// Parses the body as JSON, for the response to an [`UndescribedRequest`](crate::UndescribedRequest).
    ///
    /// # Errors
    ///
    /// When the body is not JSON, or does not match `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        serde_json::from_slice(&self.content).map_err(DecodeError::new)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_not_json_has_no_place_of_its_error_and_one_that_is_json_has() {
        let read = |body: &str| {
            let reply = Reply::new(StatusCode::OK, HeaderMap::new(), body.into());
            reply.json::<Vec<String>>().expect_err("it is not a list of texts")
        };
        assert_eq!(read("<html>").pointer(), None);
        assert_eq!(read("[\"a\", 7]").pointer(), Some("/1"));
        assert_eq!(read("7").pointer(), Some(""));
    }

    #[test]
    fn a_number_that_no_reader_of_json_holds_has_its_place() {
        let read = |body: &str| {
            let reply = Reply::new(StatusCode::OK, HeaderMap::new(), body.into());
            reply.json::<serde_json::Value>().expect_err("no double")
        };
        for (body, pointer) in [
            ("1e400", ""),
            ("[1, [], {\"a\": \"]\"},\n -1e999 ]", "/3"),
            ("{\"x\": [0, \"1,2\"],\n\"a\\\"~/ü\": {\"b\": {}, \"c\": [[1], [2, 1.5e+309, 3]]}}", "/a\"~0~1ü/c/1/1"),
        ] {
            let error = read(body);
            assert_eq!(error.pointer(), Some(pointer), "{body}");
            assert!(error.to_string().ends_with("this number is beyond `double`"), "{error}");
        }
        assert_eq!(read("[1,]").pointer(), None);
    }
}
