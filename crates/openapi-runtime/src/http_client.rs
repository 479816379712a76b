//! One HTTP exchange, below tokens and retries. A program or a test can replace it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use http::header::HeaderValue;
use url::Url;

use crate::body::Body;
use crate::boxed::{BoxError, BoxFuture};
use crate::clock::{Clock, Within, within};
use crate::hook::{Around, Hook, Next};
use crate::outgoing::Progress;
use crate::request::RequestUrl;
use crate::response::Reply;

/// Sends one request.
///
/// Implement it to send by another library than reqwest; several clients can share one, as an `Arc`.
///
/// ```
/// use openapi_runtime::http::{Request, Response};
/// use openapi_runtime::{Body, BoxFuture, HttpClient, HttpError};
///
/// /// Gives every request back as the response.
/// struct Echo;
///
/// impl HttpClient for Echo {
///     fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
///         Box::pin(std::future::ready(Ok(Response::new(request.into_body()))))
///     }
/// }
/// ```
pub trait HttpClient: Send + Sync + 'static {
    /// Sends `request` once and follows no redirect. The caller reads the body of the response; an error
    /// of reading it may be a boxed [`HttpError`].
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>>;

    /// The same for a request whose URI is `url`, which spares reqwest another parsing.
    #[doc(hidden)]
    fn execute_at(
        &self,
        request: http::Request<Body>,
        url: &Url,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let _ = url;
        self.execute(request)
    }

    /// Learns that a request to `uri` got no answer in time, by the client's clock. What it was sent by may be dead without a
    /// sign: an implementation can send new requests to that origin by new connections.
    fn timed_out(&self, uri: &http::Uri, now: Instant) {
        let _ = (uri, now);
    }
}

impl<H: HttpClient + ?Sized> HttpClient for Arc<H> {
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        (**self).execute(request)
    }

    fn execute_at(
        &self,
        request: http::Request<Body>,
        url: &Url,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        (**self).execute_at(request, url)
    }

    fn timed_out(&self, uri: &http::Uri, now: Instant) {
        (**self).timed_out(uri, now);
    }
}

/// The reason why an exchange failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection was never made, so nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The server says that it has not processed the request: an HTTP/2 stream that it refused, or one that came after those
    /// that it still serves before it shuts down ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)).
    #[error("the server refused the request unprocessed")]
    Refused(#[source] BoxError),
    /// The time for the attempt ran out.
    #[error("the attempt timed out")]
    Timeout {
        /// The part of the response that arrived, if the headers did.
        reply: Option<Box<Reply>>,
        /// The limit that was reached.
        source: BoxError,
    },
    /// The server read no more of the body of the request.
    #[error("the server read no more of the body for {limit:.1?}, after {sent} bytes were sent")]
    Stalled {
        /// How many bytes of the body were given to the connection.
        sent: u64,
        /// The limit that was reached.
        limit: Duration,
    },
    /// The connection was lost, or what came back is not HTTP.
    #[error("the connection was lost")]
    Lost(#[source] BoxError),
    /// The connection was lost before the whole body had come.
    #[error("the connection was lost in the middle of the body")]
    Cut {
        /// The part that arrived.
        reply: Box<Reply>,
        /// The reason why the rest did not.
        source: BoxError,
    },
    /// The body is longer than the limit.
    #[error("the body is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
        /// The status, the headers, and no more of the body than the limit allows.
        reply: Box<Reply>,
    },
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent")]
    Request(#[source] BoxError),
    /// The connection was lost in the middle of a download, and what the server sent next is not the rest of it.
    #[error("the download cannot be continued")]
    Continue(#[source] BoxError),
}

impl HttpError {
    /// The attempt was not over within `limit`; with what came of the response.
    pub(crate) fn late(reply: Option<Box<Reply>>, limit: Duration) -> Self {
        Self::Timeout { reply, source: format!("no answer within {limit:.1?}").into() }
    }

    /// The part of a response that arrived.
    pub(crate) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Timeout { reply, .. } => reply.as_deref(),
            Self::Cut { reply, .. } | Self::TooLarge { reply, .. } => Some(reply),
            Self::Connect(_)
            | Self::Refused(_)
            | Self::Stalled { .. }
            | Self::Lost(_)
            | Self::Request(_)
            | Self::Continue(_) => None,
        }
    }

    /// Whether time ran out.
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Stalled { .. })
    }

    /// Takes the part of a response that arrived.
    pub(crate) fn take_reply(&mut self) -> Option<Box<Reply>> {
        match self {
            Self::Timeout { reply, .. } => reply.take(),
            Self::Cut { reply, .. } | Self::TooLarge { reply, .. } => Some(Box::new(reply.take())),
            Self::Connect(_)
            | Self::Refused(_)
            | Self::Stalled { .. }
            | Self::Lost(_)
            | Self::Request(_)
            | Self::Continue(_) => None,
        }
    }
}

/// An exchange with its limits of time and size: what every request goes through, those for tokens included.
pub(crate) struct Wire {
    pub(crate) http: Arc<dyn HttpClient>,
    /// What runs around each attempt of an operation, outermost first.
    pub(crate) hooks: Vec<Arc<dyn Hook>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) user_agent: HeaderValue,
    /// The longest body that is held in memory, in bytes.
    pub(crate) body_limit: usize,
}

/// How much of a response an exchange reads.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Only the head, if it is a success.
    Head,
}

