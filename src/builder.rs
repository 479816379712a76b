//! How a client is made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::clock::{Clock, SystemClock};
use crate::credentials::Credential;
use crate::http::{HttpClient, Reqwest, Wire};
use crate::retry::{Backoff, FullJitter, RetryBudget, RetryPolicy, StandardPolicy, TokenBucket};
use crate::routes::{Given, Planner};
use crate::servers::{Servers, safe_url};
use crate::support::{Definition, SecurityScheme};
use crate::token::Fetching;
use crate::transport::Managed;
use crate::{Client, DEFINITION};

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A URL is none, is not https, or holds credentials.
    #[error("`{url}` cannot be used: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The definition has no security scheme of that name.
    #[error("the definition has no security scheme `{0}`")]
    UnknownScheme(String),
    /// The definition has no such server.
    #[error("the definition has no server `{server}`; it has {}", known.join(", "))]
    UnknownServer {
        /// The server.
        server: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A credential cannot be presented for a scheme.
    #[error("this credential cannot serve the security scheme `{scheme}`: {reason}")]
    WrongCredential {
        /// The scheme.
        scheme: String,
        /// Why not, and what would do.
        reason: String,
    },
    /// A credential fits no scheme, or several.
    #[error("this credential fits {}; name the scheme by `credential(scheme, …)`",
        if .0.is_empty() { "no security scheme".to_owned() } else { format!("several security schemes: {}", .0.join(", ")) })]
    Ambiguous(Vec<String>),
    /// `at` names the server of a credential, and none was given before it.
    #[error("`at({0})` follows no `credential(…)`")]
    NoCredentialBefore(String),
    /// An environment variable is missing, empty, or given without its other half.
    #[error("the environment variable {name} {problem}")]
    Environment {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// The text cannot be sent as a `User-Agent`.
    #[error("`{0}` cannot be sent as a user agent")]
    UserAgent(String),
    /// The program has installed no provider of cryptography for rustls.
    #[cfg(feature = "rustls-no-provider")]
    #[error(
        "rustls has no provider of cryptography: install one (`rustls::crypto::CryptoProvider::install_default`) \
         before the client is made, or switch on the feature `rustls` of this crate"
    )]
    NoCryptoProvider,
    /// TLS or the proxy settings of the system cannot be read.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
}

/// Makes a [`Client`]. Its `Debug` shows no secret.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    pub(crate) definition: &'static Definition,
    base_url: Option<String>,
    servers: Vec<(String, String)>,
    /// By scheme; `None` where the scheme is the one that fits.
    credentials: Vec<(Option<String>, Option<String>, Credential)>,
    /// A server that was named before any credential.
    stray: Option<String>,
    token_urls: BTreeMap<String, String>,
    reqwest: Option<reqwest::ClientBuilder>,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    policy: Arc<dyn RetryPolicy>,
    backoff: Arc<dyn Backoff>,
    budget: Arc<dyn RetryBudget>,
    timeout: Duration,
    attempt_timeout: Duration,
    body_limit: usize,
    heed_rate_limit: bool,
    user_agent: Option<String>,
}

impl Client {
    /// How a client is made.
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            definition: &DEFINITION,
            base_url: None,
            servers: Vec::new(),
            credentials: Vec::new(),
            stray: None,
            token_urls: BTreeMap::new(),
            reqwest: None,
            http: None,
            clock: Arc::new(SystemClock),
            policy: Arc::new(StandardPolicy::default()),
            backoff: Arc::new(FullJitter::default()),
            budget: Arc::new(TokenBucket::default()),
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            body_limit: 64 * 1024 * 1024,
            heed_rate_limit: true,
            user_agent: None,
        }
    }
}

impl ClientBuilder {
    /// Gives a credential for the one security scheme that it fits: [`build`](Self::build) fails where several do.
    pub fn credentials(mut self, credential: impl Into<Credential>) -> Self {
        self.credentials.push((None, None, credential.into()));
        self
    }

