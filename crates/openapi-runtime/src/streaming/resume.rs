//! Going on where a stream broke: the policy is asked, and the request is sent again for what is missing.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_RANGE, RANGE,
};
use http::{Method, StatusCode};

use super::{ByteStream, Opened, StreamError};
use crate::error::{Error, ErrorKind};
use crate::http_client::HttpError;
use crate::operation::Operation;
use crate::request::Request;
use crate::response::Reply;
use crate::retry::{Attempt, Outcome};
use crate::transport::Transport;

/// Where a stream comes from, and can come from again.
pub(super) struct Source {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) operation: &'static Operation,
    pub(super) idempotent: bool,
    /// The request, if it may be sent again.
    pub(super) request: Option<Request>,
}

impl Source {
    /// A copy of a request that may be sent again after its response has begun: a GET, which is safe.
    pub(super) fn copy(request: &Request) -> Option<Request> {
        if request.method == Method::GET { request.try_clone() } else { None }
    }
}

/// Why a server is asked again.
#[derive(Clone, Copy)]
pub(super) enum Again {
    /// The stream broke.
    Broken,
    /// The stream ended as it should, and the caller wants it to go on.
    #[cfg_attr(not(feature = "events"), allow(dead_code, reason = "only event streams are reconnected at their end"))]
    Ended {
        /// Whether the connection gave events: then it was a good one, and the next one costs nothing of the budget.
        free: bool,
    },
}

/// What a download goes on with.
pub(super) enum Continued {
    /// What was missing.
    Rest,
    /// Everything, because the file has changed.
    Anew,
}

impl ByteStream {
    /// Whether the server is to be asked again after `error`: within the policy and the budget of the call, after the wait that
    /// they say, or `wait`; `again` says why.
    ///
    /// # Errors
    ///
    /// `error`, if it is not.
    pub(super) async fn wait_after(
        &mut self,
        error: StreamError,
        wait: Option<Duration>,
        again: Again,
    ) -> Result<(), StreamError> {
        let (source, care) = (&self.context.source, &self.context.care);
        let (Some(retrying), ErrorKind::Transport(broken)) = (&care.retrying, error.kind()) else { return Err(error) };
        let attempt = Attempt {
            operation: source.operation,
            idempotent: source.idempotent,
            attempts: self.context.head.attempts,
            outcome: Outcome::Error(broken),
        };
        let is_timeout = broken.is_timeout();
        let free = matches!(again, Again::Ended { free: true });
        if !retrying.policy.retry(&attempt) || (!free && retrying.budget.withdraw(is_timeout).is_none()) {
            return Err(error);
        }
        let wait = wait.unwrap_or_else(|| retrying.backoff.wait(attempt.attempts));
        match again {
            Again::Broken => tracing::debug!(?wait, attempt = attempt.attempts, "the stream broke; retry"),
            Again::Ended { .. } => tracing::debug!(?wait, "the stream ended; reconnect"),
        }
        care.clock.sleep(wait).await;
        Ok(())
    }

