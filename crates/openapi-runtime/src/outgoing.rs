//! The body of a request on its way out: opened before anything is sent, and held to the length that it announces.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::body::Body;
use crate::boxed::BoxError;
use crate::clock::Clock;

/// The reasons why the body of a request cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// A file cannot be opened or read.
    #[error("the file `{}` cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The body ended before its announced length.
    #[error("the body ended after {sent} of the {length} bytes that were announced")]
    Short {
        /// The bytes that there were.
        sent: u64,
        /// The bytes that were announced.
        length: u64,
    },
    /// The body has more bytes than were announced.
    #[error("the body has more than the {length} bytes that were announced")]
    Long {
        /// The bytes that were announced.
        length: u64,
    },
    /// A stream can be sent once, and it was.
    #[error("the stream was sent before; make the request with a new one")]
    Spent,
    /// A part of a multipart body fails.
    #[error("the part `{name}`: {source}")]
    Part {
        /// The name of the part.
        name: String,
        /// The reason.
        source: Box<BodyError>,
    },
    /// The stream or the source that the user gave fails.
    #[error("the body cannot be read: {0}")]
    Source(#[source] BoxError),
}

impl BodyError {
    /// The error that a body ended with.
    pub(crate) fn of(error: BoxError) -> Self {
        error.downcast::<Self>().map_or_else(Self::Source, |error| *error)
    }
}

/// A body that has exactly the bytes that it announces, or fails.
pub(crate) struct Exact {
    body: Body,
    length: Option<u64>,
    sent: u64,
}

impl Exact {
    pub(crate) fn new(body: Body) -> Self {
        Self { length: body.length(), body, sent: 0 }
    }

    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next bytes. No more is read than was announced and one chunk.
    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let next = ready!(self.body.poll_chunk(context));
        Poll::Ready(match (next, self.length) {
            (Some(Err(error)), _) => Some(Err(BodyError::of(error))),
            (Some(Ok(chunk)), length) => {
                self.sent += chunk.len() as u64;
                match length {
                    Some(length) if self.sent > length => Some(Err(BodyError::Long { length })),
                    _ => Some(Ok(chunk)),
                }
            }
            (None, Some(length)) if self.sent < length => Some(Err(BodyError::Short { sent: self.sent, length })),
            (None, _) => None,
        })
    }
}

/// Keeps the error that the body of a request ended with: an HTTP stack may report that the request was aborted, and not why.
#[derive(Clone, Default)]
pub(crate) struct Broken(Arc<Mutex<Option<BodyError>>>);

impl Broken {
    pub(crate) fn take(&self) -> Option<BodyError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps `error`, and returns another for the HTTP stack.
    fn keep(&self, error: BodyError) -> BoxError {
        let text = error.to_string();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        text.into()
    }
}

/// Whether the bytes of a body are taken: an HTTP stack asks for the next ones when the server has read those before, but for
/// what buffers hold.
#[derive(Clone)]
pub(crate) struct Progress {
    clock: Arc<dyn Clock>,
    /// When bytes were given to the stack that it has not asked for more after, and how many there were so far; nothing while the
    /// stack waits for the body, and after its end.
    given: Arc<Mutex<Option<(Instant, u64)>>>,
}

impl Progress {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, given: Arc::default() }
    }

    fn given(&self) -> Option<(Instant, u64)> {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, sent: Option<u64>) {
        let given = sent.map(|sent| (self.clock.now(), sent));
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }

    /// Waits until no more bytes have been taken for `limit`. Gives the number of those that were.
    pub(crate) async fn stalled(&self, limit: Duration) -> u64 {
        loop {
            let now = self.clock.now();
            let left = match self.given() {
                Some((at, sent)) => match limit.checked_sub(now.saturating_duration_since(at)) {
                    Some(left) if !left.is_zero() => left,
                    _ => return sent,
                },
                None => limit,
            };
            self.clock.sleep(left).await;
        }
    }
}

/// A body that is being sent.
pub(crate) struct Outgoing {
    body: Exact,
    broken: Broken,
    progress: Option<Progress>,
}

impl Outgoing {
    pub(crate) fn length(&self) -> Option<u64> {
        self.body.length()
    }

    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let next = self.body.poll_chunk(context);
        if let Some(progress) = &self.progress {
            // After the last byte, the server may take its time to answer.
            let more = self.body.length.is_none_or(|length| self.body.sent < length);
            let is_given = more && matches!(next, Poll::Ready(Some(Ok(_))));
            progress.note(is_given.then_some(self.body.sent));
        }
        next.map(|next| next.map(|chunk| chunk.map_err(|error| self.broken.keep(error))))
    }
}

/// Opens `body`, so that a file that cannot be read fails before anything is sent. What is returned with it has the error that
/// the body ends with, if it does. `progress` is told what is taken of it.
pub(crate) async fn open(body: Body, progress: Option<Progress>) -> Result<(Body, Broken), BodyError> {
    let broken = Broken::default();
    let body = Exact::new(body.opened().await.map_err(BodyError::of)?);
    Ok((Body::outgoing(Outgoing { body, broken: broken.clone(), progress }), broken))
}
