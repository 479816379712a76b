//! The builder of clients.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::api::Api;
use crate::build_error::BuildError;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credential;
use crate::fits::Mismatch;
use crate::hook::Hook;
use crate::http_client::{HttpClient, Wire};
use crate::managed::{Managed, Settings};
use crate::operation::{Definition, SecurityScheme};
use crate::options::{is_key, is_reserved};
use crate::retry::{Backoff, FullJitter, RetryBudget, RetryPolicy, StandardPolicy, TokenBucket};
use crate::routes::{Given, Planner};
use crate::servers::{Servers, safe_url};
use crate::token::Fetching;

/// The longest body that is held in memory, in bytes, unless another limit is set.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Builds a client of the API `A`. Its `Debug` shows no secret.
///
/// ```
/// use std::time::Duration;
/// use openapi_runtime::{Api, BearerToken, BuildError};
///
/// fn client<A: Api>(token: &str) -> Result<A, BuildError> {
///     A::builder().base_url("https://api.example.com").credentials(BearerToken::new(token)).timeout(Duration::from_secs(5)).build()
/// }
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder<A> {
    base_url: Option<String>,
    servers: Vec<(String, String)>,
    /// By scheme; `None` where the scheme is the one that fits.
    credentials: Vec<(Option<String>, Option<String>, Credential)>,
    /// The server of an `at` that follows no credential.
    stray: Option<String>,
    token_urls: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
    http: Http,
    hooks: Vec<Arc<dyn Hook>>,
    #[cfg(feature = "tower")]
    layers: Vec<crate::tower::Wrap>,
    clock: Arc<dyn Clock>,
    policy: Arc<dyn RetryPolicy>,
    backoff: Arc<dyn Backoff>,
    budget: Arc<dyn RetryBudget>,
    timeout: Duration,
    attempt_timeout: Duration,
    stall_timeout: Duration,
    body_limit: Option<usize>,
    wait_for_rate_limit: bool,
    user_agent: Option<String>,
    api: PhantomData<fn() -> A>,
}

impl<A: Api> Default for ClientBuilder<A> {
    fn default() -> Self {
        Self {
            base_url: None,
            servers: Vec::new(),
            credentials: Vec::new(),
            stray: None,
            token_urls: BTreeMap::new(),
            variables: BTreeMap::new(),
            headers: Vec::new(),
            http: Http::default(),
            hooks: Vec::new(),
            #[cfg(feature = "tower")]
            layers: Vec::new(),
            clock: Arc::new(SystemClock),
            policy: Arc::new(StandardPolicy::default()),
            backoff: Arc::new(FullJitter::default()),
            budget: Arc::new(TokenBucket::default()),
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(30),
            body_limit: None,
            wait_for_rate_limit: true,
            user_agent: None,
            api: PhantomData,
        }
    }
}

impl<A: Api> ClientBuilder<A> {
    /// Sets the credential for the only security scheme that it fits; [`build`](Self::build) fails if it fits several.
    pub fn credentials(mut self, credential: impl Into<Credential>) -> Self {
        self.credentials.push((None, None, credential.into()));
        self
    }

    /// Sets the credential for the security scheme `scheme`.
    pub fn credential(mut self, scheme: impl Into<String>, credential: impl Into<Credential>) -> Self {
        self.credentials.push((Some(scheme.into()), None, credential.into()));
        self
    }

    /// Restricts the credential that was set last to one server, as the definition writes it or by its real URL. This is for
    /// a scheme that serves several hosts, each with its own keys:
    ///
    /// ```
    /// use openapi_runtime::{Api, ApiKey, ClientBuilder};
    ///
    /// fn builder<A: Api>() -> ClientBuilder<A> {
    ///     A::builder()
    ///         .credential("key", ApiKey::new("k-1"))
    ///         .at("https://a.example")
    ///         .credential("key", ApiKey::new("k-2"))
    ///         .at("https://b.example")
    /// }
    /// ```
    pub fn at(mut self, server: impl Into<String>) -> Self {
        match self.credentials.last_mut() {
            Some((_, at, _)) => *at = Some(server.into()),
            None => self.stray = Some(server.into()),
        }
        self
    }

