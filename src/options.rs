//! What can be different for one call.

use std::sync::Arc;
use std::time::Duration;

use crate::Client;
use crate::retry::{Backoff, NoRetry, RetryBudget, RetryPolicy};
use crate::support::{BoxFuture, Failure, Reply, Request, Transport};
use crate::token::TokenSource;

/// What is to be different from the client's settings, for the calls of [`Client::with`].
///
/// ```no_run
/// use std::time::Duration;
/// use confluent_cloud::{CallOptions, Client};
///
/// # fn run(client: Client) {
/// let hasty = client.with(CallOptions::new().timeout(Duration::from_secs(2)).no_retry());
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "options do nothing until they are given to `Client::with`"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) policy: Option<Arc<dyn RetryPolicy>>,
    pub(crate) backoff: Option<Arc<dyn Backoff>>,
    pub(crate) budget: Option<Arc<dyn RetryBudget>>,
    pub(crate) source: Option<Arc<dyn TokenSource>>,
}

impl CallOptions {
    /// Nothing different.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time for a whole call, waits and token fetches included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The time for one attempt.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Whether sending the request twice does what sending it once does, whatever the definition says.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Never tries again. (A token that the server refuses is still replaced once.)
    pub fn no_retry(self) -> Self {
        self.retry_policy(NoRetry)
    }

    /// What is retried.
    pub fn retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.policy = Some(Arc::new(policy));
        self
    }

    /// How long to wait where the server does not say.
    pub fn backoff(mut self, backoff: impl Backoff) -> Self {
        self.backoff = Some(Arc::new(backoff));
        self
    }

    /// The budget that retries are taken from, in the place of the client's.
    pub fn retry_budget(mut self, budget: impl RetryBudget) -> Self {
        self.budget = Some(Arc::new(budget));
        self
    }

    /// Takes the bearer token from `source`, whatever credentials the client has. It is asked for each call: nothing of
    /// it is cached.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// These options, and `other`'s where these say nothing.
    fn or(&self, other: &Self) -> Self {
        Self {
            timeout: self.timeout.or(other.timeout),
            attempt_timeout: self.attempt_timeout.or(other.attempt_timeout),
            idempotent: self.idempotent.or(other.idempotent),
            policy: self.policy.clone().or_else(|| other.policy.clone()),
            backoff: self.backoff.clone().or_else(|| other.backoff.clone()),
            budget: self.budget.clone().or_else(|| other.budget.clone()),
            source: self.source.clone().or_else(|| other.source.clone()),
        }
    }
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

impl Client {
    /// This client with other settings, for one call or for several. It shares everything else: connections, tokens,
    /// the retry budget. Making it costs two small allocations.
    ///
    /// A client that was made by [`Client::with_transport`] has a transport of the user's own, which need not heed them.
    pub fn with(&self, options: CallOptions) -> Client {
        Client::with_transport(Optioned { inner: Arc::clone(self.transport()), options: Arc::new(options) })
    }
}

/// Hands the options to the transport, with each request.
struct Optioned {
    inner: Arc<dyn Transport>,
    options: Arc<CallOptions>,
}

impl Transport for Optioned {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        // What was asked for last has come first, and counts.
        let later = request.options.take().and_then(|options| options.downcast::<CallOptions>().ok());
        request.options = Some(match later {
            Some(later) => Arc::new(later.or(&self.options)),
            None => Arc::clone(&self.options) as _,
        });
        self.inner.send(request)
    }
}
