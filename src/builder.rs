//! How a client is made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::clock::{Clock, SystemClock};
use crate::credentials::{ApiKey, BearerToken, ClientCredentials, Credential};
use crate::http::{HttpClient, Reqwest};
use crate::retry::{Backoff, Budget, FullJitter, RetryPolicy, StandardPolicy};
use crate::support::{SecurityScheme, SecuritySchemeKind};
use crate::token::Cache;
use crate::transport::{Managed, is_safe};
use crate::{Client, DEFINITION};

/// The environment variable that names the server.
const BASE_URL: &str = "CONFLUENT_BASE_URL";

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A URL is none, or is not https.
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
    /// A credential cannot be presented for a scheme.
    #[error("this credential cannot serve the security scheme `{0}`")]
    WrongCredential(String),
    /// A credential fits no scheme, or several.
    #[error("this credential fits {}; name the scheme by `credential(scheme, …)`",
        if .0.is_empty() { "no security scheme".to_owned() } else { format!("several security schemes: {}", .0.join(", ")) })]
    Ambiguous(Vec<String>),
    /// An environment variable is missing, empty, or given without its other half.
    #[error("the environment variable {name} {problem}")]
    Environment {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// TLS or the proxy settings of the system cannot be read.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
}

/// Makes a [`Client`]. Its `Debug` shows no secret.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    base_url: Option<String>,
    lone: Vec<Credential>,
    named: BTreeMap<String, Credential>,
    token_urls: BTreeMap<String, String>,
    reqwest: Option<reqwest::Client>,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    policy: Arc<dyn RetryPolicy>,
    backoff: Arc<dyn Backoff>,
    budget: Budget,
    timeout: Duration,
    attempt_timeout: Duration,
    body_limit: usize,
}

impl Client {
    /// How a client is made.
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            base_url: None,
            lone: Vec::new(),
            named: BTreeMap::new(),
            token_urls: BTreeMap::new(),
            reqwest: None,
            http: None,
            clock: Arc::new(SystemClock),
            policy: Arc::new(StandardPolicy::default()),
            backoff: Arc::new(FullJitter::default()),
            budget: Budget::default(),
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            body_limit: 64 * 1024 * 1024,
        }
    }

    /// A client whose credentials and server the environment gives: the variables of the manifest's `[env]` table
    /// (`DEFINITION.environment`), and `CONFLUENT_BASE_URL` for another server than the definition's.
    ///
    /// # Errors
    ///
    /// [`BuildError::Environment`] names the variable that is missing or empty.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().env(|name| std::env::var(name).ok())?.build()
    }
}

impl ClientBuilder {
    /// Gives a credential for the one security scheme that it fits.
    pub fn credentials(mut self, credential: impl Into<Credential>) -> Self {
        self.lone.push(credential.into());
        self
    }

    /// Gives a credential for the security scheme of that name.
    pub fn credential(mut self, scheme: impl Into<String>, credential: impl Into<Credential>) -> Self {
        self.named.insert(scheme.into(), credential.into());
        self
    }

    /// Sends everything to this server in the place of the definition's. It must be https, or loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Fetches the tokens of a security scheme there in the place of the definition's token endpoint.
    pub fn token_url(mut self, scheme: impl Into<String>, url: impl Into<String>) -> Self {
        self.token_urls.insert(scheme.into(), url.into());
        self
    }

