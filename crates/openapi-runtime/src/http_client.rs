//! One HTTP exchange, below tokens and retries. A program or a test can replace it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use http::header::HeaderValue;

use crate::body::Body;
use crate::clock::{Clock, Within, within};
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
}

impl<H: HttpClient + ?Sized> HttpClient for Arc<H> {
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        (**self).execute(request)
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
    /// Sends `request` as it is, and gives up after `limit`.
    pub(crate) fn exchange(&self, request: http::Request<Body>, limit: Duration) -> Exchange<'_> {
        let sent = self.http.execute(request);
        let read = Box::pin(async move { read_reply(sent.await?, self.body_limit).await });
        Exchange { reply: within(&*self.clock, limit, read), limit }
    }
}

/// An exchange under way.
pub(crate) struct Exchange<'a> {
    reply: Within<'a, BoxFuture<'a, Result<Reply, HttpError>>>,
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

/// Reads the whole of `response`, `limit` bytes at most.
pub(crate) async fn read_reply(response: http::Response<Body>, limit: usize) -> Result<Reply, HttpError> {
    let (head, mut body) = response.into_parts();
    let expected = body.length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if expected > limit {
        return Err(HttpError::TooLarge(limit));
    }
    let mut read = Vec::with_capacity(expected.min(1 << 16));
    while let Some(chunk) = std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
        match chunk {
            Ok(chunk) if read.len() + chunk.len() > limit => return Err(HttpError::TooLarge(limit)),
            Ok(chunk) => read.extend_from_slice(&chunk),
            Err(error) => {
                let cut = |source, read| {
                    let reply = Box::new(Reply::new(head.status, head.headers, read));
                    HttpError::Cut { reply, source }
                };
                return Err(match error.downcast::<HttpError>().map(|error| *error) {
                    Ok(HttpError::Lost(source)) => cut(source, read),
                    Ok(other) => other,
                    Err(source) => cut(source, read),
                });
            }
        }
    }
    Ok(Reply::new(head.status, head.headers, read))
}