    /// Sends everything to this server instead of the definition's. It must be https, or loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sends to `real` what the definition sends to `documented`. A server whose host is only a placeholder must be replaced
    /// before its operations can be called.
    pub fn server(mut self, documented: impl Into<String>, real: impl Into<String>) -> Self {
        self.servers.push((documented.into(), real.into()));
        self
    }

    /// Sets a variable of the servers' URLs: `server_variable("region", "eu")` for `https://{region}.example.com`.
    /// [`build`](Self::build) fails for a value that is not one of the variable's `enum`, or that would change the host.
    pub fn server_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Fetches the tokens of a security scheme from `url` instead of the definition's token endpoint, or the one that its
    /// discovery document names.
    pub fn token_url(mut self, scheme: impl Into<String>, url: impl Into<String>) -> Self {
        self.token_urls.insert(scheme.into(), url.into());
        self
    }

    /// Sends by reqwest with custom settings: a proxy, roots of trust, a pool. See
    /// [`ReqwestClient::with`](crate::ReqwestClient::with) for what is set before and after them.
    #[cfg(feature = "reqwest")]
    pub fn http_client(
        mut self,
        settings: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Http::Reqwest(Box::new(settings));
        self
    }

    /// Sends by `http`: a [`ReqwestClient`](crate::ReqwestClient) that several clients share, or an implementation of your
    /// own. It must not follow redirects.
    pub fn http(mut self, http: impl HttpClient) -> Self {
        self.http = Http::Given(Arc::new(http));
        self
    }

    /// Runs `hook` around each attempt to send a request. Of several, the first sees the request first and the response last; the
    /// last sees the request as it is sent.
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Puts a layer of tower around each request that is sent, those for tokens included: a limit of concurrency, of rate. Of several,
    /// the first is the outermost; [hooks](Self::hook) run around all of them. What a layer waits for counts as time of the
    /// attempt. See [`TowerClient`](crate::TowerClient) for what its errors mean.
    ///
    /// ```
    /// use openapi_runtime::{Api, BuildError};
    /// use tower::limit::GlobalConcurrencyLimitLayer;
    ///
    /// fn client<A: Api>() -> Result<A, BuildError> {
    ///     A::builder().layer(GlobalConcurrencyLimitLayer::new(8)).build()
    /// }
    /// ```
    #[cfg(feature = "tower")]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: tower_layer::Layer<crate::HttpService> + Send + Sync + 'static,
        crate::TowerClient<L::Service>: HttpClient,
    {
        self.layers.push(crate::tower::wrap(layer));
        self
    }

    /// Sends a header with every request: a tenant, or a version of the API. What the operation itself sets wins; of two
    /// values for one name, the later.
    ///
    /// Set credentials by [`credential`](Self::credential) and the `User-Agent` by [`user_agent`](Self::user_agent):
    /// [`build`](Self::build) fails for a header that carries a credential or frames the message, and for a value that a
    /// header cannot hold.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds a product, such as `my-tool/1.2`, to the `User-Agent`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Uses `clock` for all waits and limits; [`SystemClock`] unless set.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets what is retried; [`StandardPolicy`] unless set.
    pub fn retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// Sets the wait before a retry where the server gives none; [`FullJitter`] unless set.
    pub fn backoff(mut self, backoff: impl Backoff) -> Self {
        self.backoff = Arc::new(backoff);
        self
    }

    /// Limits retries by `budget`, which the client's clones share; a [`TokenBucket`] unless set.
    pub fn retry_budget(mut self, budget: impl RetryBudget) -> Self {
        self.budget = Arc::new(budget);
        self
    }

    /// Whether calls wait for the end of a rate limit's window that a response has reported as used up
    /// (`X-RateLimit-Remaining: 0`), instead of running into a 429; on by default.
    pub fn wait_for_rate_limit(mut self, wait: bool) -> Self {
        self.wait_for_rate_limit = wait;
        self
    }

