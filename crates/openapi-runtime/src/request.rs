//! A request as an operation builds it, before a server and a credential are chosen.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use url::Url;

use crate::body::Body;
use crate::boxed::BoxError;
use crate::operation::Operation;
use crate::options::CallOptions;
use crate::outgoing::BodyError;
use crate::paging::{PageError, remove};
use crate::servers::ServerError;

/// A request that an operation has built, before a server and a credential are chosen.
#[non_exhaustive]
pub struct Request {
    /// The operation's row of the operation table.
    pub operation: &'static Operation,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters filled in and percent-encoded, with a leading slash.
    pub path: String,
    /// The query, encoded, without `?`; empty for none.
    pub query: String,
    /// The URL of a page of a list, as the server gave it: absolute, or relative to the URL that path and query have. It
    /// replaces both, except that parameters in `query` are added to it. [`to_http`](Self::to_http) refuses one that leads to
    /// another server, unless the definition names that server and the request goes to one of the user's instead: then it
    /// goes to the same path there.
    pub url: Option<String>,
    /// The header parameters, `Accept` and `Content-Type`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Whether sending it twice has the effect of sending it once.
    pub idempotent: bool,
    /// The options that the caller sets for this call.
    pub options: Option<Arc<CallOptions>>,
}

/// The reasons why a request cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The value of a path parameter would change which path is meant
    /// ([RFC 3986, 5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4)).
    #[error("path parameter `{name}` must not be `{value}`")]
    PathParameter {
        /// The parameter.
        name: Cow<'static, str>,
        /// Its value, or the segment of it: empty, `.` or `..`.
        value: String,
    },
    /// A header cannot hold the value that is given for it.
    #[error("header `{0}` cannot hold its value")]
    Header(Cow<'static, str>),
    /// A header or query parameter that carries credentials or frames the message cannot be set by hand.
    #[error(
        "`{0}` cannot be set here: give credentials to the client's builder; headers that frame the message are set by HTTP itself"
    )]
    Reserved(String),
    /// A media type that is not one.
    #[error("`{0}` is not a media type")]
    MediaType(String),
    /// A method that is not one of HTTP's.
    #[error("`{0}` is not an HTTP method")]
    Method(String),
    /// A path that is not absolute, or leads out of the server's own path.
    #[error("`{0}` cannot be requested: a path begins with one slash, has no `..`, `?` or `#`, and is percent-encoded")]
    Path(String),
    /// A value that JSON cannot write.
    #[error("a value cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// There is no server to send it to.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The given credential has characters that cannot be sent.
    #[error("the credential has characters that cannot be sent")]
    Credential,
    /// The call runs on no tokio runtime, or on one without timers or I/O.
    #[error("the call needs a tokio runtime with timers and I/O (`enable_all`): {0}")]
    Runtime(String),
    /// The call cannot be made from a thread that blocks.
    #[cfg(feature = "blocking")]
    #[error(transparent)]
    Blocking(#[from] crate::blocking::BlockingError),
    /// The next page of a list cannot be requested.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The operation belongs to another definition.
    #[error("the operation is not in the definition of this client")]
    UnknownOperation,
    /// The body fails: a file that cannot be read, a stream that ends early. If that is found out before the request is sent,
    /// nothing is sent; else the request is aborted.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// Any other reason.
    #[error(transparent)]
    Other(#[from] BoxError),
}

impl Request {
    /// Creates a request of `operation` without parameters and body.
    ///
    /// # Errors
    ///
    /// When the operation's method is not one of HTTP's.
    pub fn new(operation: &'static Operation) -> Result<Self, RequestError> {
        let mut headers = HeaderMap::new();
        if !operation.accept.is_empty() {
            let accept = static_value(operation.accept);
            headers.insert(ACCEPT, accept.map_err(|_| RequestError::MediaType(operation.accept.to_owned()))?);
        }
        let method = Method::from_bytes(operation.method.as_bytes());
        // Definitions have path templates with a query, which OpenAPI does not foresee.
        let (path, query) = operation.path.split_once('?').unwrap_or((operation.path, ""));
        Ok(Self {
            operation,
            method: method.map_err(|_| RequestError::Method(operation.method.to_owned()))?,
            path: path.to_owned(),
            query: query.to_owned(),
            url: None,
            headers,
            body: Body::empty(),
            // With its key, the server knows a repetition.
            idempotent: operation.idempotent || operation.idempotency_key.is_some(),
            options: None,
        })
    }

    /// Another copy of the request; `None` if its body is a stream.
    pub fn try_clone(&self) -> Option<Self> {
        Some(Self {
            operation: self.operation,
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.reopen()?,
            idempotent: self.idempotent,
            options: self.options.clone(),
        })
    }

    /// Converts the request to HTTP, for the server at `server`; the path of `server`, if any, comes first.
    ///
    /// ```
    /// use openapi_runtime::{Operation, Request};
    ///
    /// static PING: Operation = Operation::new("ping", "GET", "/ping");
    /// let http = Request::new(&PING)?.to_http("https://api.example.com/v1")?;
    /// assert_eq!(http.uri(), "https://api.example.com/v1/ping");
    /// # Ok::<(), openapi_runtime::RequestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When `server` is not an http or https URL, or [`url`](Self::url) leads to another server.
    #[allow(clippy::wrong_self_convention)]
    pub fn to_http(self, server: &str) -> Result<http::Request<Body>, RequestError> {
        let server = Url::parse(server)
            .map_err(|error| ServerError::NotUrl { server: server.to_owned(), reason: error.to_string() })?;
        self.into_http(&server)
    }

    pub(crate) fn into_http(self, server: &Url) -> Result<http::Request<Body>, RequestError> {
        let uri = RequestUrl::of_request(server, self.operation, (&self.path, &self.query), self.url.as_deref())?.uri;
        let mut request = http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        Ok(request)
    }

    /// Puts a percent-encoded value in every place of a path parameter, which may be in the query of a path template too.
    pub(crate) fn fill(&mut self, name: &str, value: &str) {
        let place = format!("{{{name}}}");
        self.path = self.path.replace(&place, value);
        if self.query.contains(&place) {
            self.query = self.query.replace(&place, value);
        }
    }

    /// Sets the body and its `Content-Type`.
    pub(crate) fn set_body(&mut self, content_type: Cow<'static, str>, body: Body) -> Result<(), RequestError> {
        let value = match content_type {
            Cow::Borrowed(text) => static_value(text),
            Cow::Owned(ref text) => HeaderValue::from_str(text).map_err(drop),
        };
        self.headers.insert(CONTENT_TYPE, value.map_err(|()| RequestError::MediaType(content_type.into_owned()))?);
        self.body = body;
        Ok(())
    }

    /// Adds the documented idempotency key, unless the caller has set one: a new one for each call, the same for all attempts
    /// ([The Idempotency-Key HTTP Header Field](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/)).
    pub(crate) fn add_idempotency_key(&mut self) -> Result<(), RequestError> {
        let Some(name) = self.operation.idempotency_key else { return Ok(()) };
        let bad = || RequestError::Header(name.into());
        let header = HeaderName::try_from(name).map_err(|_| bad())?;
        if !self.headers.contains_key(&header) {
            self.headers.insert(header, HeaderValue::try_from(random_uuid()).map_err(|_| bad())?);
        }
        Ok(())
    }

    /// Adds `options` below those that the request has: what was asked for last comes first, and counts.
    pub(crate) fn add_options(&mut self, options: &Arc<CallOptions>) {
        self.options = Some(match self.options.take() {
            Some(later) => Arc::new(later.or(options)),
            None => Arc::clone(options),
        });
    }
}

/// A random UUID, version 4 ([RFC 9562, 5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)).
fn random_uuid() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// A header value of static text; an error where a header cannot hold it.
fn static_value(text: &'static str) -> Result<HeaderValue, ()> {
    let value = HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())).map_err(drop)?;
    if text.is_ascii() { Ok(value) } else { Err(()) }
}

