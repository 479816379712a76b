//! The body of a request or of a response.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use crate::boxed::{BoxError, BoxFuture};
use crate::file::FileSource;
use crate::outgoing::Outgoing;

/// The body of a request or of a response: bytes, a file, a source that can be opened again, or a stream.
///
/// A request whose body is a stream is sent once: it cannot be repeated after a failure.
///
/// ```
/// use openapi_runtime::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.length(), Some(5));
/// assert!(body.reopen().is_some());
/// ```
#[derive(Default)]
pub struct Body(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    Bytes(Bytes),
    Source(Arc<dyn BodySource>),
    /// A source that is being opened, or a stream. The lock makes it `Sync`; reading takes `&mut` and never locks.
    Stream {
        reading: Mutex<Reading>,
        length: Option<u64>,
    },
    /// What is opened and being sent.
    Outgoing(Mutex<Box<Outgoing>>),
    /// What reqwest has received: with a box of its own already, and `Sync`.
    #[cfg(feature = "reqwest")]
    Received(reqwest::Body),
}

/// A stream of bytes, whatever its errors are.
trait Chunks {
    fn poll_bytes(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>>;
}

impl<S: Stream<Item = Result<Bytes, E>>, E: Into<BoxError>> Chunks for S {
    fn poll_bytes(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.poll_next(context).map(|next| next.map(|chunk| chunk.map_err(Into::into)))
    }
}

enum Reading {
    Opening(BoxFuture<'static, Result<Body, BoxError>>),
    Opened(Box<Body>),
    Stream(Pin<Box<dyn Chunks + Send>>),
}

/// Opens the same body each time that it is sent: a file, for instance.
///
/// ```
/// use std::sync::Arc;
/// use openapi_runtime::{Body, BodySource, BoxError, BoxFuture};
///
/// struct File(std::path::PathBuf);
///
/// impl BodySource for File {
///     fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
///         // A program with tokio would stream it by `Body::from_stream`.
///         Box::pin(async move { Ok(Body::from(std::fs::read(&self.0)?)) })
///     }
/// }
///
/// let body = Body::from_source(File("report.csv".into()));
/// assert!(body.reopen().is_some(), "each attempt opens it again");
/// ```
pub trait BodySource: Send + Sync + 'static {
    /// Opens the body at its beginning.
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>>;

    /// The length in bytes, if it is known.
    fn length(&self) -> Option<u64> {
        None
    }
}

impl Body {
    /// A body without bytes.
    pub fn empty() -> Self {
        Self(Inner::Empty)
    }

    /// The file at `path`, which is opened for each attempt to send it, and read in pieces. A file that cannot be read fails the
    /// call before anything is sent.
    ///
    /// ```
    /// use openapi_runtime::Body;
    ///
    /// let body = Body::path("report.csv");
    /// assert!(body.reopen().is_some(), "each attempt opens it again");
    /// ```
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::from_source(FileSource { path: path.into() })
    }

    /// A body that `source` opens again for each attempt to send it.
    pub fn from_source(source: impl BodySource) -> Self {
        Self(Inner::Source(Arc::new(source)))
    }

    /// As [`from_source`](Self::from_source).
    pub(crate) fn shared_source(source: Arc<dyn BodySource>) -> Self {
        Self(Inner::Source(source))
    }

