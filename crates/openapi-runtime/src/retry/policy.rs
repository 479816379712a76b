//! Whether a failed attempt is worth another.

use std::time::SystemTime;

use http::StatusCode;

use super::wait::retry_after;
use crate::http_client::HttpError;
use crate::operation::Operation;
use crate::response::Reply;

/// An attempt and its outcome.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// Whether sending it twice has the effect of sending it once: by the definition, or because the caller says so.
    pub idempotent: bool,
    /// How often it has been sent, this attempt included.
    pub attempts: u32,
    /// The outcome.
    pub outcome: Outcome<'a>,
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// An answer, of any status.
    Reply(&'a Reply),
    /// No answer.
    Error(&'a HttpError),
}

/// Decides whether to try again.
///
/// ```
/// use openapi_runtime::retry::{Attempt, Outcome, RetryPolicy};
///
/// /// Retries a 404, because what was just created may not be visible yet.
/// struct NotFoundYet;
///
/// impl RetryPolicy for NotFoundYet {
///     fn retry(&self, attempt: &Attempt<'_>) -> bool {
///         attempt.attempts < 4 && matches!(attempt.outcome, Outcome::Reply(reply) if reply.status == 404)
///     }
/// }
/// ```
pub trait RetryPolicy: Send + Sync + 'static {
    /// Whether to send the request again after `attempt`.
    fn retry(&self, attempt: &Attempt<'_>) -> bool;
}

/// The rules of [this module](super), up to a number of attempts.
///
/// ```
/// use openapi_runtime::{Api, ClientBuilder, retry::StandardPolicy};
///
/// fn patient<A: Api>() -> ClientBuilder<A> {
///     A::builder().retry_policy(StandardPolicy { attempts: 8 })
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StandardPolicy {
    /// The maximum number of attempts, including the first.
    pub attempts: u32,
}

impl Default for StandardPolicy {
    /// Four attempts.
    fn default() -> Self {
        Self { attempts: 4 }
    }
}

impl RetryPolicy for StandardPolicy {
    fn retry(&self, attempt: &Attempt<'_>) -> bool {
        if attempt.attempts >= self.attempts {
            return false;
        }
        may_repeat(attempt.idempotent, attempt.outcome)
    }
}

/// Whether a request that ended so can be sent again: nothing was done for it, or, where it is `idempotent`, doing it twice
/// does no harm.
pub(crate) fn may_repeat(idempotent: bool, outcome: Outcome<'_>) -> bool {
    match outcome {
        Outcome::Error(HttpError::Connect(_) | HttpError::Refused(_)) => true,
        Outcome::Error(
            HttpError::Timeout { .. } | HttpError::Stalled { .. } | HttpError::Lost(_) | HttpError::Cut { .. },
        ) => idempotent,
        Outcome::Error(HttpError::TooLarge { .. } | HttpError::Request(_) | HttpError::Continue(_)) => false,
        Outcome::Reply(reply) => match reply.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE if retry_after(&reply.headers, SystemTime::UNIX_EPOCH).is_some() => true,
            status => idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
        },
    }
}

/// Never tries again.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRetry;

impl RetryPolicy for NoRetry {
    fn retry(&self, _: &Attempt<'_>) -> bool {
        false
    }
}
