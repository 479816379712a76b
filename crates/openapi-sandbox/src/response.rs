//! Builds responses, whole and broken ones.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
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
    broken(Bytes::new(), empty(200), 1)
}

/// `response`, whose connection closes after the first half of its body.
pub(crate) async fn halved(mut response: Response<Body>) -> Response<Body> {
    let body = std::mem::take(response.body_mut());
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    // A body without a byte cannot be halved; the response promises one byte that never comes.
    let length = whole.len().max(1);
    broken(whole.slice(..whole.len() / 2), response, length)
}

/// `response` with a body that promises `length` bytes and ends after `sent`, whereupon the server closes the connection.
fn broken(sent: Bytes, mut response: Response<Body>, length: usize) -> Response<Body> {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let broken = BrokenBody { left: Some(sent).filter(|sent| !sent.is_empty()), flushed: false };
    *response.body_mut() = Body::from_stream(broken);
    response
}

/// A body that gives what it has, and then fails.
struct BrokenBody {
    left: Option<Bytes>,
    flushed: bool,
}

impl futures_core::Stream for BrokenBody {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(left) = self.left.take() {
            return Poll::Ready(Some(Ok(left)));
        }
        if !std::mem::replace(&mut self.flushed, true) {
            // The server flushes what it has before it polls again; an immediate failure would drop those bytes.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("closed"))))
    }
}
