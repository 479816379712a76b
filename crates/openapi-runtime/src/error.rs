//! The one error type of all operations.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;

use crate::boxed::BoxError;
use crate::http_client::HttpError;
use crate::operation::Operation;
use crate::redact::{chain, hide, one_line};
use crate::request::RequestError;
use crate::response::{DecodeError, Reply, request_id};
use crate::retry::{Outcome, may_repeat};
use crate::routes::NoCredential;
use crate::token::TokenError;
use crate::transport::Failure;

/// The error of an operation. `E` is the operation's enum of documented errors.
///
/// It has the number of attempts and the time that the call took; if there was a response, its status, all headers and the
/// bytes of its body. Where the time for the call ran out after a response that was to be retried, it holds that response.
///
/// ```
/// use openapi_runtime::{Error, ErrorKind};
///
/// fn is_our_fault<E>(error: &Error<E>) -> bool {
///     match error.kind() {
///         ErrorKind::Request(_) | ErrorKind::NoCredential(_) => true,
///         _ => error.status().is_some_and(|status| status.is_client_error()),
///     }
/// }
/// ```
pub struct Error<E> {
    inner: Box<Inner<E>>,
}

struct Inner<E> {
    kind: ErrorKind<E>,
    operation: &'static Operation,
    /// Whether sending the request twice does what sending it once does.
    idempotent: bool,
    reply: Option<Reply>,
    attempts: u32,
    elapsed: Duration,
}

/// The reasons for an [`Error`], and for a [`Failure`], which has no documented ones. Its `Debug` does not show the documented
/// error, whose body may repeat a secret.
#[non_exhaustive]
pub enum ErrorKind<E> {
    /// The request cannot be built: a value that its place cannot hold, or no server to send it to.
    Request(RequestError),
    /// No credential was given for any of the schemes that the operation takes.
    NoCredential(NoCredential),
    /// The token endpoint gave no token.
    Token(TokenError),
    /// The time for the whole call ran out; the last failure before that, if any, is inside.
    Deadline(Option<BoxError>),
    /// The connection was not made or was lost, or the response did not come whole: then the error has its status and headers.
    Transport(HttpError),
    /// The server answered with an error that the definition documents.
    Documented(E),
    /// The server answered with a status that the definition does not document.
    Undocumented,
    /// The status is documented, but the body is not what the definition says.
    Undecodable(DecodeError),
    /// The file that `save_to` writes cannot be written.
    File(std::io::Error),
}

impl ErrorKind<Infallible> {
    /// The same reason, as an operation with documented errors has it.
    fn widen<E>(self) -> ErrorKind<E> {
        match self {
            Self::Request(error) => ErrorKind::Request(error),
            Self::NoCredential(error) => ErrorKind::NoCredential(error),
            Self::Token(error) => ErrorKind::Token(error),
            Self::Deadline(error) => ErrorKind::Deadline(error),
            Self::Transport(error) => ErrorKind::Transport(error),
            Self::Undocumented => ErrorKind::Undocumented,
            Self::Undecodable(error) => ErrorKind::Undecodable(error),
            Self::File(error) => ErrorKind::File(error),
            Self::Documented(never) => match never {},
        }
    }
}

impl<E> fmt::Debug for ErrorKind<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => f.debug_tuple("Request").field(error).finish(),
            Self::NoCredential(error) => f.debug_tuple("NoCredential").field(error).finish(),
            Self::Token(error) => f.debug_tuple("Token").field(error).finish(),
            Self::Deadline(error) => f.debug_tuple("Deadline").field(error).finish(),
            Self::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Self::Documented(_) => f.write_str("Documented(..)"),
            Self::Undocumented => f.write_str("Undocumented"),
            Self::Undecodable(error) => f.debug_tuple("Undecodable").field(error).finish(),
            Self::File(error) => f.debug_tuple("File").field(error).finish(),
        }
    }
}

impl<E> From<RequestError> for ErrorKind<E> {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl Error<Infallible> {
    /// The same error, as an operation with documented errors has it.
    pub(crate) fn widen<E>(self) -> Error<E> {
        let Inner { kind, operation, idempotent, reply, attempts, elapsed } = *self.inner;
        Error { inner: Box::new(Inner { kind: kind.widen(), operation, idempotent, reply, attempts, elapsed }) }
    }
}

impl<E> Error<E> {
    pub(crate) fn from_failure(operation: &'static Operation, idempotent: bool, failure: Failure) -> Self {
        let (kind, reply) = (failure.kind.widen(), failure.reply.map(|reply| *reply));
        Self {
            inner: Box::new(Inner {
                kind,
                operation,
                idempotent,
                reply,
                attempts: failure.attempts,
                elapsed: failure.elapsed,
            }),
        }
    }

