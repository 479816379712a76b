//! Settings that differ from the client's for one call.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION};

use crate::codegen::{PairStyle, Style};
use crate::operation::{SecurityScheme, SecuritySchemeKind};
use crate::request::{Request, RequestError};
use crate::retry::{Backoff, NoRetry, RetryBudget, RetryPolicy};
use crate::token::TokenSource;

/// Settings that differ from the client's, for one call or for several: given to `Client::with`, or to `with` of a request.
///
/// ```
/// use std::time::Duration;
/// use openapi_runtime::CallOptions;
///
/// let hasty = CallOptions::new().timeout(Duration::from_secs(2)).no_retry();
/// let of_tenant = CallOptions::new().header("X-Tenant", "acme").query("api-version", "2026-01-01");
/// ```
#[derive(Clone, Default)]
#[must_use = "options do nothing until they are given to `with`"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) stall_timeout: Option<Duration>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) item_limit: Option<usize>,
    pub(crate) reconnects: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) policy: Option<Arc<dyn RetryPolicy>>,
    pub(crate) backoff: Option<Arc<dyn Backoff>>,
    pub(crate) budget: Option<Arc<dyn RetryBudget>>,
    pub(crate) source: Option<Arc<dyn TokenSource>>,
    headers: Vec<(Cow<'static, str>, String)>,
    query: Vec<(Cow<'static, str>, String)>,
}

impl CallOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the whole call, waits and token fetches included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits one attempt.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Limits how long a streamed body may make no progress: how long the next bytes of a response may take, instead of the whole
    /// call, and how long the server may read nothing of a file or stream that is sent to it ([`HttpError::Stalled`]).
    ///
    /// [`HttpError::Stalled`]: crate::HttpError::Stalled
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.stall_timeout = Some(timeout);
        self
    }

    /// Limits the size of a response's body, streamed or not.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Limits the size of one event or line of a streamed body; 1 MiB unless set.
    pub fn item_limit(mut self, bytes: usize) -> Self {
        self.item_limit = Some(bytes);
        self
    }

    /// Whether an event stream whose body ends as it should is reconnected, as browsers do, instead of ending there: a GET, until
    /// the server answers 204 or sends what ends the stream, or connections in which no event came have used up the retry policy.
    /// The server is asked to go on after the last id; one that gives no ids may send events again.
    pub fn reconnect_at_end(mut self, reconnect: bool) -> Self {
        self.reconnects = Some(reconnect);
        self
    }

    /// Overrides whether sending the request twice has the effect of sending it once.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Never retries. (A token that the server rejects is still replaced once.)
    pub fn no_retry(self) -> Self {
        self.retry_policy(NoRetry)
    }

    /// Sets what is retried.
    pub fn retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.policy = Some(Arc::new(policy));
        self
    }

    /// Sets the wait before a retry where the server gives none.
    pub fn backoff(mut self, backoff: impl Backoff) -> Self {
        self.backoff = Some(Arc::new(backoff));
        self
    }

    /// Limits retries by `budget` instead of the client's.
    pub fn retry_budget(mut self, budget: impl RetryBudget) -> Self {
        self.budget = Some(Arc::new(budget));
        self
    }

    /// Takes the bearer token from `source` instead of the client's credential. `source` is asked for each attempt; its tokens
    /// are not cached.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Sends a header that the definition does not have: a tenant, or a version of the API. It replaces one that the
    /// operation sets.
    ///
    /// A header that carries credentials or frames the message, or a value that a header cannot hold, fails the call with
    /// [`ErrorKind::Request`](crate::ErrorKind::Request).
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends a query parameter that the definition does not have, percent-encoded, after the operation's own.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// These options, and those of `other` that these do not set.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let both = |first: &[_], second: &[_]| [first, second].concat();
        Self {
            timeout: self.timeout.or(other.timeout),
            attempt_timeout: self.attempt_timeout.or(other.attempt_timeout),
            stall_timeout: self.stall_timeout.or(other.stall_timeout),
            body_limit: self.body_limit.or(other.body_limit),
            item_limit: self.item_limit.or(other.item_limit),
            reconnects: self.reconnects.or(other.reconnects),
            idempotent: self.idempotent.or(other.idempotent),
            policy: self.policy.clone().or_else(|| other.policy.clone()),
            backoff: self.backoff.clone().or_else(|| other.backoff.clone()),
            budget: self.budget.clone().or_else(|| other.budget.clone()),
            source: self.source.clone().or_else(|| other.source.clone()),
            // Of two headers of one name, the one that is set later stays.
            headers: both(&other.headers, &self.headers),
            query: both(&other.query, &self.query),
        }
    }

    /// Adds the headers and query parameters to `request`, of which none may be a credential of `schemes`.
    pub(crate) fn apply(&self, request: &mut Request, schemes: &[SecurityScheme]) -> Result<(), RequestError> {
        for (name, value) in &self.headers {
            let bad = || RequestError::Header(name.clone());
            let header = HeaderName::try_from(&**name).map_err(|_| bad())?;
            if is_reserved(&header) || is_key(schemes, "header", name) {
                return Err(RequestError::Reserved(name.clone().into_owned()));
            }
            request.headers.insert(header, HeaderValue::from_str(value).map_err(|_| bad())?);
        }
        for (name, value) in &self.query {
            if is_key(schemes, "query", name) {
                return Err(RequestError::Reserved(name.clone().into_owned()));
            }
            Style::FormExploded.add(&mut request.query, name, &value.as_str().into());
        }
        Ok(())
    }
}

/// Whether a header carries credentials, or frames the message (RFC 9112, 6 and 9), so that it cannot be set by hand.
pub(crate) fn is_reserved(name: &HeaderName) -> bool {
    const FRAMING: [&str; 9] = [
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name) || FRAMING.contains(&name.as_str())
}

/// Whether an API key of `schemes` has that name, so that it cannot be set by hand.
pub(crate) fn is_key(schemes: &[SecurityScheme], place: &str, sought: &str) -> bool {
    let is = |scheme: &SecurityScheme| match scheme.kind {
        SecuritySchemeKind::ApiKey { location: "header", name } => {
            place == "header" && name.eq_ignore_ascii_case(sought)
        }
        SecuritySchemeKind::ApiKey { location, name } => location == place && name == sought,
        _ => false,
    };
    schemes.iter().any(is)
}

impl std::fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}
