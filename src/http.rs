//! One HTTP exchange: what lies below tokens and retries, and what tests put in its place.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::clock::{Clock, Within, within};
use crate::support::{BoxError, BoxFuture, Reply};

/// Sends one request.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends `request` once, follows no redirect, and reads the whole answer.
    fn execute(&self, request: reqwest::Request) -> BoxFuture<'_, Result<Reply, HttpError>>;
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection was never made, so nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The time for the attempt ran out.
    #[error("the attempt timed out")]
    Timeout(#[source] BoxError),
    /// The connection was lost, or what came back is no HTTP.
    #[error("the connection was lost")]
    Lost(#[source] BoxError),
    /// The connection was lost before the whole body had come.
    #[error("the connection was lost in the middle of the body")]
    Cut {
        /// What had come.
        reply: Box<Reply>,
        /// Why no more did.
        source: BoxError,
    },
    /// The body is longer than the limit.
    #[error("the body is longer than {0} bytes")]
    TooLarge(usize),
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent")]
    Request(#[source] BoxError),
}

/// An exchange with its limit of time: what every request goes through, those for tokens included.
pub(crate) struct Wire {
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) user_agent: HeaderValue,
}

impl Wire {
    /// Sends `request` as it is, and gives up after `limit`.
    pub(crate) fn exchange(&self, request: reqwest::Request, limit: Duration) -> Exchange<'_> {
        Exchange { reply: within(&*self.clock, limit, self.http.execute(request)), limit }
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

/// reqwest, with a limit to what is read.
pub(crate) struct Reqwest {
    client: reqwest::Client,
    /// For loopback, past any proxy of the system: a token that may go there by plain http must go nowhere else by it.
    direct: Option<reqwest::Client>,
    /// The longest body that is read, in bytes.
    limit: usize,
}

/// How long the making of a connection may take: shorter than an attempt, so that a host that does not answer is known
/// as a connection that was never made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl Reqwest {
    /// By reqwest's own settings.
    pub(crate) fn new(limit: usize) -> reqwest::Result<Self> {
        let builder = || reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT);
        let direct = builder().no_proxy();
        // It makes no connection by TLS, and needs no roots of trust.
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        let direct = direct.tls_certs_only([]);
        let direct = guarded(direct)?;
        Ok(Self { client: guarded(builder())?, direct: Some(direct), limit })
    }

    /// By the user's settings.
    pub(crate) fn from_builder(builder: reqwest::ClientBuilder, limit: usize) -> reqwest::Result<Self> {
        Ok(Self { client: guarded(builder)?, direct: None, limit })
    }

    fn client(&self, request: &reqwest::Request) -> &reqwest::Client {
        let plain = request.url().scheme() == "http";
        self.direct.as_ref().filter(|_| plain).unwrap_or(&self.client)
    }
}

/// Whether rustls has a provider of cryptography: without one, reqwest panics.
#[cfg(feature = "rustls-no-provider")]
pub(crate) fn has_crypto_provider() -> bool {
    cfg!(feature = "rustls") || rustls::crypto::CryptoProvider::get_default().is_some()
}

/// A client that follows no redirect, as a token must not, and does not log all that is sent.
fn guarded(builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::Client> {
    builder.redirect(reqwest::redirect::Policy::none()).referer(false).connection_verbose(false).build()
}

impl HttpClient for Reqwest {
    fn execute(&self, request: reqwest::Request) -> BoxFuture<'_, Result<Reply, HttpError>> {
        Box::pin(async move {
            let mut response = self.client(&request).execute(request).await.map_err(classify)?;
            let status = response.status();
            let headers = std::mem::take(response.headers_mut());
            let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
            if expected > self.limit {
                return Err(HttpError::TooLarge(self.limit));
            }
            let mut body = Vec::with_capacity(expected.min(1 << 16));
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) if body.len() + chunk.len() > self.limit => {
                        return Err(HttpError::TooLarge(self.limit));
                    }
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => return Ok(Reply::new(status, headers, body)),
                    Err(error) => {
                        return Err(match classify(error) {
                            HttpError::Lost(source) => {
                                HttpError::Cut { reply: Box::new(Reply::new(status, headers, body)), source }
                            }
                            other => other,
                        });
                    }
                }
            }
        })
    }
}

/// The query may hold what must not be printed, so the URL is left out.
fn classify(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    if lacks_tls(&error) {
        HttpError::Request(
            "https needs TLS, and reqwest has none in this program: switch on the feature `rustls` of this crate, or a \
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

/// Whether https was asked of a reqwest without TLS. Its error alone tells: what reqwest has is up to the whole program.
fn lacks_tls(error: &reqwest::Error) -> bool {
    let sources = std::iter::successors(error.source(), |&error| error.source());
    error.is_connect() && sources.last().is_some_and(|error| error.to_string().contains("scheme is not http"))
}
