//! What the sandbox is told to do instead of what it would do by itself.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};

/// What the sandbox is told to answer a call with, in the place of the documented success.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The documented response of that status, with all its headers; an empty one where it is not documented.
    Status(u16),
    /// The documented response of that status in that one of its media types.
    Media {
        /// The status.
        status: u16,
        /// The media type, such as `text/plain`.
        media_type: String,
    },
    /// The documented 429, which asks to wait so many seconds.
    RateLimit(u64),
    /// Exactly this.
    Raw {
        /// The status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// The connection is closed after the request was read, before any byte of a body.
    Close,
    /// What the sandbox would answer, but the connection is closed half way through its body.
    Cut,
    /// What the sandbox would answer, after so long on its clock.
    Delay(Duration),
}

/// What is left of an [`Answer`] for the documented response.
#[derive(Default)]
pub(super) struct Scripted {
    pub(super) status: Option<u16>,
    pub(super) media_type: Option<String>,
    pub(super) wait: Option<u64>,
    pub(super) cut: bool,
}

impl Scripted {
    /// `response`, or the first half of its body.
    pub(super) async fn cut(&self, mut response: Response<Body>) -> Response<Body> {
        if !self.cut {
            return response;
        }
        let body = std::mem::take(response.body_mut());
        let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        // A body without a byte cannot be cut; it promises one that never comes.
        let length = whole.len().max(1);
        broken(whole.slice(..whole.len() / 2), response, length)
    }
}

/// `response` with a body that promises `length` bytes, and ends after `sent`: the server then closes the connection.
pub(super) fn broken(sent: Bytes, mut response: Response<Body>, length: usize) -> Response<Body> {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let broken = Broken { left: Some(sent).filter(|sent| !sent.is_empty()), flushed: false };
    *response.body_mut() = Body::from_stream(broken);
    response
}

/// A body that gives what it has, and then fails.
struct Broken {
    left: Option<Bytes>,
    flushed: bool,
}

impl futures_core::Stream for Broken {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(left) = self.left.take() {
            return Poll::Ready(Some(Ok(left)));
        }
        if !std::mem::replace(&mut self.flushed, true) {
            // The server flushes what it has before it asks again; a failure at once would drop that.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("closed"))))
    }
}
