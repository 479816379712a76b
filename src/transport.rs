//! The transport: picks a server and a credential for each operation, sends, and tries again where that is right.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument;

use crate::clock::Clock;
use crate::credentials::Credential;
use crate::http::{HttpClient, HttpError};
use crate::retry::{Attempt, Backoff, Budget, Outcome, RetryPolicy, server_wait};
use crate::support::{
    BoxError, BoxFuture, Failure, FailureKind, Operation, Reply, Request, Requirement, SecuritySchemeKind, Transport,
};
use crate::token::{Cache, ClientCredentialsSource, Key, TokenError, TokenSource};

/// What a retry costs of the [`Budget`], and what one after a timeout costs.
const RETRY_COST: u32 = 5;
const TIMEOUT_COST: u32 = 10;

pub(crate) struct Managed {
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) base_url: Option<Url>,
    /// By security scheme.
    pub(crate) credentials: BTreeMap<String, Credential>,
    /// By security scheme: the token endpoints that the user has set.
    pub(crate) token_urls: BTreeMap<String, Url>,
    pub(crate) cache: Cache,
    pub(crate) sources: Mutex<BTreeMap<(String, String), Arc<dyn TokenSource>>>,
    pub(crate) policy: Arc<dyn RetryPolicy>,
    pub(crate) backoff: Arc<dyn Backoff>,
    pub(crate) budget: Arc<Budget>,
    /// For the whole call, waits and token fetches included.
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) user_agent: HeaderValue,
}

/// A credential as it is sent with one attempt.
struct Presented {
    header: HeaderValue,
    /// The cached token in it, to be forgotten should the server refuse it.
    token: Option<(Key, SecretString)>,
}

impl Transport for Managed {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let operation = request.operation;
        let span = tracing::info_span!(
            "HTTP",
            otel.name = %format_args!("{} {}", operation.method, operation.path),
            http.request.method = operation.method,
            url.template = operation.path,
            server.address = tracing::field::Empty,
            http.response.status_code = tracing::field::Empty,
            http.request.resend_count = tracing::field::Empty,
            error.type = tracing::field::Empty,
        );
        let recorded = span.clone();
        Box::pin(
            async move {
                let mut call = Call { managed: self, request, start: self.clock.now(), attempts: 0, last: None };
                let result = call.run().await;
                recorded.record("http.request.resend_count", call.attempts.saturating_sub(1));
                let elapsed = self.clock.now().saturating_duration_since(call.start);
                match result {
                    Ok(reply) => {
                        recorded.record("http.response.status_code", reply.status.as_u16());
                        Ok(reply.after(call.attempts, elapsed))
                    }
                    Err(kind) => {
                        recorded.record("error.type", kind_name(&kind));
                        Err(Failure::new(kind, call.attempts, elapsed))
                    }
                }
            }
            .instrument(span),
        )
    }
}

fn kind_name(kind: &FailureKind) -> &'static str {
    match kind {
        FailureKind::Request(_) => "request",
        FailureKind::NoCredential(_) => "no_credential",
        FailureKind::Token(_) => "token",
        FailureKind::Deadline(_) => "deadline",
        FailureKind::Transport(_) => "transport",
    }
}

/// One call under way.
struct Call<'a> {
    managed: &'a Managed,
    request: Request,
    start: Instant,
    attempts: u32,
    /// What the last attempt failed of.
    last: Option<BoxError>,
}