    pub(crate) fn from_reply(
        operation: &'static Operation,
        idempotent: bool,
        kind: ErrorKind<E>,
        reply: Reply,
    ) -> Self {
        let (attempts, elapsed) = (reply.attempts, reply.elapsed);
        let kind = match kind {
            ErrorKind::Undecodable(error) => ErrorKind::Undecodable(error.guarded(&reply)),
            other => other,
        };
        Self { inner: Box::new(Inner { kind, operation, idempotent, reply: Some(reply), attempts, elapsed }) }
    }

    /// The reason.
    pub fn kind(&self) -> &ErrorKind<E> {
        &self.inner.kind
    }

    /// The reason, by value.
    pub fn into_kind(self) -> ErrorKind<E> {
        self.inner.kind
    }

    /// The documented error, if that is what the server answered.
    pub fn documented(&self) -> Option<&E> {
        match &self.inner.kind {
            ErrorKind::Documented(error) => Some(error),
            _ => None,
        }
    }

    /// The documented error by value, or this error back.
    ///
    /// # Errors
    ///
    /// This error, where it is not a documented one.
    pub fn into_documented(self) -> Result<E, Self> {
        match *self.inner {
            Inner { kind: ErrorKind::Documented(error), .. } => Ok(error),
            other => Err(Self { inner: Box::new(other) }),
        }
    }

    /// The operation that failed.
    pub fn operation(&self) -> &'static Operation {
        self.inner.operation
    }

    /// The status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.reply.as_ref().map(|reply| reply.status)
    }

    /// All headers of the response, if there was one.
    pub fn raw_headers(&self) -> Option<&HeaderMap> {
        self.inner.reply.as_ref().map(|reply| &reply.headers)
    }

    /// The bytes of the response's body, if there was one.
    pub fn raw_body(&self) -> Option<&[u8]> {
        self.inner.reply.as_ref().map(|reply| reply.body.as_slice())
    }

    /// The `X-Request-Id` that the server gave, to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.raw_headers()?)
    }

    /// The server's description of the failure: `detail`, `message` or `title` of a JSON body, or of the first of
    /// its `errors`.
    pub fn detail(&self) -> Option<String> {
        Some(self.shown(&detail(self.raw_body()?)?))
    }

    /// Text from outside as it is shown: on one line, and without the credential that was sent.
    fn shown(&self, text: &str) -> String {
        let secrets = self.inner.reply.as_ref().map(|reply| reply.presented.secrets());
        one_line(&hide(text.to_owned(), &secrets.unwrap_or_default()))
    }

    /// Whether the same call may succeed later and is safe to repeat. This is so if nothing was done for it, because there was
    /// no connection, no token or no time, or because the server refused it unprocessed; after 429, and after 503 with a
    /// `Retry-After` that can be read; and for an idempotent request, also after 408, 500, 502, 503, 504, and without a
    /// response. These are the rules of [`retry`](crate::retry).
    pub fn is_retryable(&self) -> bool {
        let Inner { idempotent, attempts, ref reply, .. } = *self.inner;
        let reply = reply.as_ref().map(Outcome::Reply);
        match &self.inner.kind {
            ErrorKind::Transport(error) => may_repeat(idempotent, Outcome::Error(error)),
            ErrorKind::Deadline(last) => {
                let last = last.as_ref().and_then(|error| error.downcast_ref().map(Outcome::Error));
                idempotent || attempts == 0 || last.or(reply).is_some_and(|outcome| may_repeat(idempotent, outcome))
            }
            ErrorKind::Token(error) => error.may_pass(),
            ErrorKind::Request(_) | ErrorKind::NoCredential(_) | ErrorKind::File(_) => false,
            ErrorKind::Documented(_) | ErrorKind::Undocumented | ErrorKind::Undecodable(_) => {
                reply.is_some_and(|outcome| may_repeat(idempotent, outcome))
            }
        }
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The time from the call to this error, waits included.
    pub fn elapsed(&self) -> Duration {
        self.inner.elapsed
    }
}

/// The part of [`Error`] that does not depend on the operation, for code that handles the failures of every operation.
///
/// ```
/// use openapi_runtime::OperationError;
///
/// fn log(error: &dyn OperationError) {
///     eprintln!("{} failed ({:?}): {error}", error.operation().id, error.status());
/// }
/// ```
pub trait OperationError: StdError {
    /// The operation that failed.
    fn operation(&self) -> &'static Operation;
    /// The status, if there was a response.
    fn status(&self) -> Option<StatusCode>;
    /// All headers of the response, if there was one.
    fn raw_headers(&self) -> Option<&HeaderMap>;
    /// The bytes of the response's body, if there was one.
    fn raw_body(&self) -> Option<&[u8]>;
    /// The `X-Request-Id` that the server gave.
    fn request_id(&self) -> Option<&str>;
    /// The server's description of the failure.
    fn detail(&self) -> Option<String>;
    /// Whether the same call may succeed later and is safe to repeat.
    fn is_retryable(&self) -> bool;
    /// The number of times that the request was sent.
    fn attempts(&self) -> u32;
    /// The time from the call to this error, waits included.
    fn elapsed(&self) -> Duration;
}