    /// Gives a credential for the security scheme of that name.
    pub fn credential(mut self, scheme: impl Into<String>, credential: impl Into<Credential>) -> Self {
        self.credentials.push((Some(scheme.into()), None, credential.into()));
        self
    }

    /// Binds the credential that was given last to one server, as the definition writes it or as it really is. One
    /// scheme may stand for several kinds of hosts, each with keys of its own:
    /// `.credential("scheme", key).at("https://a.example")`.
    pub fn at(mut self, server: impl Into<String>) -> Self {
        match self.credentials.last_mut() {
            Some((_, at, _)) => *at = Some(server.into()),
            None => self.stray = Some(server.into()),
        }
        self
    }

    /// Sends everything to this server in the place of the definition's. It must be https, or loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sends to `real` what the definition sends to `documented`. A server whose host is only a placeholder must be given
    /// so before its operations can be called.
    pub fn server(mut self, documented: impl Into<String>, real: impl Into<String>) -> Self {
        self.servers.push((documented.into(), real.into()));
        self
    }

    /// Fetches the tokens of a security scheme there in the place of the definition's token endpoint.
    pub fn token_url(mut self, scheme: impl Into<String>, url: impl Into<String>) -> Self {
        self.token_urls.insert(scheme.into(), url.into());
        self
    }

    /// Sends by a reqwest client with these settings: for a proxy, or roots of trust of your own. Whatever it says of
    /// them, redirects are never followed, so that no token follows one, and connections are never logged, as
    /// `connection_verbose` would, tokens and all. Unless it has `no_proxy`, it heeds the proxies of the system, for
    /// loopback too; the client that is used without this does so for https alone.
    ///
    /// With the feature `rustls-no-provider`, and no provider of cryptography installed, reqwest itself panics when
    /// the client is made, unless these settings hold a TLS configuration (`tls_backend_preconfigured`).
    pub fn http_client(mut self, client: reqwest::ClientBuilder) -> Self {
        self.reqwest = Some(client);
        self
    }

    /// Sends by something else than reqwest. It must follow no redirects.
    pub fn http(mut self, http: impl HttpClient) -> Self {
        self.http = Some(Arc::new(http));
        self
    }

    /// Adds a product, such as `my-tool/1.2`, to the `User-Agent`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Takes the time from `clock`.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What is retried; [`StandardPolicy`] by default.
    pub fn retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// How long to wait where the server does not say; [`FullJitter`] by default.
    pub fn backoff(mut self, backoff: impl Backoff) -> Self {
        self.backoff = Arc::new(backoff);
        self
    }

    /// The budget for retries, shared by the client's clones; a [`TokenBucket`] by default.
    pub fn retry_budget(mut self, budget: impl RetryBudget) -> Self {
        self.budget = Arc::new(budget);
        self
    }

    /// Whether calls wait for the end of a rate limit's window that a response has said is used up
    /// (`X-RateLimit-Remaining: 0`), in the place of spending a 429 on it; they do by default.
    pub fn heed_rate_limit(mut self, heed: bool) -> Self {
        self.heed_rate_limit = heed;
        self
    }

