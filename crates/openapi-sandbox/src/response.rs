//! Builds responses, whole and broken ones.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// A response of that status without a body. A number that is no status counts as 500.
pub(crate) fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// The response of a status that the document says nothing about, which asks the client to wait if so scripted.
pub(crate) fn undocumented(status: u16, wait: Option<u64>) -> Response<Body> {
    let mut response = empty(status);
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A response of that status with a body of JSON.
pub(crate) fn json(status: u16, body: &Value) -> Response<Body> {
    let mut response = empty(status);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body.to_string());
    response
}

/// A 501 that says why an operation cannot be served.
pub(crate) fn fault(why: &str) -> Response<Body> {
    let mut response = empty(501);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    *response.body_mut() = Body::from(why.to_owned());
    response
}

/// A response whose connection closes before the first byte of its body.
pub(crate) fn closed() -> Response<Body> {
    cut(empty(200), Cut::At(0))
}

/// Where a connection closes.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
    /// After the first half of the body.
    Half,
    /// After this many bytes of the body.
    At(u64),
}

/// `response`, whose connection closes within its body.
pub(crate) fn cut(mut response: Response<Body>, cut: Cut) -> Response<Body> {
    let body = std::mem::take(response.body_mut());
    let stated = response.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let length = stated.or_else(|| body.size_hint().exact()).unwrap_or(0);
    let left = match cut {
        Cut::Half => length / 2,
        Cut::At(bytes) => bytes.min(length),
    };
    // A body without a byte cannot be cut; the response promises one byte that never comes.
    let promised = length.max(left + 1);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
    *response.body_mut() = Body::from_stream(BrokenBody { body: body.into_data_stream(), left, flushed: false });
    response
}

/// A body of which `left` bytes come, and that fails then.
struct BrokenBody {
    body: BodyDataStream,
    left: u64,
    flushed: bool,
}

impl futures_core::Stream for BrokenBody {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left > 0
            && let Some(Ok(bytes)) = ready!(Pin::new(&mut self.body).poll_next(context))
        {
            let part = bytes.slice(..bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX)));
            self.left -= part.len() as u64;
            return Poll::Ready(Some(Ok(part)));
        }
        if !std::mem::replace(&mut self.flushed, true) {
            // The server flushes what it has before it polls again; an immediate failure would drop those bytes.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("closed"))))
    }
}
