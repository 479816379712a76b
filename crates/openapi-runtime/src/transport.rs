//! The boundary between generated operations and whatever carries their requests.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use crate::boxed::BoxFuture;
use crate::build_error::BuildError;
use crate::error::ErrorKind;
use crate::http_client::{HttpClient, Reading};
use crate::options::CallOptions;
use crate::outgoing;
use crate::request::{Request, RequestError};
use crate::response::Reply;
use crate::servers::{ServerError, checked_url};
use crate::streaming::Opened;

/// Sends the request of an operation to its server and returns the response.
///
/// Tokens, retries and deadlines live in the transport that [`ClientBuilder`](crate::ClientBuilder) makes; [`Direct`] has
/// none of them. Tests can use a transport of their own instead:
///
/// ```
/// use openapi_runtime::http::{HeaderMap, StatusCode};
/// use openapi_runtime::{BoxFuture, Failure, Reply, Request, Transport};
///
/// /// Answers every request with 204.
/// struct NoContent;
///
/// impl Transport for NoContent {
///     fn send(&self, _: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
///         let reply = Reply::new(StatusCode::NO_CONTENT, HeaderMap::new(), Vec::new());
///         Box::pin(std::future::ready(Ok(reply)))
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`. Any status is an `Ok`; a [`Failure`] means that there is no response.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>>;

    /// Sends `request`, and gives a success as soon as its head has come; the body follows. Unless it is implemented, the whole
    /// of a response is read by [`send`](Self::send) before its body is streamed.
    fn open(&self, request: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        let sent = self.send(request);
        Box::pin(async move { sent.await.map(Opened::whole) })
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        (**self).send(request)
    }

    fn open(&self, request: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        (**self).open(request)
    }
}

/// The reason why there is no response to a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The reason; never [`Documented`](ErrorKind::Documented), [`Undocumented`](ErrorKind::Undocumented) or
    /// [`Undecodable`](ErrorKind::Undecodable), which need a response.
    pub kind: ErrorKind<Infallible>,
    /// The number of times that the request was sent.
    pub attempts: u32,
    /// The time from the call to this failure.
    pub elapsed: Duration,
    /// The last response before the failure, if there was one.
    pub reply: Option<Box<Reply>>,
}

impl Failure {
    /// Creates a failure without a response.
    pub fn new(kind: ErrorKind<Infallible>, attempts: u32, elapsed: Duration) -> Self {
        Self { kind, attempts, elapsed, reply: None }
    }
}

/// The simplest transport: one attempt at one server, without a credential.
///
/// ```
/// # #[cfg(feature = "reqwest")]
/// # fn run() -> Result<(), openapi_runtime::BuildError> {
/// use openapi_runtime::{Direct, ReqwestClient};
///
/// let direct = Direct::new(ReqwestClient::new()?).server("http://127.0.0.1:8080")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Direct {
    http: Arc<dyn HttpClient>,
    server: Option<Url>,
}

impl Direct {
    /// Sends by `http` to the first server that the definition names for the operation, with the default of each variable
    /// of its URL. A [placeholder](crate::Server::is_placeholder) is an error.
    pub fn new(http: impl HttpClient) -> Self {
        Self { http: Arc::new(http), server: None }
    }

    /// Sends to this server instead of the definition's.
    ///
    /// # Errors
    ///
    /// [`BuildError::Url`], when it is not an http or https URL.
    pub fn server(mut self, url: &str) -> Result<Self, BuildError> {
        self.server = Some(checked_url(url)?);
        Ok(self)
    }

    /// The response to `request`, of which only the head is read.
    async fn execute(&self, mut request: Request, start: Instant) -> Result<http::Response<crate::Body>, Failure> {
        let failed = |kind: ErrorKind<Infallible>, attempts| Failure::new(kind, attempts, start.elapsed());
        if let Some(options) = request.options.take() {
            options.apply(&mut request, &[]).map_err(|error| failed(error.into(), 0))?;
        }
        let mut broken = None;
        if !request.body.is_in_memory() {
            let opened = outgoing::open(std::mem::take(&mut request.body), None).await;
            let (body, kept) = opened.map_err(|error| failed(RequestError::from(error).into(), 0))?;
            (request.body, broken) = (body, Some(kept));
        }
        let http = self.http_request(request).map_err(|error| failed(error.into(), 0))?;
        self.http.execute(http).await.map_err(|error| match broken.and_then(|broken| broken.take()) {
            Some(error) => failed(RequestError::from(error).into(), 1),
            None => failed(ErrorKind::Transport(error), 1),
        })
    }

    /// The request as HTTP, for the server that it goes to.
    fn http_request(&self, request: Request) -> Result<http::Request<crate::Body>, RequestError> {
        let server = match (&self.server, request.operation.servers.first()) {
            (Some(server), _) => server.clone(),
            (None, Some(server)) => server.default_target()?,
            (None, None) => return Err(ServerError::NotNamed.into()),
        };
        request.into_http(&server)
    }
}

impl Transport for Direct {
    fn open(&self, request: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        Box::pin(async move {
            let start = Instant::now();
            let response = self.execute(request, start).await?;
            let failed = |error| Failure::new(ErrorKind::Transport(error), 1, start.elapsed());
            if !response.status().is_success() {
                let reply = Reading::new(response, usize::MAX).await.map_err(failed)?;
                return Ok(Opened::whole(reply.after(1, start.elapsed())));
            }
            let (head, rest) = response.into_parts();
            Ok(Opened::new(Reply::new(head.status, head.headers, Vec::new()).after(1, start.elapsed()), rest))
        })
    }

    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        Box::pin(async move {
            let start = Instant::now();
            let response = self.execute(request, start).await?;
            match Reading::new(response, usize::MAX).await {
                Ok(reply) => Ok(reply.after(1, start.elapsed())),
                Err(error) => Err(Failure::new(ErrorKind::Transport(error), 1, start.elapsed())),
            }
        })
    }
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct").field("server", &self.server.as_ref().map(Url::as_str)).finish_non_exhaustive()
    }
}

/// Hands options to the transport below, with each request.
pub(crate) struct Optioned {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) options: Arc<CallOptions>,
}

impl Transport for Optioned {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        request.add_options(&self.options);
        self.inner.send(request)
    }

    fn open(&self, mut request: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        request.add_options(&self.options);
        self.inner.open(request)
    }
}