impl Wire {
    /// Sends `request` to `url`, and gives up after `limit`.
    pub(crate) fn exchange(&self, request: http::Request<Body>, url: Arc<RequestUrl>, limit: Duration) -> Exchange<'_> {
        self.exchange_of(request, url, limit, (Extent::Whole, self.body_limit), None)
    }

    /// The same, with how much of the response is read, the longest body of which all is read, and what the hooks are to know,
    /// if they run around it.
    pub(crate) fn exchange_of(
        &self,
        mut request: http::Request<Body>,
        url: Arc<RequestUrl>,
        limit: Duration,
        (extent, body_limit): (Extent, usize),
        around: Option<Around>,
    ) -> Exchange<'_> {
        *request.uri_mut() = url.uri.clone();
        let sending = match around {
            Some(around) => Next::start(self, &url, limit, around, request),
            None => self.http.execute_at(request, &url.url),
        };
        let stage = Stage::Sending(sending, body_limit, extent);
        Exchange { wire: self, url, reply: within(&*self.clock, limit, stage), limit }
    }
}

/// An exchange under way.
pub(crate) struct Exchange<'a> {
    wire: &'a Wire,
    url: Arc<RequestUrl>,
    reply: Within<'a, Stage<'a>>,
    limit: Duration,
}

impl Exchange<'_> {
    /// The outcome, or an error if the server reads no more of the body for `limit` before it answers.
    pub(crate) async fn watched(&mut self, progress: Progress, limit: Duration) -> Result<Reply, HttpError> {
        let mut stalled = pin!(progress.stalled(limit));
        poll_fn(|context| {
            if let Poll::Ready(result) = Pin::new(&mut *self).poll(context) {
                return Poll::Ready(result);
            }
            if !matches!(self.reply.future, Stage::Sending(..)) {
                return Poll::Pending;
            }
            let sent = ready!(stalled.as_mut().poll(context));
            self.wire.http.timed_out(&self.url.uri, self.wire.clock.now());
            Poll::Ready(Err(HttpError::Stalled { sent, limit }))
        })
        .await
    }

    /// What is left of a response of which only the head was read, and where it comes from.
    pub(crate) fn into_rest(self) -> Option<(Body, Arc<RequestUrl>)> {
        match self.reply.future {
            Stage::Opened(rest) => Some((rest, self.url)),
            Stage::Sending(..) | Stage::Reading(_) => None,
        }
    }
}

impl Future for Exchange<'_> {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(reply) = ready!(Pin::new(&mut self.reply).poll(context)) else {
            self.wire.http.timed_out(&self.url.uri, self.wire.clock.now());
            let reply = match &mut self.reply.future {
                Stage::Sending(..) | Stage::Opened(_) => None,
                Stage::Reading(reading) => Some(Box::new(reading.reply.take())),
            };
            return Poll::Ready(Err(HttpError::late(reply, self.limit)));
        };
        Poll::Ready(reply)
    }
}

/// How far an exchange is.
#[allow(clippy::large_enum_variant, reason = "it is part of a future that is on the heap")]
enum Stage<'a> {
    /// Until the headers of the response have come; with the longest body that is read, in bytes.
    Sending(BoxFuture<'a, Result<http::Response<Body>, HttpError>>, usize, Extent),
    Reading(Reading),
    /// Only the head was read.
    Opened(Body),
}

impl Future for Stage<'_> {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Self::Sending(sending, limit, extent) = &mut *self {
            let (limit, extent) = (*limit, *extent);
            let response = ready!(sending.as_mut().poll(context))?;
            if matches!(extent, Extent::Head) && response.status().is_success() {
                let (head, rest) = response.into_parts();
                *self = Self::Opened(rest);
                return Poll::Ready(Ok(Reply::new(head.status, head.headers, Vec::new())));
            }
            *self = Self::Reading(Reading::new(response, limit));
        }
        match &mut *self {
            Self::Reading(reading) => Pin::new(reading).poll(context),
            Self::Sending(..) | Self::Opened(_) => Poll::Pending,
        }
    }
}

/// The future of the whole of a response.
pub(crate) struct Reading {
    reply: Reply,
    rest: Body,
    /// The longest body that is read, in bytes.
    limit: usize,
}

impl Reading {
    pub(crate) fn new(response: http::Response<Body>, limit: usize) -> Self {
        let (head, rest) = response.into_parts();
        let expected = rest.length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        let body = Vec::with_capacity(if expected > limit { 0 } else { expected.min(1 << 16) });
        Self { reply: Reply::new(head.status, head.headers, body), rest, limit }
    }

    fn too_large(&mut self) -> HttpError {
        HttpError::TooLarge { limit: self.limit, reply: Box::new(self.reply.take()) }
    }
}

impl Future for Reading {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let length = self.reply.body.len();
            if self.rest.length().is_some_and(|rest| rest > (self.limit - length) as u64) {
                return Poll::Ready(Err(self.too_large()));
            }
            match ready!(self.rest.poll_chunk(context)) {
                None => return Poll::Ready(Ok(self.reply.take())),
                Some(Ok(chunk)) if length + chunk.len() > self.limit => {
                    return Poll::Ready(Err(self.too_large()));
                }
                Some(Ok(chunk)) => self.reply.body.extend_from_slice(&chunk),
                Some(Err(error)) => return Poll::Ready(Err(cut(error, self.reply.take()))),
            }
        }
    }
}

/// The error for a body of which `error` kept the rest away; `reply` is what came.
pub(crate) fn cut(error: BoxError, reply: Reply) -> HttpError {
    let reply = Box::new(reply);
    match error.downcast::<HttpError>().map(|error| *error) {
        Ok(HttpError::Timeout { source, .. }) => HttpError::Timeout { reply: Some(reply), source },
        Ok(HttpError::Lost(source)) | Err(source) => HttpError::Cut { reply, source },
        Ok(other) => other,
    }
}
