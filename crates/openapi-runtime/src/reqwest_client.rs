//! [`HttpClient`] by reqwest (feature `reqwest`).

use std::collections::HashMap;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use bytes::Bytes;
use tokio::runtime::Handle;
use url::{Origin, Url};

use crate::body::Body;
use crate::boxed::{BoxError, BoxFuture};
use crate::build_error::BuildError;
use crate::http_client::{HttpClient, HttpError};
use crate::servers::is_loopback;

/// Sends by reqwest. Clones share their connections, and so may several clients:
///
/// ```
/// # fn run() -> Result<(), openapi_runtime::BuildError> {
/// use openapi_runtime::ReqwestClient;
///
/// let http = ReqwestClient::with(|builder| builder.pool_max_idle_per_host(4))?;
/// // One::builder().http(http.clone()), Other::builder().http(http)
/// # Ok(())
/// # }
/// ```
///
/// A connection lives on the tokio runtime that made it. A program with several runtimes makes a client for each, because a
/// connection whose runtime is not driven gives no answer. Blocking calls (feature `blocking`) have connections of their own.
#[derive(Clone)]
pub struct ReqwestClient(Arc<Shared>);

struct Shared {
    settings: Arc<Settings>,
    connect_timeout: Duration,
    client: reqwest::Client,
    /// Past the proxies of the system.
    direct: OnceLock<reqwest::Client>,
    /// The clients of the origins at which a request timed out, instead of the two above.
    fresh: ArcSwap<HashMap<Origin, Fresh>>,
    /// For the background thread of blocking calls.
    #[cfg(feature = "blocking")]
    background: OnceLock<Option<Arc<Shared>>>,
}

/// Changes the defaults of a client.
pub(crate) type Settings = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

/// The client of an origin, and when it was made.
#[derive(Clone)]
struct Fresh {
    client: reqwest::Client,
    at: Instant,
}

/// How long making a connection may take: shorter than an attempt, so that a host that does not answer is known as a
/// connection that was never made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often an HTTP/2 connection that carries requests is tested by a ping, and how long the answer may take
/// ([RFC 9113, 6.7](https://www.rfc-editor.org/rfc/rfc9113#section-6.7)).
const KEEP_ALIVE: Duration = Duration::from_secs(4);

/// The shortest time between two replacements of the client of one origin: by then, a dead connection has been found by its
/// pings.
const BETWEEN_REPLACEMENTS: Duration = KEEP_ALIVE.saturating_mul(2);

impl ReqwestClient {
    /// Creates a client with our defaults: at most 10 s to connect; pings every 4 s on HTTP/2 connections that carry requests;
    /// the system's proxies for https, and none for loopback and for http.
    ///
    /// # Errors
    ///
    /// When TLS or the proxy settings of the system cannot be read, and [`BuildError::NoCryptoProvider`].
    pub fn new() -> Result<Self, BuildError> {
        Self::with(|builder| builder)
    }

    /// Creates a client with custom settings: a proxy, roots of trust, a pool. `settings` can change our defaults, except for
    /// what keeps secrets safe and retries within their budget: redirects are never followed and connections are never logged,
    /// because both would leak tokens; reqwest's own retries are off. The system's proxies are not used for loopback and for
    /// http; a proxy that `settings` names is used for everything that it takes. `settings` is applied again whenever a fresh
    /// client is made: after a request timed out, and for blocking calls.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new). With the feature `rustls-no-provider`, a provider of cryptography must be installed even where
    /// `settings` has a TLS configuration of its own, because reqwest panics without one.
    pub fn with(
        settings: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        Self::connecting_within(CONNECT_TIMEOUT, Box::new(settings))
    }

    /// The client of a builder, one of whose attempts takes `attempt` at most.
    pub(crate) fn for_attempts(attempt: Duration, settings: Box<Settings>) -> Result<Self, BuildError> {
        Self::connecting_within(CONNECT_TIMEOUT.min(attempt / 2), settings)
    }

    fn connecting_within(connect_timeout: Duration, settings: Box<Settings>) -> Result<Self, BuildError> {
        check_crypto_provider()?;
        let shared = Shared::new(connect_timeout, settings.into()).map_err(|error| BuildError::Http(error.into()))?;
        Ok(Self(Arc::new(shared)))
    }

    /// The connections of the current runtime. Blocking calls have their own: a connection that was opened by awaiting lives on a
    /// runtime whose only thread may be the one that waits for the answer.
    fn shared(&self) -> &Shared {
        #[cfg(feature = "blocking")]
        if crate::blocking::is_background() {
            let Shared { settings, connect_timeout, .. } = &*self.0;
            let made = || Shared::new(*connect_timeout, Arc::clone(settings)).ok().map(Arc::new);
            return self.0.background.get_or_init(made).as_ref().unwrap_or(&self.0);
        }
        &self.0
    }
}

impl Shared {
    fn new(connect_timeout: Duration, settings: Arc<Settings>) -> reqwest::Result<Self> {
        let client = guarded(settings(defaults(connect_timeout)))?;
        Ok(Self {
            settings,
            connect_timeout,
            client,
            direct: OnceLock::new(),
            fresh: ArcSwap::default(),
            #[cfg(feature = "blocking")]
            background: OnceLock::new(),
        })
    }

    fn client(&self, url: &Url) -> reqwest::Result<reqwest::Client> {
        let fresh = self.fresh.load();
        if !fresh.is_empty()
            && let Some(fresh) = fresh.get(&url.origin())
        {
            return Ok(fresh.client.clone());
        }
        if !is_direct(url) {
            return Ok(self.client.clone());
        }
        if let Some(direct) = self.direct.get() {
            return Ok(direct.clone());
        }
        let made = self.make(url)?;
        Ok(self.direct.get_or_init(|| made).clone())
    }