    /// Limits a whole call, waits and token fetches included; 120 s unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Limits one attempt, and one token request; 30 s unless set. Unless [`http`](Self::http) gives the HTTP client, making a
    /// connection may take half of it, and at most 10 s, so that the error distinguishes a connection that is never made from an
    /// answer that does not come. (A shorter limit of one call counts as a timeout.)
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Limits how long a streamed body may make no progress: how long the next bytes of a response may take, instead of the whole
    /// call, and how long the server may read nothing of a file or stream that is sent to it. 30 s unless set.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.stall_timeout = timeout;
        self
    }

    /// Limits the size of a response's body. Unless set, a body that is held in memory has at most 64 MiB, and one that is
    /// streamed or saved to a file has no limit.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<A, BuildError> {
        self.transport().map(|managed| A::from_transport(Arc::new(managed)))
    }

    pub(crate) fn definition(&self) -> &'static Definition {
        A::DEFINITION
    }

    pub(crate) fn has_credentials(&self) -> bool {
        !self.credentials.is_empty()
    }

    fn transport(mut self) -> Result<Managed, BuildError> {
        let definition = A::DEFINITION;
        let given = self.given()?;
        let mut servers = Servers::new(definition, self.base_url.as_deref())?;
        for (documented, real) in self.servers {
            servers.replace(documented, &real)?;
        }
        for (name, value) in self.variables {
            servers.set_variable(name, value)?;
        }
        for server in given.iter().filter_map(|given| given.at.as_deref()) {
            servers.check_used(server)?;
        }
        for scheme in self.token_urls.keys() {
            known_scheme(definition, scheme)?;
        }
        let token_urls = self.token_urls.into_iter().map(|(scheme, url)| Ok((scheme, safe_url(&url)?)));
        let token_urls = token_urls.collect::<Result<_, BuildError>>()?;
        let headers = default_headers(&self.headers, definition.security_schemes)?;
        let http = self.http.client(self.attempt_timeout)?;
        #[cfg(feature = "tower")]
        let http = self.layers.into_iter().rev().fold(http, |http, wrap| wrap(http));
        let user_agent = user_agent(A::USER_AGENT, self.user_agent)?;
        let wire = Arc::new(Wire {
            http,
            hooks: self.hooks,
            clock: Arc::clone(&self.clock),
            user_agent,
            body_limit: self.body_limit.unwrap_or(BODY_LIMIT),
        });
        let fetching = Arc::new(Fetching {
            clock: self.clock,
            backoff: Arc::clone(&self.backoff),
            budget: Arc::clone(&self.budget),
            attempt_timeout: self.attempt_timeout,
        });
        let planner = Planner::new(definition, servers, given, token_urls, Arc::clone(&wire), fetching);
        Ok(Managed {
            routes: planner.plan(),
            wire,
            security_schemes: definition.security_schemes,
            settings: Settings {
                headers,
                policy: self.policy,
                backoff: self.backoff,
                budget: self.budget,
                timeout: self.timeout,
                attempt_timeout: self.attempt_timeout,
                stall_timeout: self.stall_timeout,
                stream_limit: self.body_limit,
                wait_for_rate_limit: self.wait_for_rate_limit,
            },
        })
    }

    /// The credentials, each with its scheme; of two for the same scheme and server, the later counts.
    fn given(&mut self) -> Result<Vec<Given>, BuildError> {
        if let Some(server) = self.stray.take() {
            return Err(BuildError::NoCredentialBefore(server));
        }
        let mut all: Vec<Given> = Vec::new();
        for (scheme, at, credential) in std::mem::take(&mut self.credentials) {
            if let Credential::DeviceAuthorization(device) = &credential
                && let Some(url) = &device.authorization_url
            {
                safe_url(url)?;
            }
            let scheme = match scheme {
                Some(name) => {
                    let scheme = known_scheme(A::DEFINITION, &name)?;
                    let token_url = self.token_urls.get(&name).map(String::as_str);
                    let fits = credential.serves(scheme, token_url);
                    fits.map_err(|reason| BuildError::WrongCredential { scheme: name.clone(), reason })?;
                    name
                }
                None => self.fitting(&credential)?,
            };
            if credential.is_empty() {
                return Err(BuildError::WrongCredential { scheme, reason: Mismatch::Empty });
            }
            all.retain(|other| (&other.scheme, &other.at) != (&scheme, &at));
            all.push(Given { scheme, at, credential });
        }
        Ok(all)
    }

    /// The one scheme that a credential fits.
    fn fitting(&self, credential: &Credential) -> Result<String, BuildError> {
        let token_url = |scheme: &SecurityScheme| self.token_urls.get(scheme.name).map(String::as_str);
        let named = |fits: &dyn Fn(&SecurityScheme) -> bool| -> Vec<String> {
            let schemes = A::DEFINITION.security_schemes.iter().filter(|scheme| fits(scheme));
            schemes.map(|scheme| scheme.name.to_owned()).collect()
        };
        let mut fitting = named(&|scheme| credential.fits(scheme, token_url(scheme)).is_ok());
        if fitting.is_empty() {
            fitting = named(&|scheme| credential.may_serve(scheme, token_url(scheme)));
        }
        match fitting.as_slice() {
            [lone] => Ok(lone.clone()),
            _ => Err(BuildError::Ambiguous(fitting)),
        }
    }
}