    /// Sends by this reqwest client: for a proxy, or roots of trust of your own. Make it follow no redirects
    /// (`reqwest::redirect::Policy::none()`), as the default one does, so that no token follows one.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.reqwest = Some(client);
        self
    }

    /// Sends by something else than reqwest.
    pub fn http(mut self, http: impl HttpClient) -> Self {
        self.http = Some(Arc::new(http));
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

    /// The budget for retries, shared by the client's clones.
    pub fn retry_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The time for a whole call, waits and token fetches included; 120 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for one attempt; 30 s by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The longest response body that is read, in bytes; 64 MiB by default.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Takes credentials and server from variables that `lookup` knows, as [`Client::from_env`] takes them from the
    /// process's environment.
    ///
    /// # Errors
    ///
    /// [`BuildError::Environment`].
    pub fn env(mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let problem =
            |name: &str, problem: &str| BuildError::Environment { name: name.to_owned(), problem: problem.to_owned() };
        let read = |name: &str| match lookup(name) {
            Some(value) if value.trim().is_empty() => Err(problem(name, "is empty")),
            value => Ok(value),
        };
        if let Some(url) = read(BASE_URL)? {
            self.base_url = Some(url);
        }
        let mut parts: BTreeMap<&str, BTreeMap<&str, (&str, Option<String>)>> = BTreeMap::new();
        for variable in DEFINITION.environment {
            let value = read(variable.name)?;
            parts.entry(variable.scheme).or_default().insert(variable.part, (variable.name, value));
        }
        for (scheme, mut parts) in parts {
            if let Some((_, Some(token))) = parts.remove("token") {
                self.named.insert(scheme.to_owned(), BearerToken::new(token).into());
                continue;
            }
            let (Some((id_name, id)), Some((secret_name, secret))) = (parts.remove("id"), parts.remove("secret"))
            else {
                continue;
            };
            match (id, secret) {
                (Some(id), Some(secret)) => {
                    let basic = DEFINITION
                        .security_scheme(scheme)
                        .is_some_and(|scheme| matches!(scheme.kind, SecuritySchemeKind::Http { .. }));
                    let credential: Credential =
                        if basic { ApiKey::new(id, secret).into() } else { ClientCredentials::new(id, secret).into() };
                    self.named.insert(scheme.to_owned(), credential);
                }
                (None, None) => {}
                (None, Some(_)) => return Err(problem(id_name, &format!("is not set, and {secret_name} is"))),
                (Some(_), None) => return Err(problem(secret_name, &format!("is not set, and {id_name} is"))),
            }
        }
        if self.named.is_empty()
            && self.lone.is_empty()
            && let Some(first) = DEFINITION.environment.first()
        {
            return Err(problem(first.name, "is not set"));
        }
        Ok(self)
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Client, BuildError> {
        let mut credentials = BTreeMap::new();
        for (name, credential) in self.named {
            let scheme = DEFINITION.security_scheme(&name).ok_or_else(|| BuildError::UnknownScheme(name.clone()))?;
            if !credential.serves(scheme) {
                return Err(BuildError::WrongCredential(name));
            }
            credentials.insert(name, credential);
        }
        for credential in self.lone {
            let fitting = DEFINITION.security_schemes.iter().filter(|scheme| credential.serves(scheme));
            let fitting: Vec<&SecurityScheme> = fitting.collect();
            let [scheme] = fitting.as_slice() else {
                return Err(BuildError::Ambiguous(fitting.iter().map(|scheme| scheme.name.to_owned()).collect()));
            };
            credentials.insert(scheme.name.to_owned(), credential);
        }
        let http = match (self.http, self.reqwest) {
            (Some(http), _) => http,
            (None, Some(client)) => Arc::new(Reqwest { client, limit: self.body_limit }) as Arc<dyn HttpClient>,
            (None, None) => {
                let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
                let client = builder.build().map_err(BuildError::Http)?;
                Arc::new(Reqwest { client, limit: self.body_limit })
            }
        };
        let token_urls = self.token_urls.into_iter().map(|(scheme, url)| Ok((scheme, safe_url(&url)?)));
        Ok(Client::with_transport(Managed {
            http,
            cache: Cache::new(Arc::clone(&self.clock)),
            clock: self.clock,
            base_url: self.base_url.as_deref().map(safe_url).transpose()?,
            credentials,
            token_urls: token_urls.collect::<Result<_, BuildError>>()?,
            sources: Mutex::new(BTreeMap::new()),
            policy: self.policy,
            backoff: self.backoff,
            budget: Arc::new(self.budget),
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            user_agent: HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"))),
        }))
    }
}

fn safe_url(text: &str) -> Result<Url, BuildError> {
    let refuse = |reason: String| BuildError::Url { url: text.to_owned(), reason };
    let url = Url::parse(text).map_err(|error| refuse(error.to_string()))?;
    if is_safe(&url) { Ok(url) } else { Err(refuse("it must be https, or loopback".into())) }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