impl Call<'_> {
    async fn run(&mut self) -> Result<Reply, FailureKind> {
        let server = self.managed.server(self.request.operation)?;
        tracing::Span::current().record("server.address", server.host_str().unwrap_or_default());
        let mut refused = false;
        let mut spent = 0;
        loop {
            let left = self.left()?;
            let presented = self.managed.present(self.request.operation, &server, left).await?;
            let mut http = self.request.to_http(&server).map_err(FailureKind::Request)?;
            http.headers_mut().insert(USER_AGENT, self.managed.user_agent.clone());
            if let Some(presented) = &presented {
                http.headers_mut().insert(AUTHORIZATION, presented.header.clone());
            }
            *http.timeout_mut() = Some(self.managed.attempt_timeout.min(self.left()?));
            self.attempts += 1;
            let result = self.managed.http.execute(http).await;
            match &result {
                Ok(reply) => tracing::debug!(attempt = self.attempts, status = reply.status.as_u16(), "attempt"),
                Err(error) => tracing::debug!(attempt = self.attempts, %error, "attempt"),
            }
            let token = presented.and_then(|presented| presented.token);
            if let (Ok(reply), Some((key, token)), false) = (&result, token, refused)
                && reply.status == StatusCode::UNAUTHORIZED
            {
                // The token that was refused is replaced once; a second refusal is the caller's to see.
                self.managed.cache.forget(&key, &token);
                refused = true;
                continue;
            }
            let outcome = result.as_ref().map_or_else(Outcome::Error, Outcome::Reply);
            let cost = if matches!(result, Err(HttpError::Timeout(_))) { TIMEOUT_COST } else { RETRY_COST };
            let attempt = Attempt { operation: self.request.operation, attempts: self.attempts, outcome };
            if !self.managed.policy.retry(&attempt) || !self.managed.budget.take(cost) {
                if result.as_ref().is_ok_and(|reply| reply.status.is_success()) {
                    self.managed.budget.give(if spent == 0 { 1 } else { spent });
                }
                return result.map_err(|error| FailureKind::Transport(error.into()));
            }
            spent = cost;
            self.wait(result).await?;
        }
    }

    /// The time that is left for the call.
    fn left(&mut self) -> Result<Duration, FailureKind> {
        let elapsed = self.managed.clock.now().saturating_duration_since(self.start);
        match self.managed.timeout.checked_sub(elapsed) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(FailureKind::Deadline(self.last.take())),
        }
    }

    /// Waits before another attempt; a wait that would pass the deadline fails at once.
    async fn wait(&mut self, result: Result<Reply, HttpError>) -> Result<(), FailureKind> {
        let asked = result.as_ref().ok().and_then(|reply| server_wait(&reply.headers, self.managed.clock.wall()));
        let wait = asked.unwrap_or_else(|| self.managed.backoff.wait(self.attempts));
        self.last = Some(match result {
            Ok(reply) => {
                format!("the server answered {} and the next attempt was to be in {wait:.1?}", reply.status).into()
            }
            Err(error) => error.into(),
        });
        if wait >= self.left()? {
            return Err(FailureKind::Deadline(self.last.take()));
        }
        tracing::debug!(?wait, "retry");
        self.managed.clock.sleep(wait).await;
        Ok(())
    }
}

impl Managed {
    /// The server of an operation: the user's, else the first that the definition names.
    fn server(&self, operation: &Operation) -> Result<Url, FailureKind> {
        if let Some(server) = &self.base_url {
            return Ok(server.clone());
        }
        let Some(server) = operation.servers.first() else {
            return Err(FailureKind::Request("the definition names no server; give one by `base_url`".into()));
        };
        let mut url = server.url.to_owned();
        for variable in server.variables {
            url = url.replace(&format!("{{{}}}", variable.name), variable.default);
        }
        let url = Url::parse(&url).map_err(|error| {
            FailureKind::Request(format!("the server `{url}` is no URL ({error}); give one by `base_url`").into())
        })?;
        if !is_safe(&url) {
            return Err(FailureKind::Request(format!("the server `{url}` is not https").into()));
        }
        Ok(url)
    }