    /// Makes a client with no connections yet, to reach `url`.
    fn make(&self, url: &Url) -> reqwest::Result<reqwest::Client> {
        let defaults = defaults(self.connect_timeout);
        // Before the settings, which may name a proxy of the user's.
        guarded((self.settings)(if is_direct(url) { defaults.no_proxy() } else { defaults }))
    }

    /// Sends new requests to the origin of `url` by a fresh client. The one before ends what it carries.
    fn replace(&self, url: &Url, now: Instant) {
        let recent = |fresh: &Fresh| now.saturating_duration_since(fresh.at) < BETWEEN_REPLACEMENTS;
        let origin = url.origin();
        if self.fresh.load().get(&origin).is_some_and(recent) {
            return;
        }
        // Without a client that can be made, the one before goes on.
        let Ok(client) = self.make(url) else { return };
        tracing::debug!("new connections after a timeout");
        self.fresh.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.insert(origin.clone(), Fresh { client: client.clone(), at: now });
            all
        });
    }
}

/// Whether requests go there past the proxies of the system: a token that may go to loopback by plain http must go nowhere
/// else by it.
fn is_direct(url: &Url) -> bool {
    url.scheme() == "http" || is_loopback(url)
}

fn defaults(connect_timeout: Duration) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().connect_timeout(connect_timeout);
    #[cfg(feature = "http2")]
    let builder = builder.http2_keep_alive_interval(KEEP_ALIVE).http2_keep_alive_timeout(KEEP_ALIVE);
    builder
}

/// A client that follows no redirect, as a token must not, does not log all that is sent, and does not send again what the
/// retry budget has not paid for.
fn guarded(builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::Client> {
    let builder = builder.redirect(reqwest::redirect::Policy::none()).referer(false).connection_verbose(false);
    builder.retry(reqwest::retry::never()).build()
}

impl std::fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReqwestClient").finish_non_exhaustive()
    }
}

/// Checks that rustls has a provider of cryptography: without one, reqwest panics.
fn check_crypto_provider() -> Result<(), BuildError> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(BuildError::NoCryptoProvider);
    }
    Ok(())
}

impl HttpClient for ReqwestClient {
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        match Url::parse(&request.uri().to_string()) {
            Ok(url) => self.execute_at(request, &url),
            Err(error) => Box::pin(std::future::ready(Err(HttpError::Request(error.into())))),
        }
    }

    fn execute_at(
        &self,
        request: http::Request<Body>,
        url: &Url,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if let Err(error) = Handle::try_current() {
            return Box::pin(std::future::ready(Err(HttpError::Request(error.into()))));
        }
        let client = match self.shared().client(url) {
            Ok(client) => client,
            Err(error) => return Box::pin(std::future::ready(Err(HttpError::Request(error.without_url().into())))),
        };
        let (head, body) = request.into_parts();
        let mut request = reqwest::Request::new(head.method, url.clone());
        *request.headers_mut() = head.headers;
        *request.body_mut() = match body.into_bytes() {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => Some(bytes.into()),
            Err(stream) => Some(reqwest::Body::wrap(stream)),
        };
        Box::pin(async move {
            let response = client.execute(request).await.map_err(classify)?;
            Ok(http::Response::<reqwest::Body>::from(response).map(Body::received))
        })
    }

    fn timed_out(&self, uri: &http::Uri, now: Instant) {
        if let Ok(url) = Url::parse(&uri.to_string()) {
            self.shared().replace(&url, now);
        }
    }
}

/// The next bytes of what was received.
pub(crate) fn poll_chunk(body: &mut reqwest::Body, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
    use http_body::Body as _;
    loop {
        return match std::task::ready!(Pin::new(&mut *body).poll_frame(context)) {
            None => Poll::Ready(None),
            Some(Err(error)) => Poll::Ready(Some(Err(classify(error).into()))),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => Poll::Ready(Some(Ok(data))),
                // Trailers.
                Err(_) => continue,
            },
        };
    }
}

/// Classifies an error of reqwest, without its URL, whose query may contain a secret.
fn classify(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    if lacks_tls(&error) {
        HttpError::Request(
            "https needs TLS, and reqwest has none in this program: switch on the feature `rustls` of openapi-runtime, or a \
             TLS feature of reqwest"
                .into(),
        )
    } else if error.is_connect() {
        HttpError::Connect(error.into())
    } else if is_refused(&error) {
        HttpError::Refused(error.into())
    } else if error.is_timeout() {
        HttpError::Timeout { reply: None, source: error.into() }
    } else if error.is_builder() {
        HttpError::Request(error.into())
    } else {
        HttpError::Lost(error.into())
    }
}

/// Whether an HTTP/2 server says that it has not processed the request: a refused stream, or one that came after those that
/// a server that shuts down still serves ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)).
#[cfg(feature = "http2")]
fn is_refused(error: &reqwest::Error) -> bool {
    let mut sources = std::iter::successors(error.source(), |&error| error.source());
    sources.find_map(|error| error.downcast_ref::<h2::Error>()).is_some_and(|error| {
        error.is_remote()
            && match error.reason() {
                Some(h2::Reason::REFUSED_STREAM) => error.is_reset(),
                Some(h2::Reason::NO_ERROR) => error.is_go_away(),
                _ => false,
            }
    })
}

#[cfg(not(feature = "http2"))]
fn is_refused(_: &reqwest::Error) -> bool {
    false
}

/// Whether https was asked of a reqwest without TLS. Only its error says so: which features reqwest has is up to the whole
/// program.
fn lacks_tls(error: &reqwest::Error) -> bool {
    let sources = std::iter::successors(error.source(), |&error| error.source());
    error.is_connect() && sources.last().is_some_and(|error| error.to_string().contains("scheme is not http"))
}
