//! Whether a failed attempt is worth another, and what the server says about when.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::http::HttpError;
use crate::support::{Operation, Reply};

/// An attempt and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation.
    pub operation: &'static Operation,
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
        let idempotent = attempt.operation.idempotent;
        match attempt.outcome {
            Outcome::Error(HttpError::Connect(_)) => true,
            Outcome::Error(HttpError::Timeout(_) | HttpError::Lost(_)) => idempotent,
            Outcome::Error(_) => false,
            Outcome::Reply(reply) => match reply.status {
                StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::SERVICE_UNAVAILABLE if reply.headers.contains_key(RETRY_AFTER) => true,
                status => idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
            },
        }
    }
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)), else `X-RateLimit-Reset` in seconds from now.
pub(crate) fn server_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| text.parse().ok().map(Duration::from_secs);
    let date = |text: &str| {
        let date = httpdate::parse_http_date(text).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    };
    let retry_after = text(RETRY_AFTER.as_str()).and_then(|text| seconds(text).or_else(|| date(text)));
    retry_after.or_else(|| text("x-ratelimit-reset").and_then(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_says_how_long_to_wait() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let table = [
            (&[("retry-after", "7")][..], Some(7)),
            (&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")], Some(60)),
            (&[("retry-after", "Sun, 06 Nov 1994 08:40:37 GMT")], Some(0)),
            (&[("x-ratelimit-reset", "3")], Some(3)),
            (&[("retry-after", "soon"), ("x-ratelimit-reset", "3")], Some(3)),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ];
        for (headers, expected) in table {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().expect("a header name"), value.parse().expect("a header value")))
                .collect();
            assert_eq!(server_wait(&map, now), expected.map(Duration::from_secs), "{headers:?}");
        }
    }
}