    /// The credential for an operation: that of the first of its alternatives for which all are there.
    async fn present(
        &self,
        operation: &'static Operation,
        server: &Url,
        left: Duration,
    ) -> Result<Option<Presented>, FailureKind> {
        if operation.security.is_empty() {
            return Ok(None);
        }
        let given = |requirement: &Requirement| self.credentials.contains_key(requirement.scheme);
        let Some(alternative) = operation.security.iter().find(|alternative| alternative.iter().all(given)) else {
            let schemes: Vec<String> =
                operation.security.iter().flat_map(|all| *all).map(|one| format!("`{}`", one.scheme)).collect();
            let message = format!(
                "the operation takes {}; give one by `Client::builder().credential(scheme, …)`",
                schemes.join(" or ")
            );
            return Err(FailureKind::NoCredential(message.into()));
        };
        let [requirement] = alternative else {
            return match alternative.len() {
                0 => Ok(None),
                _ => Err(FailureKind::NoCredential("the operation takes several credentials at once".into())),
            };
        };
        let presented = self.authorization(requirement, server);
        // The whole call's deadline holds for token fetches, too.
        let mut sleep = self.clock.sleep(left);
        let mut presented = std::pin::pin!(presented);
        std::future::poll_fn(|context| {
            if let std::task::Poll::Ready(result) = presented.as_mut().poll(context) {
                return std::task::Poll::Ready(result);
            }
            sleep.as_mut().poll(context).map(|()| Err(FailureKind::Deadline(Some("no token came in time".into()))))
        })
        .await
        .map(Some)
    }

    async fn authorization(&self, requirement: &'static Requirement, server: &Url) -> Result<Presented, FailureKind> {
        let token_failed = |error: TokenError| FailureKind::Token(error.into());
        let (token, cached) = match &self.credentials[requirement.scheme] {
            Credential::ApiKey(key) => {
                let header = basic(&key.key, key.secret.expose_secret());
                return Ok(Presented { header: sensitive(&header)?, token: None });
            }
            Credential::BearerToken(token) => (token.0.clone(), None),
            credential => {
                let (source, endpoint) = self.source(requirement.scheme, credential, server).map_err(token_failed)?;
                let key = Key { scheme: requirement.scheme, endpoint, scopes: requirement.scopes };
                let token = self.cache.token(&key, &source).await.map_err(token_failed)?;
                (token.clone(), Some((key, token)))
            }
        };
        let header = SecretString::from(format!("Bearer {}", token.expose_secret()));
        Ok(Presented { header: sensitive(&header)?, token: cached })
    }

    /// Where tokens for a scheme come from, and the token endpoint.
    fn source(
        &self,
        scheme: &str,
        credential: &Credential,
        server: &Url,
    ) -> Result<(Arc<dyn TokenSource>, String), TokenError> {
        let credentials = match credential {
            Credential::Source(source) => return Ok((Arc::clone(source), String::new())),
            Credential::ClientCredentials(credentials) => credentials,
            _ => return Err(TokenError::Endpoint("this credential gives no tokens".into())),
        };
        let kind = crate::DEFINITION.security_scheme(scheme).map(|scheme| &scheme.kind);
        let endpoint = match (self.token_urls.get(scheme), kind) {
            (Some(url), _) => url.clone(),
            (None, Some(SecuritySchemeKind::ClientCredentials { token_url, .. })) => {
                server.join(token_url).map_err(|error| {
                    TokenError::Endpoint(format!("the token endpoint `{token_url}` is no URL: {error}"))
                })?
            }
            _ => {
                return Err(TokenError::Endpoint(format!("`{scheme}` has no token endpoint; give one by `token_url`")));
            }
        };
        if !is_safe(&endpoint) {
            return Err(TokenError::Endpoint(format!("the token endpoint `{endpoint}` is not https")));
        }
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let source = sources.entry((scheme.to_owned(), endpoint.to_string())).or_insert_with(|| {
            Arc::new(ClientCredentialsSource {
                credentials: credentials.clone(),
                endpoint: endpoint.clone(),
                http: Arc::clone(&self.http),
                timeout: self.attempt_timeout,
            })
        });
        Ok((Arc::clone(source), endpoint.to_string()))
    }
}

/// Whether a secret may be sent there: by https, or to this very machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, FailureKind> {
    let mut value = HeaderValue::from_str(text.expose_secret())
        .map_err(|_| FailureKind::Request("the credential holds what a header cannot".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The value of an `Authorization` header of HTTP Basic (RFC 7617, 2).
fn basic(user: &str, password: &str) -> SecretString {
    use base64::Engine;
    let pair = SecretString::from(format!("{user}:{password}"));
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair.expose_secret());
    SecretString::from(format!("Basic {encoded}"))
}