/// What a client sends by.
#[cfg_attr(not(feature = "reqwest"), derive(Default))]
enum Http {
    Given(Arc<dyn HttpClient>),
    #[cfg(feature = "reqwest")]
    Reqwest(Box<crate::reqwest_client::Settings>),
    #[cfg(not(feature = "reqwest"))]
    #[default]
    Nothing,
}

#[cfg(feature = "reqwest")]
impl Default for Http {
    fn default() -> Self {
        Self::Reqwest(Box::new(|builder| builder))
    }
}

impl Http {
    fn client(self, attempt_timeout: Duration) -> Result<Arc<dyn HttpClient>, BuildError> {
        #[cfg(not(feature = "reqwest"))]
        let _ = attempt_timeout;
        match self {
            Self::Given(http) => Ok(http),
            #[cfg(feature = "reqwest")]
            Self::Reqwest(settings) => Ok(Arc::new(crate::ReqwestClient::for_attempts(attempt_timeout, settings)?)),
            #[cfg(not(feature = "reqwest"))]
            Self::Nothing => Err(BuildError::NoHttpClient),
        }
    }
}

fn known_scheme(definition: &'static Definition, name: &str) -> Result<&'static SecurityScheme, BuildError> {
    definition.security_scheme(name).ok_or_else(|| BuildError::UnknownScheme {
        scheme: name.to_owned(),
        known: definition.security_schemes.iter().map(|scheme| scheme.name.to_owned()).collect(),
    })
}

fn default_headers(headers: &[(String, String)], schemes: &[SecurityScheme]) -> Result<HeaderMap, BuildError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let refuse = |reason: &str| BuildError::DefaultHeader { name: name.clone(), reason: reason.to_owned() };
        let header = HeaderName::try_from(name).map_err(|_| refuse("it is not a header name"))?;
        if is_reserved(&header) || is_key(schemes, "header", name) {
            return Err(refuse("it carries a credential or frames the message; give credentials by `.credential(…)`"));
        }
        if header == USER_AGENT {
            return Err(refuse("give a product by `.user_agent(…)`"));
        }
        let value = HeaderValue::try_from(value).map_err(|_| refuse("a header cannot hold its value"))?;
        map.insert(header, value);
    }
    Ok(map)
}

fn user_agent(own: &'static str, product: Option<String>) -> Result<HeaderValue, BuildError> {
    let text = product.map_or_else(|| own.to_owned(), |product| format!("{own} {product}"));
    HeaderValue::try_from(&text).map_err(|_| BuildError::UserAgent(text))
}

impl<A> fmt::Debug for ClientBuilder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URLs are checked only when the client is made: until then they may hold anything.
        let schemes: Vec<&Option<String>> = self.credentials.iter().map(|(scheme, ..)| scheme).collect();
        f.debug_struct("ClientBuilder").field("credentials", &schemes).finish_non_exhaustive()
    }
}
