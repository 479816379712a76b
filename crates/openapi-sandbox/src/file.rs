//! A body of a given length, of which a part can be asked for
//! ([RFC 9110, 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)).

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// The period of the bytes, which is no power of two, so that a part that is out of place shows.
const PERIOD: u64 = 251;

/// How much is made at once, in bytes.
const CHUNK: u64 = 1 << 16;

/// `response` with a file of `length` bytes for its body, or the part of it that the client asks for.
pub(crate) fn serve(mut response: Response<Body>, length: u64, headers: &HeaderMap) -> Response<Body> {
    let etag = format!("\"sandbox-{length}\"");
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_same = text(header::IF_RANGE).is_none_or(|wanted| wanted == etag);
    let range = text(header::RANGE).filter(|_| is_same && response.status() == StatusCode::OK);
    let (start, end) = match range.and_then(range_of) {
        Some((start, _)) if start >= length => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(&mut response, header::CONTENT_RANGE, format!("bytes */{length}"));
            *response.body_mut() = Body::empty();
            return response;
        }
        Some((start, last)) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut response, header::CONTENT_RANGE, format!("bytes {start}-{}/{length}", end.saturating_sub(1)));
            (start, end)
        }
        None => (0, length),
    };
    set(&mut response, header::ETAG, etag);
    set(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    set(&mut response, header::CONTENT_LENGTH, (end - start).to_string());
    *response.body_mut() = Body::from_stream(Pattern { next: start, end });
    response
}

fn set(response: &mut Response<Body>, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The first byte that is asked for, and the last, if there is one: `bytes=5-`, `bytes=5-9`. Several ranges, and those from the
/// end, are not served: a server may overlook them.
fn range_of(text: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.trim().parse().ok()?;
    match last.trim() {
        "" => Some((first, None)),
        last => last.parse().ok().filter(|last| *last >= first).map(|last| (first, Some(last))),
    }
}

/// The bytes from `next` to `end`.
struct Pattern {
    next: u64,
    end: u64,
}

impl futures_core::Stream for Pattern {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let end = self.end.min(self.next.saturating_add(CHUNK));
        if self.next >= end {
            return Poll::Ready(None);
        }
        let bytes: Vec<u8> = (self.next..end).map(|number| (number % PERIOD) as u8).collect();
        self.next = end;
        Poll::Ready(Some(Ok(bytes.into())))
    }
}