    /// Sends the request again, with `headers` besides its own.
    pub(super) async fn send_again(
        &mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Result<Opened, StreamError> {
        let source = &self.context.source;
        let Some(mut request) = source.request.as_ref().and_then(Request::try_clone) else {
            return Err(self.end(HttpError::Request("the request cannot be sent again".into())));
        };
        request.headers.extend(headers);
        let sent = source.transport.open(request).await;
        match sent {
            Ok(opened) => {
                self.context.head.attempts = self.context.head.attempts.saturating_add(opened.reply.attempts);
                Ok(opened)
            }
            Err(mut failure) => {
                failure.attempts = failure.attempts.saturating_add(self.context.head.attempts);
                Err(Error::from_failure(source.operation, source.idempotent, failure))
            }
        }
    }

    /// The strong validator by which the rest of the body can be asked for
    /// ([RFC 9110, 13.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5)), if a part of it is that of the whole: a
    /// coding that was taken off counts other bytes.
    fn validator(&self) -> Option<HeaderValue> {
        let (head, request) = (&self.context.head, self.context.source.request.as_ref()?);
        let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        let asked = request.headers.get(ACCEPT_ENCODING).is_some_and(is_plain);
        let plain = head.headers.get(CONTENT_ENCODING).is_none_or(is_plain)
            && (asked || head.headers.contains_key(CONTENT_LENGTH));
        if head.status != StatusCode::OK || !plain || request.headers.contains_key(RANGE) {
            return None;
        }
        strong_etag(&head.headers).cloned()
    }

    /// Goes on after `error`, where the body can be asked for by range
    /// ([RFC 9110, 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)).
    pub(super) async fn resume(&mut self, error: StreamError) -> Result<Continued, StreamError> {
        let Some(etag) = self.validator() else { return Err(error) };
        self.wait_after(error, None, Again::Broken).await?;
        let (received, total) = (self.context.received, self.context.total);
        let range = format!("bytes={received}-");
        let range = HeaderValue::try_from(range).ok().filter(|_| received > 0);
        let headers = range.into_iter().flat_map(|range| [(RANGE, range), (IF_RANGE, etag.clone())]);
        let opened = self.send_again(headers).await?;
        match opened.reply.status {
            StatusCode::OK => {
                // Another file, perhaps; its validator counts from now on.
                let attempts = self.context.head.attempts;
                self.context.head = Reply { attempts, ..opened.reply.clone() };
                self.context.head.body = Vec::new();
                self.go_on(opened, 0);
                Ok(Continued::Anew)
            }
            StatusCode::PARTIAL_CONTENT if received > 0 => {
                match other_than_the_rest(&opened.reply.headers, (received, total), &etag) {
                    None => self.go_on(opened, received),
                    Some(what) => return Err(self.end(HttpError::Continue(what.into()))),
                }
                Ok(Continued::Rest)
            }
            status => {
                let (operation, idempotent) = (self.context.source.operation, self.context.source.idempotent);
                let attempts = self.context.head.attempts;
                self.close();
                if opened.rest.is_some() {
                    return Err(self.end(HttpError::Continue(format!("the server answered {status}").into())));
                }
                let reply = Reply { attempts, ..opened.reply };
                Err(Error::from_reply(operation, idempotent, ErrorKind::Undocumented, reply))
            }
        }
    }
}

/// The entity tag, unless it is weak.
fn strong_etag(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(ETAG).filter(|etag| etag.as_bytes().starts_with(b"\""))
}

/// In what the headers of a 206 are not those of the rest from `received`, of `total` bytes in all.
fn other_than_the_rest(
    headers: &HeaderMap,
    (received, total): (u64, Option<u64>),
    etag: &HeaderValue,
) -> Option<String> {
    let stated = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if headers.get(ETAG).is_some_and(|now| now != etag) {
        return Some("it is of another version".to_owned());
    }
    let Some((first, last, of)) = content_range(stated) else {
        return Some(format!("its Content-Range is `{stated}`"));
    };
    // A server may send less than it was asked for; but then it does not send the rest.
    let end = of.or(total);
    let whole =
        end.is_none_or(|end| last.checked_add(1) == Some(end)) && (total.is_none() || of.is_none() || of == total);
    (first != received || !whole).then(|| format!("its Content-Range is `{stated}`, and {received} bytes have come"))
}

/// The first and last byte of a range, and the number of bytes in all, if it is known:
/// `bytes 5-9/10` ([RFC 9110, 14.4](https://www.rfc-editor.org/rfc/rfc9110#section-14.4)).
fn content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (unit, range) = text.trim().split_once(' ')?;
    let (range, total) = range.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    (unit.eq_ignore_ascii_case("bytes") && first <= last && total.is_none_or(|total| last < total))
        .then_some((first, last, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_is_read_as_it_is_defined() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, 9, Some(10))));
        assert_eq!(content_range("Bytes 5-9/*"), Some((5, 9, None)));
        for wrong in ["", "bytes 5-9", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "items 5-9/10", "bytes=5-9/10"] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_the_rest_of_the_same_version_goes_on() {
        let headers = |range: &str, etag: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, range.parse().expect("a value"));
            headers.insert(ETAG, etag.parse().expect("a value"));
            headers
        };
        let etag = HeaderValue::from_static("\"1\"");
        let wrong = |range, tag| other_than_the_rest(&headers(range, tag), (5, Some(10)), &etag);
        assert_eq!(wrong("bytes 5-9/10", "\"1\""), None);
        assert_eq!(wrong("bytes 5-9/*", "\"1\""), None);
        for (range, tag) in [
            ("bytes 5-9/10", "\"2\""),
            ("bytes 4-9/10", "\"1\""),
            ("bytes 6-9/10", "\"1\""),
            ("bytes 5-8/10", "\"1\""),
            ("bytes 5-19/20", "\"1\""),
            ("bytes 5-8/*", "\"1\""),
            ("", "\"1\""),
        ] {
            assert!(wrong(range, tag).is_some(), "{range} {tag}");
        }
    }
}
