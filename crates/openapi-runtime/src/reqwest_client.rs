//! [`HttpClient`] by reqwest (feature `reqwest`).

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::body::Body;
use crate::build_error::BuildError;
use crate::http_client::{HttpClient, HttpError};
use crate::transport::{BoxError, BoxFuture};

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
#[derive(Clone, Debug)]
pub struct ReqwestClient {
    client: reqwest::Client,
    /// For loopback, past any proxy of the system: a token that may go there by plain http must go nowhere else by it.
    direct: Option<reqwest::Client>,
}

/// How long making a connection may take: shorter than an attempt, so that a host that does not answer is known as a
/// connection that was never made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl ReqwestClient {
    /// Creates a client with our defaults: 10 s to connect; the system's proxies for https, and none for http, which is only
    /// for loopback.
    ///
    /// # Errors
    ///
    /// When TLS or the proxy settings of the system cannot be read, and [`BuildError::NoCryptoProvider`].
    pub fn new() -> Result<Self, BuildError> {
        check_crypto_provider()?;
        let direct = defaults().no_proxy();
        // It makes no connection by TLS, and needs no roots of trust.
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        let direct = direct.tls_certs_only([]);
        Ok(Self { client: guarded(defaults())?, direct: Some(guarded(direct)?) })
    }

    /// Creates a client with custom settings: a proxy, roots of trust, a pool. `settings` can change our defaults, except for
    /// what keeps secrets safe: redirects are never followed, and connections are never logged, because both would leak
    /// tokens. Unless `settings` has `no_proxy`, the system's proxies are used, for loopback too.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new). With the feature `rustls-no-provider`, a provider of cryptography must be installed even where
    /// `settings` has a TLS configuration of its own, because reqwest panics without one.
    pub fn with(settings: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Result<Self, BuildError> {
        check_crypto_provider()?;
        Ok(Self { client: guarded(settings(defaults()))?, direct: None })
    }

    fn client(&self, url: &Url) -> &reqwest::Client {
        self.direct.as_ref().filter(|_| url.scheme() == "http").unwrap_or(&self.client)
    }
}

fn defaults() -> reqwest::ClientBuilder {
    reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT)
}

/// A client that follows no redirect, as a token must not, and does not log all that is sent.
fn guarded(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, BuildError> {
    let guarded = builder.redirect(reqwest::redirect::Policy::none()).referer(false).connection_verbose(false);
    guarded.build().map_err(|error| BuildError::Http(error.into()))
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
        let (head, body) = request.into_parts();
        let client = self.client(url);
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
    } else if error.is_timeout() {
        HttpError::Timeout(error.into())
    } else if error.is_builder() {
        HttpError::Request(error.into())
    } else {
        HttpError::Lost(error.into())
    }
}

/// Whether https was asked of a reqwest without TLS. Only its error says so: which features reqwest has is up to the whole
/// program.
fn lacks_tls(error: &reqwest::Error) -> bool {
    let sources = std::iter::successors(error.source(), |&error| error.source());
    error.is_connect() && sources.last().is_some_and(|error| error.to_string().contains("scheme is not http"))
}
