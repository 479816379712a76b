//! Hooks: a program's own code around each attempt to send a request.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};
use std::time::{Duration, Instant};

use http::header::{HeaderMap, HeaderValue};

use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::clock::{Clock, within};
use crate::http_client::{HttpError, Wire};
use crate::operation::Operation;
use crate::outgoing::Progress;
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
    /// takes too long is an [`HttpError::Timeout`] here. Where the caller gives the call up, the future is dropped.
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
    /// changed; a request to another server is not sent. No error shows a header that is marked as sensitive
    /// ([`HeaderValue::set_sensitive`]), even if the server repeats it.
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

/// What hooks are to know about an attempt.
pub(crate) struct Around {
    pub(crate) operation: &'static Operation,
    /// From 1.
    pub(crate) attempt: u32,
    /// Of a body that is not in memory, what is taken of it, and for how long nothing may be.
    pub(crate) watched: Option<(Progress, Duration)>,
    pub(crate) sensitive: Sensitive,
}

/// The headers of a request that are marked as sensitive when its hooks have run.
#[derive(Clone, Default)]
pub(crate) struct Sensitive(Arc<Mutex<Vec<HeaderValue>>>);

impl Sensitive {
    pub(crate) fn take(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, headers: &HeaderMap) {
        let sensitive = headers.values().filter(|value| value.is_sensitive()).cloned().collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sensitive;
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
    watched: Option<(Progress, Duration)>,
    sensitive: Sensitive,
}

impl<'a> Next<'a> {
    /// Sends `request` through all hooks, within `limit`.
    pub(crate) fn start(
        wire: &'a Wire,
        url: &Arc<RequestUrl>,
        limit: Duration,
        around: Around,
        request: http::Request<Body>,
    ) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>> {
        let Around { operation, attempt, watched, sensitive } = around;
        let (hooks, url, start) = (wire.hooks.as_slice(), Arc::clone(url), wire.clock.now());
        let next = Self { wire, hooks, url, start, limit, watched, sensitive };
        next.run(Outbound { operation, attempt, request })
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

    /// Sends `request` within the limits of the attempt, so that the hooks see which was reached.
    async fn send(self, request: http::Request<Body>) -> Result<http::Response<Body>, HttpError> {
        self.sensitive.note(request.headers());
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
        let mut sent = within(clock, left, sending);
        let late = || HttpError::late(None, self.limit);
        let result = match &self.watched {
            None => sent.await.ok_or_else(late),
            Some((progress, limit)) => {
                let mut stalled = pin!(progress.stalled(*limit));
                poll_fn(|context| {
                    if let Poll::Ready(sent) = Pin::new(&mut sent).poll(context) {
                        return Poll::Ready(sent.ok_or_else(late));
                    }
                    let sent = ready!(stalled.as_mut().poll(context));
                    Poll::Ready(Err(HttpError::Stalled { sent, limit: *limit }))
                })
                .await
            }
        };
        result.unwrap_or_else(|error| {
            http.timed_out(&self.url.uri, clock.now());
            Err(error)
        })
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
