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

/// The most bytes that the HTTP stack gets at once. It asks for more when it has sent them, and a slow server would take too long
/// for a large chunk. A file is read in chunks of twice this size.
const PIECE: usize = 64 * 1024;

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

/// The progress of a body on its way out. An HTTP stack asks for more bytes once the server has read those before, except for what
/// buffers hold.
#[derive(Clone)]
pub(crate) struct Progress {
    clock: Arc<dyn Clock>,
    /// When the stack last got bytes, and how many it has got so far; `None` while it waits for the body, and after the end of the
    /// body.
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

    /// Waits until the stack has asked for no more bytes for `limit`. Returns how many bytes it has got.
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
    /// The rest of a chunk that is handed out piece by piece.
    rest: Bytes,
    /// How many bytes were handed out.
    sent: u64,
    broken: Broken,
    progress: Option<Progress>,
}

impl Outgoing {
    pub(crate) fn length(&self) -> Option<u64> {
        self.body.length()
    }

    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let next = self.poll_piece(context);
        if let Some(progress) = &self.progress {
            // After the last byte, the server may take its time to answer.
            let more = self.body.length.is_none_or(|length| self.sent < length);
            let is_given = more && matches!(next, Poll::Ready(Some(Ok(_))));
            progress.note(is_given.then_some(self.sent));
        }
        next.map(|next| next.map(|piece| piece.map_err(|error| self.broken.keep(error))))
    }

    /// The next bytes, at most [`PIECE`] of them.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.rest.is_empty() {
            match ready!(self.body.poll_chunk(context)) {
                Some(Ok(chunk)) => self.rest = chunk,
                end => return Poll::Ready(end),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        self.sent += piece.len() as u64;
        Poll::Ready(Some(Ok(piece)))
    }
}

/// Opens `body`, so that a file that cannot be read fails before anything is sent. The returned [`Broken`] keeps the error that the
/// body ends with, if any; `progress` records how far the HTTP stack has read the body.
pub(crate) async fn open(body: Body, progress: Option<Progress>) -> Result<(Body, Broken), BodyError> {
    let broken = Broken::default();
    let body = Exact::new(body.opened().await.map_err(BodyError::of)?);
    let outgoing = Outgoing { body, rest: Bytes::new(), sent: 0, broken: broken.clone(), progress };
    Ok((Body::outgoing(outgoing), broken))
}
