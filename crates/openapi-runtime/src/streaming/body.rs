//! The bytes of a response as they come.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};

use super::resume::Source;
use super::{Care, Opened};
use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::http_client::{HttpError, cut};
use crate::operation::Operation;
use crate::request::RequestUrl;
use crate::response::{DecodeError, Reply};
use crate::transport::Failure;

/// Why a stream broke: it has the status and the headers of the response.
pub type StreamError = Error<Infallible>;

/// The bytes of a response's body as they come: what `send_streaming` of a request gives.
///
/// It is a `Stream`, and has [`next`](Self::next) and [`try_next`](Self::try_next) of its own. After an error it has ended.
/// Dropping it closes the connection or, of HTTP/2, resets the stream.
///
/// ```
/// use openapi_runtime::{ByteStream, StreamError};
///
/// async fn length(mut body: ByteStream) -> Result<usize, StreamError> {
///     let mut length = 0;
///     while let Some(bytes) = body.try_next().await? {
///         length += bytes.len();
///     }
///     Ok(length)
/// }
/// ```
#[must_use = "a body is read only as far as the stream is polled"]
pub struct ByteStream {
    rest: Body,
    pub(super) context: Box<Reading>,
}

/// What is known while a body is read.
pub(super) struct Reading {
    /// The response, without its body.
    pub(super) head: Reply,
    pub(super) source: Source,
    pub(super) care: Care,
    url: Option<Arc<RequestUrl>>,
    /// How many bytes have come.
    pub(super) received: u64,
    /// How many bytes there are in all, if that is known.
    pub(super) total: Option<u64>,
    ended: bool,
    stall: Option<Stall>,
    opened: Instant,
}

impl ByteStream {
    pub(super) fn new(opened: Opened, source: Source) -> Self {
        let Opened { mut reply, rest, care, url } = opened;
        let rest = rest.unwrap_or_else(|| std::mem::take(&mut reply.body).into());
        let total = length(&rest, &reply.headers);
        let now = care.clock.now();
        let stall = care.stall.map(|limit| Stall::new(limit, now));
        let reading = Reading { head: reply, source, care, url, received: 0, total, ended: false, stall, opened: now };
        Self { rest, context: Box::new(reading) }
    }

    /// Goes on with the body of `opened`, of which `received` bytes have come before.
    pub(super) fn go_on(&mut self, opened: Opened, received: u64) {
        let Opened { reply, rest, care, url } = opened;
        let rest = rest.unwrap_or_else(|| reply.body.into());
        let reading = &mut *self.context;
        reading.total = length(&rest, &reply.headers).map(|left| received.saturating_add(left));
        (reading.received, reading.ended, reading.url) = (received, false, url);
        reading.stall = care.stall.map(|limit| Stall::new(limit, care.clock.now()));
        reading.care = care;
        self.rest = rest;
    }

    /// The next bytes, never empty; `None` at the end. It can be cancelled: no bytes are lost.
    pub async fn next(&mut self) -> Option<Result<Bytes, StreamError>> {
        poll_fn(|context| self.poll_bytes(context)).await
    }

    /// The next bytes, never empty; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection is lost, the server stalls, or the body is too large: [`ErrorKind::Transport`].
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, StreamError> {
        self.next().await.transpose()
    }

    /// The length of the whole body in bytes, if the server has said it.
    pub fn total(&self) -> Option<u64> {
        self.context.total
    }

    /// How many bytes have come so far.
    pub fn received(&self) -> u64 {
        self.context.received
    }

    pub(super) fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, StreamError>>> {
        let reading = &mut *self.context;
        if reading.ended {
            return Poll::Ready(None);
        }
        if let Some(error) = reading.too_large(reading.total.unwrap_or(0)) {
            return Poll::Ready(Some(Err(self.end(error))));
        }
        loop {
            let error = match self.rest.poll_chunk(context) {
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => continue,
                Poll::Ready(Some(Ok(bytes))) => {
                    let reading = &mut *self.context;
                    reading.received = reading.received.saturating_add(bytes.len() as u64);
                    if let Some(stall) = &mut reading.stall {
                        (stall.last, stall.moved) = (reading.care.clock.now(), true);
                    }
                    match reading.too_large(reading.received) {
                        None => return Poll::Ready(Some(Ok(bytes))),
                        Some(error) => error,
                    }
                }
                Poll::Ready(Some(Err(error))) => cut(error, Reply::empty()),
                Poll::Ready(None) => match self.context.total {
                    Some(total) if self.context.received < total => {
                        let missing = total - self.context.received;
                        HttpError::Cut {
                            reply: Reply::empty().into(),
                            source: format!("{missing} bytes are missing").into(),
                        }
                    }
                    _ => {
                        self.close();
                        return Poll::Ready(None);
                    }
                },
                Poll::Pending => match self.context.poll_stall(context) {
                    Poll::Ready(error) => error,
                    Poll::Pending => return Poll::Pending,
                },
            };
            return Poll::Ready(Some(Err(self.end(error))));
        }
    }