/// The name of a pair of a query.
pub(crate) fn decoded_name(pair: &str) -> Cow<'_, str> {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name).unwrap_or_default()
}

/// Where a request goes, parsed once.
pub(crate) struct RequestUrl {
    pub(crate) url: Url,
    pub(crate) uri: Uri,
}

impl RequestUrl {
    /// A path and query at `server`.
    pub(crate) fn new(server: &Url, path: &str, query: &str) -> Result<Self, RequestError> {
        if server.cannot_be_a_base() {
            return Err(ServerError::NotBase { server: server.to_string() }.into());
        }
        let mut url = server.clone();
        let base = server.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query((!query.is_empty()).then_some(query));
        Self::of(url)
    }

    /// A path and query at `server` or, where the server gave one, the URL `given` with that query added.
    pub(crate) fn of_request(
        server: &Url,
        operation: &Operation,
        (path, query): (&str, &str),
        given: Option<&str>,
    ) -> Result<Self, RequestError> {
        let Some(given) = given else { return Self::new(server, path, query) };
        let base = Self::new(server, path, "")?.url;
        let url = base.join(given).map_err(|error| PageError::NotUrl(error.to_string()))?;
        let url = if url.origin() == base.origin() { url } else { Self::moved(url, server, operation) };
        Self::given(&base, url, query)
    }

