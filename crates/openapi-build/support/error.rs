//! The one error type of all operations.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// Why an operation failed. `E` is the operation's enum of documented errors.
///
/// Whatever the reason, it tells how often the request was sent and how long it took; where a response came, it holds
/// its status, all headers and the bytes of its body. Where the time for the call ran out after an answer, it holds that one.
pub struct Error<E> {
    inner: Box<Inner<E>>,
}

struct Inner<E> {
    kind: ErrorKind<E>,
    operation: &'static Operation,
    reply: Option<Reply>,
    attempts: u32,
    elapsed: Duration,
}

/// The reasons for an [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind<E> {
    /// The request cannot be built: a value that its place cannot hold, or no server to send it to.
    Request(BoxError),
    /// No credential was given for any of the schemes that the operation takes.
    NoCredential(BoxError),
    /// The token endpoint gave no token.
    Token(BoxError),
    /// The time for the whole call ran out; the last failure before that, if any, is inside.
    Deadline(Option<BoxError>),
    /// The connection was not made, or was lost.
    Transport(BoxError),
    /// The server answered with an error that the definition documents.
    Documented(E),
    /// The server answered with a status that the definition does not document.
    Undocumented,
    /// The status is documented, but the body is not what the definition says.
    Undecodable(DecodeError),
}

impl<E> Error<E> {
    fn from_failure(operation: &'static Operation, failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::Request(error) => ErrorKind::Request(error),
            FailureKind::NoCredential(error) => ErrorKind::NoCredential(error),
            FailureKind::Token(error) => ErrorKind::Token(error),
            FailureKind::Deadline(error) => ErrorKind::Deadline(error),
            FailureKind::Transport(error) => ErrorKind::Transport(error),
        };
        let reply = failure.reply.map(|reply| *reply);
        Self { inner: Box::new(Inner { kind, operation, reply, attempts: failure.attempts, elapsed: failure.elapsed }) }
    }

    fn from_reply(operation: &'static Operation, kind: ErrorKind<E>, reply: Reply) -> Self {
        let (attempts, elapsed) = (reply.attempts, reply.elapsed);
        Self { inner: Box::new(Inner { kind, operation, reply: Some(reply), attempts, elapsed }) }
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

    /// The status, where a response came.
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.reply.as_ref().map(|reply| reply.status)
    }

    /// All headers of the response, where one came.
    pub fn raw_headers(&self) -> Option<&HeaderMap> {
        self.inner.reply.as_ref().map(|reply| &reply.headers)
    }

    /// The bytes of the response's body, where one came.
    pub fn raw_body(&self) -> Option<&[u8]> {
        self.inner.reply.as_ref().map(|reply| reply.body.as_slice())
    }

    /// The `X-Request-Id` that the server gave, to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.raw_headers()?)
    }

    /// What the server says of the failure, in a sentence: `detail`, `message` or `title` of a JSON body, or of the first of
    /// its `errors`.
    pub fn detail(&self) -> Option<String> {
        detail(self.raw_body()?)
    }

    /// Whether the same call may succeed later, and does no harm if it is sent again: after 429, or 503 that says when;
    /// and where the operation is idempotent, after 408, 500, 502, 503, 504 and where no answer came.
    pub fn is_retryable(&self) -> bool {
        let idempotent = self.inner.operation.idempotent;
        match &self.inner.kind {
            ErrorKind::Transport(_) | ErrorKind::Deadline(_) => idempotent,
            ErrorKind::Request(_) | ErrorKind::NoCredential(_) | ErrorKind::Token(_) => false,
            _ => match self.status().map(|status| status.as_u16()) {
                Some(429) => true,
                Some(503) => {
                    idempotent || self.raw_headers().is_some_and(|headers| headers.contains_key("retry-after"))
                }
                Some(408 | 500 | 502 | 504) => idempotent,
                _ => false,
            },
        }
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The time from the call to this error, waits included.
    pub fn elapsed(&self) -> Duration {
        self.inner.elapsed
    }
}

/// What code that serves any operation wants to know of a failure.
///
/// ```text
/// fn log(error: &dyn OperationError) {
///     eprintln!("{} failed ({:?}): {error}", error.operation().id, error.status());
/// }
/// ```
pub trait OperationError: StdError {
    /// The operation that failed.
    fn operation(&self) -> &'static Operation;
    /// The status, where a response came.
    fn status(&self) -> Option<StatusCode>;
    /// All headers of the response, where one came.
    fn raw_headers(&self) -> Option<&HeaderMap>;
    /// The bytes of the response's body, where one came.
    fn raw_body(&self) -> Option<&[u8]>;
    /// The `X-Request-Id` that the server gave.
    fn request_id(&self) -> Option<&str>;
    /// What the server says of the failure, in a sentence.
    fn detail(&self) -> Option<String>;
    /// Whether the same call may succeed later, and does no harm if it is sent again.
    fn is_retryable(&self) -> bool;
    /// How often the request was sent.
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
                return Some(one_line(text));
            }
        }
    }
    None
}