    /// The time for a whole call, waits and token fetches included; 120 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for one attempt, and for one token request; 30 s by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The longest response body that is read, in bytes; 64 MiB by default.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        self.transport().map(Client::with_transport)
    }

    pub(crate) fn has_credentials(&self) -> bool {
        !self.credentials.is_empty()
    }

    pub(crate) fn transport(mut self) -> Result<Managed, BuildError> {
        let given = self.given()?;
        let mut servers = Servers::new(self.definition, self.base_url.as_deref())?;
        for (documented, real) in self.servers {
            servers.replace(documented, &real)?;
        }
        for server in given.iter().filter_map(|given| given.at.as_deref()) {
            servers.heeds(server)?;
        }
        for scheme in self.token_urls.keys() {
            known_scheme(self.definition, scheme)?;
        }
        let token_urls = self.token_urls.into_iter().map(|(scheme, url)| Ok((scheme, safe_url(&url)?)));
        let token_urls = token_urls.collect::<Result<_, BuildError>>()?;
        let http = match (self.http, self.reqwest) {
            (Some(http), _) => http,
            (None, Some(builder)) => {
                Arc::new(Reqwest::from_builder(builder, self.body_limit).map_err(BuildError::Http)?)
            }
            #[cfg(feature = "rustls-no-provider")]
            (None, None) if !crate::http::has_crypto_provider() => return Err(BuildError::NoCryptoProvider),
            (None, None) => Arc::new(Reqwest::new(self.body_limit).map_err(BuildError::Http)?) as Arc<dyn HttpClient>,
        };
        let user_agent = user_agent(self.user_agent)?;
        let wire = Arc::new(Wire { http, clock: Arc::clone(&self.clock), user_agent });
        let fetching = Arc::new(Fetching {
            clock: self.clock,
            backoff: Arc::clone(&self.backoff),
            budget: Arc::clone(&self.budget),
            attempt_timeout: self.attempt_timeout,
        });
        let planner = Planner::new(self.definition, servers, given, token_urls, Arc::clone(&wire), fetching);
        Ok(Managed {
            routes: planner.plan(),
            wire,
            policy: self.policy,
            backoff: self.backoff,
            budget: self.budget,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            heed_rate_limit: self.heed_rate_limit,
        })
    }

    /// The credentials, each with its scheme; one that is given twice counts as it was given last.
    fn given(&mut self) -> Result<Vec<Given>, BuildError> {
        if let Some(server) = self.stray.take() {
            return Err(BuildError::NoCredentialBefore(server));
        }
        let mut all: Vec<Given> = Vec::new();
        for (scheme, at, credential) in std::mem::take(&mut self.credentials) {
            let scheme = match scheme {
                Some(name) => {
                    let scheme = known_scheme(self.definition, &name)?;
                    let token_url = self.token_urls.get(&name).map(String::as_str);
                    let fits = credential.serves(scheme, token_url);
                    fits.map_err(|reason| BuildError::WrongCredential { scheme: name.clone(), reason })?;
                    name
                }
                None => self.fitting(&credential)?,
            };
            all.retain(|other| (&other.scheme, &other.at) != (&scheme, &at));
            all.push(Given { scheme, at, credential });
        }
        Ok(all)
    }

    /// The one scheme that a credential fits.
    fn fitting(&self, credential: &Credential) -> Result<String, BuildError> {
        let token_url = |scheme: &SecurityScheme| self.token_urls.get(scheme.name).map(String::as_str);
        let schemes = self.definition.security_schemes.iter();
        let fitting: Vec<String> = schemes
            .filter(|scheme| credential.fits(scheme, token_url(scheme)).is_ok())
            .map(|scheme| scheme.name.to_owned())
            .collect();
        match fitting.as_slice() {
            [lone] => Ok(lone.clone()),
            _ => Err(BuildError::Ambiguous(fitting)),
        }
    }
}

fn known_scheme(definition: &'static Definition, name: &str) -> Result<&'static SecurityScheme, BuildError> {
    definition.security_scheme(name).ok_or_else(|| BuildError::UnknownScheme(name.to_owned()))
}

fn user_agent(product: Option<String>) -> Result<HeaderValue, BuildError> {
    let own = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    match product {
        None => Ok(HeaderValue::from_static(own)),
        Some(product) => HeaderValue::try_from(format!("{own} {product}")).map_err(|_| BuildError::UserAgent(product)),
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URLs are checked only when the client is made: until then they may hold anything.
        let schemes: Vec<&Option<String>> = self.credentials.iter().map(|(scheme, ..)| scheme).collect();
        f.debug_struct("ClientBuilder").field("credentials", &schemes).finish_non_exhaustive()
    }
}
