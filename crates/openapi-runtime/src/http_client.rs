//! One HTTP exchange, below tokens and retries. A program or a test can replace it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderMap, HeaderValue};
use url::Url;

use crate::body::Body;
use crate::clock::{Clock, Within, within};
use crate::request::RequestUrl;
use crate::response::Reply;
use crate::transport::{BoxError, BoxFuture};

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
}

/// The reason why an exchange failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection was never made, so nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The time for the attempt ran out.
    #[error("the attempt timed out")]
    Timeout(#[source] BoxError),
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
    #[error("the body is longer than {0} bytes")]
    TooLarge(usize),
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent")]
    Request(#[source] BoxError),
}

/// An exchange with its limits of time and size: what every request goes through, those for tokens included.
pub(crate) struct Wire {
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) user_agent: HeaderValue,
    /// The longest body that is read, in bytes.
    pub(crate) body_limit: usize,
}

impl Wire {
    /// Sends `request` to `url`, and gives up after `limit`.
    pub(crate) fn exchange(&self, mut request: http::Request<Body>, url: &RequestUrl, limit: Duration) -> Exchange<'_> {
        *request.uri_mut() = url.uri.clone();
        let stage = Stage::Sending(self.http.execute_at(request, &url.url), self.body_limit);
        Exchange { reply: within(&*self.clock, limit, stage), limit }
    }
}

/// An exchange under way.
pub(crate) struct Exchange<'a> {
    reply: Within<'a, Stage<'a>>,
    limit: Duration,
}

impl Future for Exchange<'_> {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let late = |limit| Err(HttpError::Timeout(format!("no answer within {limit:.1?}").into()));
        let limit = self.limit;
        Pin::new(&mut self.reply).poll(context).map(|reply| reply.unwrap_or_else(|| late(limit)))
    }
}

/// How far an exchange is.
enum Stage<'a> {
    /// Until the headers of the response have come; with the longest body that is read, in bytes.
    Sending(BoxFuture<'a, Result<http::Response<Body>, HttpError>>, usize),
    Reading(Reading),
}

impl Future for Stage<'_> {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Self::Sending(sending, limit) = &mut *self {
            let limit = *limit;
            let response = ready!(sending.as_mut().poll(context))?;
            *self = Self::Reading(Reading::new(response, limit));
        }
        match &mut *self {
            Self::Reading(reading) => Pin::new(reading).poll(context),
            Self::Sending(..) => Poll::Pending,
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

    /// The part that has arrived.
    fn take(&mut self) -> Reply {
        std::mem::replace(&mut self.reply, Reply::new(StatusCode::OK, HeaderMap::new(), Vec::new()))
    }
}

impl Future for Reading {
    type Output = Result<Reply, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let length = self.reply.body.len();
            if self.rest.length().is_some_and(|rest| rest > (self.limit - length) as u64) {
                return Poll::Ready(Err(HttpError::TooLarge(self.limit)));
            }
            match ready!(self.rest.poll_chunk(context)) {
                None => return Poll::Ready(Ok(self.take())),
                Some(Ok(chunk)) if length + chunk.len() > self.limit => {
                    return Poll::Ready(Err(HttpError::TooLarge(self.limit)));
                }
                Some(Ok(chunk)) => self.reply.body.extend_from_slice(&chunk),
                Some(Err(error)) => {
                    let mut cut = |source| HttpError::Cut { reply: Box::new(self.take()), source };
                    return Poll::Ready(Err(match error.downcast::<HttpError>().map(|error| *error) {
                        Ok(HttpError::Lost(source)) => cut(source),
                        Ok(other) => other,
                        Err(source) => cut(source),
                    }));
                }
            }
        }
    }
}
