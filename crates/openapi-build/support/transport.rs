//! The boundary between the generated operations and whatever carries their requests.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

/// An error of any kind.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries the request of an operation to its server and brings the answer back.
///
/// Tokens, retries and deadlines live in implementations of this trait. [`Direct`] has none of them.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`. Any status is an `Ok`; a [`Failure`] means that there is no answer to show.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>>;
}

/// A request that an operation has built, before a server and a credential are chosen.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The operation's row of the operation table.
    pub operation: &'static Operation,
    /// The path with its parameters filled in and percent-encoded, with a leading slash.
    pub path: String,
    /// The query, encoded, without `?`; empty for none.
    pub query: String,
    /// The header parameters, `Accept` and `Content-Type`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// What the caller asks of the transport for this one call. A transport that does not know its type heeds it not.
    pub options: Option<Arc<dyn Any + Send + Sync>>,
}

impl Request {
    fn new(operation: &'static Operation) -> Self {
        let mut headers = HeaderMap::new();
        if !operation.accept.is_empty() {
            headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
        }
        // Definitions have path templates with a query, which OpenAPI does not foresee.
        let (path, query) = operation.path.split_once('?').unwrap_or((operation.path, ""));
        Self { operation, path: path.to_owned(), query: query.to_owned(), headers, body: None, options: None }
    }

    fn set_body(&mut self, content_type: Cow<'static, str>, body: Vec<u8>) -> Result<(), BoxError> {
        let value = match content_type {
            Cow::Borrowed(text) if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                HeaderValue::from_static(text)
            }
            text => HeaderValue::from_str(&text).map_err(|_| format!("`{text}` is no media type"))?,
        };
        self.headers.insert(CONTENT_TYPE, value);
        self.body = Some(body);
        Ok(())
    }

    /// The URL of this request at `server`, whose own path, if any, comes first.
    ///
    /// # Errors
    ///
    /// When the server cannot be a base, as `mailto:` cannot.
    pub fn url(&self, server: &Url) -> Result<Url, BoxError> {
        if server.cannot_be_a_base() {
            return Err(format!("`{server}` cannot be a server").into());
        }
        let mut url = server.clone();
        let base = server.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{}", self.path));
        url.set_query((!self.query.is_empty()).then_some(self.query.as_str()));
        Ok(url)
    }

    /// This request as HTTP, for the server at `server`.
    ///
    /// # Errors
    ///
    /// When the server cannot be a base, or the method is not one of HTTP's.
    pub fn to_http(&self, server: &Url) -> Result<reqwest::Request, BoxError> {
        let method = reqwest::Method::from_bytes(self.operation.method.as_bytes())?;
        let mut request = reqwest::Request::new(method, self.url(server)?);
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = self.body.clone().map(reqwest::Body::from);
        Ok(request)
    }
}

/// Shows the operation and where the request goes; never a header or the body, which may hold secrets.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer to a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// How often the request was sent.
    pub attempts: u32,
    /// The time from the call to this failure.
    pub elapsed: Duration,
    /// The last answer before the failure, if there was one.
    pub reply: Option<Box<Reply>>,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: FailureKind, attempts: u32, elapsed: Duration) -> Self {
        Self { kind, attempts, elapsed, reply: None }
    }
}

/// The kinds of [`Failure`].
#[derive(Debug)]
#[non_exhaustive]
pub enum FailureKind {
    /// The request cannot be built: a value that its place cannot hold, or no server to send it to.
    Request(BoxError),
    /// No credential was given for any of the schemes that the operation takes.
    NoCredential(BoxError),
    /// The token endpoint gave no token.
    Token(BoxError),
    /// The time for the whole call ran out. The last failure before that, if any, is inside.
    Deadline(Option<BoxError>),
    /// The connection was not made, or was lost.
    Transport(BoxError),
}

/// The simplest transport: one attempt over reqwest at one server, with no credential but what the
/// `reqwest::Client` sends by itself.
#[derive(Clone, Debug)]
pub struct Direct {
    http: reqwest::Client,
    server: Option<Url>,
}

impl Direct {
    /// Sends by `http` to `server`, or, where that is `None`, to the first server that the definition names for the
    /// operation, with the default of each variable of its URL. One that stands for a server of yours
    /// ([`Server::is_placeholder`]) is not asked.
    pub fn new(http: reqwest::Client, server: Option<Url>) -> Self {
        Self { http, server }
    }

    /// The request as HTTP, for the server that it goes to.
    fn http_request(&self, request: &Request) -> Result<reqwest::Request, BoxError> {
        let server = match (&self.server, request.operation.servers.first()) {
            (Some(server), _) => server.clone(),
            (None, Some(server)) if server.is_placeholder() => {
                return Err(format!("the server `{}` stands for one of yours; give the real one", server.url).into());
            }
            (None, Some(server)) => Url::parse(&server.default_url())
                .map_err(|error| format!("the server `{}` is no URL ({error}); give one", server.url))?,
            (None, None) => return Err("the definition names no server; give one".into()),
        };
        request.to_http(&server)
    }
}

impl Transport for Direct {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        Box::pin(async move {
            let start = Instant::now();
            let http = self.http_request(&request);
            let http = http.map_err(|error| Failure::new(FailureKind::Request(error), 0, start.elapsed()))?;
            let reply = match self.http.execute(http).await {
                Ok(response) => Reply::read(response).await,
                Err(error) => Err(error),
            };
            match reply {
                Ok(reply) => Ok(reply.after(1, start.elapsed())),
                Err(error) => Err(Failure::new(FailureKind::Transport(error.into()), 1, start.elapsed())),
            }
        })
    }
}