    /// `url`, at `server` if it is of a server that the definition names for `operation`, and `server` is none of those:
    /// a proxy or a sandbox often passes the URLs of the real server on.
    fn moved(url: Url, server: &Url, operation: &Operation) -> Url {
        let documented = || operation.servers.iter().filter_map(|server| server.default_target().ok());
        if documented().any(|other| other.origin() == server.origin()) || server.cannot_be_a_base() {
            return url;
        }
        let rest = |other: Url| {
            let rest = url.path().strip_prefix(other.path().trim_end_matches('/'))?;
            (other.origin() == url.origin() && rest.starts_with('/')).then(|| rest.to_owned())
        };
        let Some(rest) = documented().filter_map(rest).min_by_key(String::len) else { return url };
        let mut moved = url.clone();
        let base = server.path().trim_end_matches('/');
        let is_moved = moved.set_scheme(server.scheme()).is_ok()
            && moved.set_host(server.host_str()).is_ok()
            && moved.set_port(server.port()).is_ok();
        moved.set_path(&format!("{base}{rest}"));
        if is_moved { moved } else { url }
    }

    /// The URL `url` of the server of `base`, with the parameters in `query` instead of those of their names.
    fn given(base: &Url, mut url: Url, query: &str) -> Result<Self, RequestError> {
        // With a user or a password in it, HTTP would send them as a credential.
        let is_plain = url.username().is_empty() && url.password().is_none();
        if url.origin() != base.origin() || !is_plain {
            let [server, other] = [base, &url].map(|url| url.origin().ascii_serialization());
            return Err(PageError::OtherServer { server, other }.into());
        }
        url.set_fragment(None);
        if !query.is_empty() {
            let mut whole = url.query().unwrap_or_default().to_owned();
            remove(&mut whole, |name| query.split('&').any(|pair| decoded_name(pair) == name));
            if !whole.is_empty() {
                whole.push('&');
            }
            whole.push_str(query);
            url.set_query(Some(&whole));
        }
        Self::of(url)
    }

    /// A URL as HTTP has it, too.
    pub(crate) fn of(url: Url) -> Result<Self, RequestError> {
        let uri = url.as_str().parse().map_err(|error: http::uri::InvalidUri| RequestError::Other(error.into()))?;
        Ok(Self { url, uri })
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