impl<E: StdError + 'static> OperationError for Error<E> {
    fn operation(&self) -> &'static Operation {
        self.inner.operation
    }

    fn status(&self) -> Option<StatusCode> {
        self.status()
    }

    fn raw_headers(&self) -> Option<&HeaderMap> {
        self.raw_headers()
    }

    fn raw_body(&self) -> Option<&[u8]> {
        self.raw_body()
    }

    fn request_id(&self) -> Option<&str> {
        self.request_id()
    }

    fn detail(&self) -> Option<String> {
        self.detail()
    }

    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }

    fn attempts(&self) -> u32 {
        self.attempts()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed()
    }
}

/// The sentence in which a JSON error body says what went wrong: the first of `detail`, `message`, `title` that is a text,
/// at the top ([RFC 9457, 3.1](https://www.rfc-editor.org/rfc/rfc9457#section-3.1)) or in the first of `errors`.
fn detail(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    for place in [body.pointer("/errors/0"), Some(&body), body.get("error")] {
        for key in ["detail", "message", "title", "error_description"] {
            let text = place.and_then(|place| place.get(key)?.as_str()).unwrap_or_default().trim();
            if !text.is_empty() {
                return Some(text.to_owned());
            }
        }
    }
    None
}

/// Shows the operation, the reason, the server's description of it, and the request id.
impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write_reason(&mut text)?;
        if let Some(detail) = self.detail() {
            write!(text, ": {detail}")?;
        }
        if let Some(id) = self.request_id() {
            write!(text, " (request id {})", self.shown(id))?;
        }
        if self.inner.attempts > 1 {
            write!(text, " (after {} attempts in {:.1?})", self.inner.attempts, self.inner.elapsed)?;
        }
        write!(f, "{}: {text}", self.inner.operation.id)
    }
}

impl<E: fmt::Display> Error<E> {
    fn write_reason(&self, text: &mut String) -> fmt::Result {
        match &self.inner.kind {
            ErrorKind::Request(error) => {
                write!(text, "the request cannot be built: {}", self.shown(&error.to_string()))
            }
            ErrorKind::NoCredential(error) => write!(text, "no credential: {error}"),
            // Its text is on one line already.
            ErrorKind::Token(error) => write!(text, "no token: {error}"),
            ErrorKind::Deadline(None) => text.write_str("the time for the call ran out"),
            ErrorKind::Deadline(Some(error)) => {
                write!(text, "the time for the call ran out; last: {}", self.shown(&chain(&**error)))
            }
            ErrorKind::Transport(error) => {
                let error = self.shown(&chain(error));
                match self.status() {
                    Some(status) => {
                        write!(text, "the server answered {status}, but not all of its answer was read: {error}")
                    }
                    None => write!(text, "no answer: {error}"),
                }
            }
            ErrorKind::Documented(error) => text.write_str(&self.shown(&error.to_string())),
            ErrorKind::Undocumented => match self.status() {
                Some(status) => write!(text, "the server answered {status}, which the definition does not document"),
                None => text.write_str("the server answered with a status that the definition does not document"),
            },
            ErrorKind::Undecodable(error) => match self.status() {
                Some(status) => write!(text, "the body of {status} is not what the definition says: {error}"),
                None => write!(text, "the body is not what the definition says: {error}"),
            },
            ErrorKind::File(error) => write!(text, "the file cannot be written: {}", self.shown(&error.to_string())),
        }
    }
}

/// As `Display`: a payload may hold what must not be printed.
impl<E: fmt::Display> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: StdError + 'static> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.kind {
            ErrorKind::Request(error) => Some(error),
            ErrorKind::NoCredential(error) => Some(error),
            ErrorKind::Token(error) => Some(error),
            ErrorKind::Transport(error) => Some(error),
            ErrorKind::Deadline(Some(error)) => Some(&**error),
            ErrorKind::Documented(error) => Some(error),
            ErrorKind::Undecodable(error) => Some(error),
            ErrorKind::File(error) => Some(error),
            ErrorKind::Undocumented | ErrorKind::Deadline(None) => None,
        }
    }
}