    /// The bytes of `stream`, whose total `length` may be known. The request is sent once and not retried.
    pub fn from_stream<S, E>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let reading = Mutex::new(Reading::Stream(Box::pin(stream)));
        Self(Inner::Stream { reading, length })
    }

    /// A body that `opening` opens once.
    pub(crate) fn once(opening: BoxFuture<'static, Result<Self, BoxError>>) -> Self {
        Self(Inner::Stream { reading: Mutex::new(Reading::Opening(opening)), length: None })
    }

    /// A body that is open and being sent.
    pub(crate) fn outgoing(outgoing: Outgoing) -> Self {
        Self(Inner::Outgoing(Mutex::new(Box::new(outgoing))))
    }

    /// Whether there is nothing to open, and nothing that can fail.
    pub(crate) fn is_in_memory(&self) -> bool {
        matches!(self.0, Inner::Empty | Inner::Bytes(_))
    }

    /// The body, open, so that its length is known if it ever is.
    pub(crate) async fn opened(mut self) -> Result<Self, BoxError> {
        // A source may open another one.
        for _ in 0..8 {
            self = match self.0 {
                Inner::Source(source) => {
                    let announced = source.length();
                    source.open().await?.announcing(announced)
                }
                Inner::Stream { reading, length } => match reading.into_inner().unwrap_or_else(PoisonError::into_inner)
                {
                    Reading::Opening(opening) => opening.await?,
                    reading => return Ok(Self(Inner::Stream { reading: Mutex::new(reading), length })),
                },
                open => return Ok(Self(open)),
            };
        }
        Ok(self)
    }

    /// The same, of the length that its source announces.
    fn announcing(mut self, announced: Option<u64>) -> Self {
        if let Inner::Stream { length: length @ None, .. } = &mut self.0 {
            *length = announced;
        }
        let lies = self.is_in_memory() && announced.is_some() && self.length() != announced;
        if lies { Self::from_stream(self, announced) } else { self }
    }

    /// What reqwest has received.
    #[cfg(feature = "reqwest")]
    pub(crate) fn received(body: reqwest::Body) -> Self {
        Self(Inner::Received(body))
    }

    /// The bytes, if they are held in memory.
    ///
    /// ```
    /// assert_eq!(openapi_runtime::Body::from("a").as_bytes(), Some(&b"a"[..]));
    /// ```
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Empty => Some(&[]),
            Inner::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The length in bytes, if it is known.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            Inner::Empty => Some(0),
            Inner::Bytes(bytes) => Some(bytes.len() as u64),
            Inner::Source(source) => source.length(),
            Inner::Stream { length, .. } => *length,
            Inner::Outgoing(outgoing) => outgoing.lock().unwrap_or_else(PoisonError::into_inner).length(),
            #[cfg(feature = "reqwest")]
            Inner::Received(body) => http_body::Body::size_hint(body).exact(),
        }
    }

    /// Another copy of the body, from its beginning; `None` for a stream, which can be read only once.
    pub fn reopen(&self) -> Option<Self> {
        match &self.0 {
            Inner::Empty => Some(Self(Inner::Empty)),
            Inner::Bytes(bytes) => Some(Self(Inner::Bytes(bytes.clone()))),
            Inner::Source(source) => Some(Self(Inner::Source(Arc::clone(source)))),
            _ => None,
        }
    }

    /// The bytes themselves, or this body back where they are not held in memory.
    #[cfg(feature = "reqwest")]
    pub(crate) fn into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Inner::Empty => Ok(Bytes::new()),
            Inner::Bytes(bytes) => Ok(bytes),
            other => Err(Self(other)),
        }
    }

    /// The next bytes.
    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        match &mut self.0 {
            Inner::Empty => Poll::Ready(None),
            Inner::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Inner::Empty;
                Poll::Ready(Some(Ok(bytes)))
            }
            Inner::Source(source) => {
                let length = source.length();
                let opening = Reading::Opening(Arc::clone(source).open());
                self.0 = Inner::Stream { reading: Mutex::new(opening), length };
                self.poll_chunk(context)
            }
            Inner::Stream { reading, .. } => {
                reading.get_mut().unwrap_or_else(PoisonError::into_inner).poll_chunk(context)
            }
            Inner::Outgoing(outgoing) => outgoing.get_mut().unwrap_or_else(PoisonError::into_inner).poll_chunk(context),
            #[cfg(feature = "reqwest")]
            Inner::Received(body) => crate::reqwest_client::poll_chunk(body, context),
        }
    }
}

impl Reading {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        if let Self::Opening(opening) = self {
            match ready!(opening.as_mut().poll(context)) {
                Ok(body) => *self = Self::Opened(Box::new(body)),
                Err(error) => {
                    *self = Self::Opened(Box::default());
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        match self {
            Self::Opening(_) => Poll::Pending,
            Self::Opened(body) => body.poll_chunk(context),
            Self::Stream(stream) => stream.as_mut().poll_bytes(context),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_chunk(context).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Inner::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Stream for Body {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(context)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::empty() } else { Self(Inner::Bytes(bytes)) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl<const N: usize> From<&'static [u8; N]> for Body {
    fn from(bytes: &'static [u8; N]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

/// Shows the length; never the bytes, which may hold secrets.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.length()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text(&'static str);

    impl BodySource for Text {
        fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
            Box::pin(async move { Ok(Body::from(self.0)) })
        }
    }

    /// A stream of two chunks.
    struct Two(u8);

    impl Stream for Two {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 2).then(|| Ok(Bytes::from(vec![self.0]))))
        }
    }

    async fn all(mut body: Body) -> Vec<u8> {
        let mut read = Vec::new();
        while let Some(chunk) = std::future::poll_fn(|context| body.poll_chunk(context)).await {
            read.extend_from_slice(&chunk.expect("no body here fails"));
        }
        read
    }

    #[tokio::test]
    async fn a_body_gives_its_bytes_whatever_it_is_made_of_and_again_unless_it_is_a_stream() {
        for (body, expected, again) in [
            (Body::empty(), &b""[..], true),
            (Body::from("text"), b"text", true),
            (Body::from_source(Text("file")), b"file", true),
            (Body::from_stream(Two(0), Some(2)), &[1, 2], false),
        ] {
            let reopened = body.reopen();
            assert_eq!(reopened.is_some(), again, "{body:?}");
            assert_eq!(all(body).await, expected);
            if let Some(reopened) = reopened {
                assert_eq!(all(reopened).await, expected);
            }
        }
    }

    #[test]
    fn a_body_can_be_sent_and_shared_between_threads() {
        fn is<T: Send + Sync + Unpin>() {}
        is::<Body>();
    }
}
