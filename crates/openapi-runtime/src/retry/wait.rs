//! Reads how long the server asks to wait.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{AsHeaderName, HeaderMap, HeaderName, RETRY_AFTER};

/// How many requests are left of the current window.
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// When the current window ends, in seconds from now.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// How long the server asks to wait: `Retry-After` in seconds or as a date
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)), else, where the rate limit is reached,
/// `X-RateLimit-Reset` in seconds from now.
pub(crate) fn server_wait(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let limited = status == StatusCode::TOO_MANY_REQUESTS || exhausted(headers);
    retry_after(headers, now).or_else(|| reset(headers).filter(|_| limited))
}

/// `Retry-After`, if it can be read: a number of seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?;
    let date = || Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default());
    seconds(text).or_else(date)
}

/// The bounds of what is added to a wait.
const ADDED: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// `wait`, and up to a tenth more of it, at least 250 ms and at most 5 s: the server asks many clients for the same wait, and
/// should not see them all at its end.
pub(crate) fn spread(wait: Duration) -> Duration {
    wait.saturating_add((wait / 10).clamp(ADDED.0, ADDED.1).mul_f64(fastrand::f64()))
}

/// Whether `X-RateLimit-Remaining` says that nothing is left of the current window.
pub(crate) fn exhausted(headers: &HeaderMap) -> bool {
    text(headers, REMAINING).is_some_and(|text| text.parse() == Ok(0u64))
}

/// `X-RateLimit-Reset`: the time until the current window ends.
pub(crate) fn reset(headers: &HeaderMap) -> Option<Duration> {
    text(headers, RESET).and_then(seconds)
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_says_how_long_to_wait() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let table = [
            (429, &[("retry-after", "7")][..], Some(7)),
            (503, &[("retry-after", "7")], Some(7)),
            (429, &[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")], Some(60)),
            (429, &[("retry-after", "Sun, 06 Nov 1994 08:40:37 GMT")], Some(0)),
            (429, &[("x-ratelimit-reset", "3")], Some(3)),
            (429, &[("retry-after", "soon"), ("x-ratelimit-reset", "3")], Some(3)),
            // The older forms of dates (RFC 9110, 5.6.7).
            (429, &[("retry-after", "Sunday, 06-Nov-94 08:50:37 GMT")], Some(60)),
            (429, &[("retry-after", "Sun Nov  6 08:50:37 1994")], Some(60)),
            (429, &[("retry-after", " 7 ")], Some(7)),
            (429, &[("retry-after", "0")], Some(0)),
            (429, &[("retry-after", "18446744073709551615")], Some(u64::MAX)),
            (429, &[("retry-after", "18446744073709551616")], None),
            (429, &[("retry-after", "1.5")], None),
            (429, &[("retry-after", "7, 8")], None),
            (429, &[("retry-after", "2026-01-01T00:00:00Z")], None),
            (429, &[("retry-after", "")], None),
            (429, &[("retry-after", "-1")], None),
            (429, &[("retry-after", "soon")], None),
            (429, &[], None),
            // Where requests are left, the reset says nothing about when a broken server is well again.
            (500, &[("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "3")], None),
            (500, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "3")], Some(3)),
        ];
        for (status, headers, expected) in table {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().expect("a header name"), value.parse().expect("a header value")))
                .collect();
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(server_wait(status, &map, now), expected.map(Duration::from_secs), "{headers:?}");
        }
    }

    #[test]
    fn a_wait_is_spread_over_at_most_a_tenth_more() {
        for wait in [Duration::ZERO, Duration::from_secs(10), Duration::from_secs(600), Duration::MAX] {
            let most = wait.saturating_add((wait / 10).clamp(ADDED.0, ADDED.1));
            for _ in 0..100 {
                assert!((wait..=most).contains(&spread(wait)));
            }
        }
    }
}