    /// Ends the stream with an error.
    pub(super) fn end(&mut self, error: HttpError) -> StreamError {
        self.close();
        self.context.error(ErrorKind::Transport(error))
    }

    /// Reads no more, and lets the connection go.
    pub(super) fn close(&mut self) {
        self.context.ended = true;
        self.rest = Body::empty();
    }

    /// All that is left, which is to be held in memory, up to `limit` bytes: the reply with its body.
    pub(super) async fn whole(mut self, limit: usize) -> Result<Reply, StreamError> {
        let mut body = Vec::new();
        while let Some(bytes) = self.try_next().await? {
            if body.len() + bytes.len() > limit {
                self.context.head.body = body;
                let error = HttpError::TooLarge { limit, reply: Reply::empty().into() };
                return Err(self.end(error));
            }
            body.extend_from_slice(&bytes);
        }
        let mut reply = self.context.head.take();
        reply.body = body;
        Ok(reply)
    }
}

/// The length of `body`, which a server may state where the client that receives it does not say it.
fn length(body: &Body, headers: &HeaderMap) -> Option<u64> {
    let stated = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok();
    body.length().or_else(|| if headers.contains_key(CONTENT_ENCODING) { None } else { stated() })
}

impl Reading {
    fn too_large(&self, length: u64) -> Option<HttpError> {
        let limit = self.care.body_limit?;
        (length > limit as u64).then(|| HttpError::TooLarge { limit, reply: Reply::empty().into() })
    }

    /// The error if the server has sent nothing for too long.
    fn poll_stall(&mut self, context: &mut Context<'_>) -> Poll<HttpError> {
        let Some(stall) = &mut self.stall else { return Poll::Pending };
        ready!(stall.poll(&*self.care.clock, context));
        if let (Some(wire), Some(url)) = (&self.care.wire, &self.url) {
            wire.http.timed_out(&url.uri, wire.clock.now());
        }
        let source = format!("the server sent nothing for {:.1?}", stall.limit).into();
        Poll::Ready(HttpError::Timeout { reply: None, source })
    }

    /// An error of the stream, with the response that it belongs to.
    pub(super) fn error(&self, kind: ErrorKind<Infallible>) -> StreamError {
        let elapsed = self.care.clock.now().saturating_duration_since(self.opened);
        let mut failure = Failure::new(kind, self.head.attempts, self.head.elapsed.saturating_add(elapsed));
        failure.reply = Some(Box::new(self.head.clone()));
        Error::from_failure(self.operation(), self.source.idempotent, failure)
    }

    /// The error for a part of the stream that is not what the definition says.
    pub(super) fn undecodable(&self, error: DecodeError) -> StreamError {
        self.error(ErrorKind::Undecodable(error.guarded(&self.head)))
    }

    pub(super) fn operation(&self) -> &'static Operation {
        self.source.operation
    }
}

/// The limit of the time in which the next bytes must come.
struct Stall {
    limit: Duration,
    /// When the last bytes came.
    last: Instant,
    /// Whether bytes have come since the timer was set.
    moved: bool,
    /// Goes on while bytes come, because a new one for each of them costs more.
    /// The lock makes it `Sync`, and is never taken.
    timer: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Stall {
    fn new(limit: Duration, now: Instant) -> Self {
        Self { limit, last: now, moved: false, timer: Mutex::default() }
    }

    fn poll(&mut self, clock: &dyn Clock, context: &mut Context<'_>) -> Poll<()> {
        let kept = self.timer.get_mut().unwrap_or_else(PoisonError::into_inner);
        loop {
            let timer = match kept {
                Some(timer) => timer,
                None => kept.insert(clock.sleep(self.limit)),
            };
            ready!(timer.as_mut().poll(context));
            *kept = None;
            if !std::mem::take(&mut self.moved) {
                return Poll::Ready(());
            }
            let waited = clock.now().saturating_duration_since(self.last);
            *kept = Some(clock.sleep(self.limit.saturating_sub(waited)));
        }
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_bytes(context)
    }
}

/// Shows how much has come; never the bytes, which may hold secrets.
impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("received", &self.context.received)
            .field("total", &self.context.total)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_can_be_sent_and_shared_between_threads() {
        fn is<T: Send + Sync + Unpin>() {}
        is::<ByteStream>();
    }
}