/// `text` without control characters, of 300 characters at most.
fn one_line(text: &str) -> String {
    let mut line = text.replace(char::is_control, " ");
    if let Some((end, _)) = line.char_indices().nth(300) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Says what failed: the operation, the status, what the server says of it, and the request id.
impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.inner.operation.id)?;
        match &self.inner.kind {
            ErrorKind::Request(error) => write!(f, "the request cannot be built: {error}"),
            ErrorKind::NoCredential(error) => write!(f, "no credential: {error}"),
            ErrorKind::Token(error) => write!(f, "no token: {error}"),
            ErrorKind::Deadline(None) => f.write_str("the time for the call ran out"),
            ErrorKind::Deadline(Some(error)) => write!(f, "the time for the call ran out; last: {error}"),
            ErrorKind::Transport(error) => write!(f, "no answer: {}", chain(&**error)),
            ErrorKind::Documented(error) => write!(f, "{error}"),
            ErrorKind::Undocumented => match self.status() {
                Some(status) => write!(f, "the server answered {status}, which the definition does not document"),
                None => f.write_str("the server answered with a status that the definition does not document"),
            },
            ErrorKind::Undecodable(error) => match self.status() {
                Some(status) => write!(f, "the body of {status} is not what the definition says: {error}"),
                None => write!(f, "the body is not what the definition says: {error}"),
            },
        }?;
        if let Some(detail) = self.detail() {
            write!(f, ": {detail}")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request id {id})")?;
        }
        if self.inner.attempts > 1 {
            write!(f, " (after {} attempts in {:.1?})", self.inner.attempts, self.inner.elapsed)?;
        }
        Ok(())
    }
}

/// An error and its sources, as one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
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
            ErrorKind::Request(error)
            | ErrorKind::NoCredential(error)
            | ErrorKind::Token(error)
            | ErrorKind::Transport(error)
            | ErrorKind::Deadline(Some(error)) => Some(&**error),
            ErrorKind::Documented(error) => Some(error),
            ErrorKind::Undecodable(error) => Some(error),
            ErrorKind::Undocumented | ErrorKind::Deadline(None) => None,
        }
    }
}

/// A value that a type does not take: what it is for, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError {
    /// The names that lead to the value.
    path: String,
    rule: std::borrow::Cow<'static, str>,
    /// Whether `path` names the value itself, and not yet the field that holds it.
    own: bool,
}

impl ConversionError {
    /// What is called `name` breaks `rule`.
    pub(crate) fn broken(name: &str, rule: String) -> Self {
        Self { path: name.to_owned(), rule: rule.into(), own: true }
    }

    /// A value that is no alternative of `name`.
    pub(crate) fn no_alternative(name: &str) -> Self {
        format!("it is no alternative of {name}").into()
    }

    /// The field that does not take its value, as the names that lead to it, with dots between them; empty where there
    /// is none.
    pub fn field(&self) -> &str {
        &self.path
    }

    /// The rule that the value breaks.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

/// The error for a text that is no value of the enum `name`.
pub(crate) fn unknown<T>(name: &str, text: &str) -> Result<T, ConversionError> {
    Err(format!("`{text}` is no value of {name}").into())
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.rule),
            path => write!(f, "{path}: {}", self.rule),
        }
    }
}

impl StdError for ConversionError {}

impl From<&'static str> for ConversionError {
    fn from(rule: &'static str) -> Self {
        Self { path: String::new(), rule: rule.into(), own: true }
    }
}

impl From<String> for ConversionError {
    fn from(rule: String) -> Self {
        Self { path: String::new(), rule: rule.into(), own: true }
    }
}

/// `result`, whose error names the field `name` that it is for.
///
/// # Errors
///
/// Those of `result`.
pub(crate) fn within<T>(name: &str, result: Result<T, ConversionError>) -> Result<T, ConversionError> {
    result.map_err(|error| {
        let path = if error.own { name.to_owned() } else { format!("{name}.{}", error.path) };
        ConversionError { path, own: false, ..error }
    })
}

/// What a field holds that must hold something.
///
/// # Errors
///
/// When it holds nothing.
pub(crate) fn given<T>(name: &str, value: Option<T>) -> Result<T, ConversionError> {
    within(name, value.ok_or_else(|| "it is required".into()))
}

/// What is not null.
///
/// # Errors
///
/// When it is.
pub(crate) fn not_null<T>(value: Option<T>) -> Result<T, ConversionError> {
    value.ok_or_else(|| "it must not be null".into())
}
