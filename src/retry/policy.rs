//! Whether a failed attempt is worth another.

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;

use crate::http::HttpError;
use crate::support::{Operation, Reply};

/// An attempt and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// Whether sending it twice does what sending it once does: by the definition, or because the caller says so.
    pub idempotent: bool,
    /// How often it has been sent, this attempt included.
    pub attempts: u32,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// An answer, of any status.
    Reply(&'a Reply),
    /// None.
    Error(&'a HttpError),
}

/// Decides whether to try again.
pub trait RetryPolicy: Send + Sync + 'static {
    /// Whether `attempt` is worth another.
    fn retry(&self, attempt: &Attempt<'_>) -> bool;
}

/// The rules of [this module](super), up to a number of attempts.
#[derive(Clone, Copy, Debug)]
pub struct StandardPolicy {
    /// The most attempts, the first included.
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
        match attempt.outcome {
            Outcome::Error(HttpError::Connect(_)) => true,
            Outcome::Error(HttpError::Timeout(_) | HttpError::Lost(_) | HttpError::Cut { .. }) => attempt.idempotent,
            Outcome::Error(_) => false,
            Outcome::Reply(reply) => match reply.status {
                StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::SERVICE_UNAVAILABLE if reply.headers.contains_key(RETRY_AFTER) => true,
                status => attempt.idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
            },
        }
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
