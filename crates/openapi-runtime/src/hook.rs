//! Hooks: a program's own code around each attempt to send a request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::clock::{Clock, within};
use crate::http_client::{HttpError, Wire};
use crate::operation::Operation;
use crate::request::RequestUrl;

/// Runs around each attempt to send a request: sees it before it is sent, and the response before its body is read.
///
/// [`ClientBuilder::hook`](crate::ClientBuilder::hook) adds one to a client. A call that is tried again runs its hooks again, each
/// time with the credential of that attempt, and so does a download or an event stream that goes on after its connection broke.
/// Requests for tokens run none. All of a hook's work counts as time of the attempt.
///
/// ```
/// use openapi_runtime::http::{HeaderValue, Response};
/// use openapi_runtime::{Api, ApiKey, Body, BoxFuture, BuildError, Hook, HttpError, Next, Outbound};
///
/// /// Signs each request.
/// struct Sign {
///     key: Vec<u8>,
/// }
/// # fn signature(_: &[u8], _: &str, _: &[u8]) -> String { String::new() }
///
/// impl Hook for Sign {
///     fn around<'a>(
///         &'a self,
///         mut outbound: Outbound,
///         next: Next<'a>,
///     ) -> BoxFuture<'a, Result<Response<Body>, HttpError>> {
///         Box::pin(async move {
///             let request = &mut outbound.request;
///             // `None` for a file or a stream.
///             let body = request.body().as_bytes().unwrap_or_default();
///             let signature = signature(&self.key, request.uri().path(), body);
///             let value = HeaderValue::try_from(signature).map_err(|error| HttpError::Request(error.into()))?;
///             request.headers_mut().insert("x-signature", value);
///             let response = next.run(outbound).await?;
///             println!("{}", response.status());
///             Ok(response)
///         })
///     }
/// }
///
/// fn client<A: Api>(key: Vec<u8>) -> Result<A, BuildError> {
///     A::builder().credentials(ApiKey::new("k-1")).hook(Sign { key }).build()
/// }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Sends `outbound` by `next`, or answers it without sending it.
    ///
    /// The retry policy judges what is returned as it judges what an [`HttpClient`](crate::HttpClient) returns. An attempt that
    /// takes too long is an [`HttpError::Timeout`] here. The future is dropped where a call is given up: by the caller, or
    /// because the server reads no more of the body.
    fn around<'a>(
        &'a self,
        outbound: Outbound,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>>;
}

impl<H: Hook + ?Sized> Hook for Arc<H> {
    fn around<'a>(
        &'a self,
        outbound: Outbound,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>> {
        (**self).around(outbound, next)
    }
}

/// An attempt that is about to be sent. Its `Debug` shows neither URL nor headers nor body, which may hold secrets.
#[non_exhaustive]
pub struct Outbound {
    /// The operation: its id, method and path template, among others.
    pub operation: &'static Operation,
    /// The number of this attempt among those of the call, from 1.
    pub attempt: u32,
    /// The request as it is sent, with the credential: with all headers but those that HTTP adds by itself (`Host`, and what
    /// frames the message). The credential is in it, so do not log its headers or its URL. Path, query, headers and body may be
    /// changed; a request to another server is not sent.
    pub request: http::Request<Body>,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("operation", &self.operation.id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// The hooks that follow, and the HTTP client behind them.
pub struct Next<'a> {
    wire: &'a Wire,
    hooks: &'a [Arc<dyn Hook>],
    url: Arc<RequestUrl>,
    start: Instant,
    /// For the attempt, from its start.
    limit: Duration,
}

impl<'a> Next<'a> {
    pub(crate) fn new(wire: &'a Wire, url: &Arc<RequestUrl>, limit: Duration) -> Self {
        Self { wire, hooks: &wire.hooks, url: Arc::clone(url), start: wire.clock.now(), limit }
    }

    /// Sends the request, and gives the response when its headers have come.
    ///
    /// # Errors
    ///
    /// When there is no response, or a hook that follows says so.
    pub fn run(mut self, outbound: Outbound) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>> {
        match self.hooks.split_first() {
            Some((first, rest)) => {
                self.hooks = rest;
                first.around(outbound, self)
            }
            None => Box::pin(self.send(outbound.request)),
        }
    }

    /// The clock of the client, to measure by.
    pub fn clock(&self) -> &'a dyn Clock {
        &*self.wire.clock
    }

    /// Sends `request` within what is left of the attempt's time, so that the hooks see that it ran out.
    async fn send(self, request: http::Request<Body>) -> Result<http::Response<Body>, HttpError> {
        let (http, clock, uri) = (&self.wire.http, &*self.wire.clock, request.uri().clone());
        let sending = if uri == self.url.uri {
            http.execute_at(request, &self.url.url)
        } else if is_same_server(&uri, &self.url.uri) {
            http.execute(request)
        } else {
            // The credential in it is for one server only.
            return Err(HttpError::Request("a hook changed the server of the request".into()));
        };
        let left = self.limit.saturating_sub(clock.now().saturating_duration_since(self.start));
        match within(clock, left, sending).await {
            Some(result) => result,
            None => {
                http.timed_out(&self.url.uri, clock.now());
                Err(HttpError::late(None, self.limit))
            }
        }
    }
}

fn is_same_server(one: &http::Uri, other: &http::Uri) -> bool {
    one.scheme() == other.scheme() && one.authority() == other.authority()
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("hooks", &self.hooks.len()).finish_non_exhaustive()
    }
}
