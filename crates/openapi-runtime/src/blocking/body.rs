//! The bytes of a response as they come, for a thread that blocks.

use std::fmt;
use std::io::{self, BufRead, Read};

use bytes::{Buf, Bytes};

use super::{About, Content, background, failure};
use crate::streaming::{ByteStream, StreamError};

/// The bytes of a response's body as they come: what `send_streaming().send_blocking()` of a request gives.
///
/// It is a `Read` and a `BufRead`. After an error it has ended; the error holds a [`StreamError`], which has the status and the
/// headers of the response:
///
/// ```
/// use std::io::Read;
///
/// use openapi_runtime::StreamError;
/// use openapi_runtime::blocking::BlockingBody;
///
/// fn is_lost(body: &mut BlockingBody) -> bool {
///     let mut text = String::new();
///     let Err(error) = body.read_to_string(&mut text) else { return false };
///     error.get_ref().and_then(|error| error.downcast_ref::<StreamError>()).is_some()
/// }
/// ```
#[must_use = "a body is read only as far as it is asked for"]
pub struct BlockingBody {
    /// `None` after a panic, and where no call can be made.
    stream: Option<ByteStream>,
    about: About,
    /// What has come and was not read.
    chunk: Bytes,
    /// What is known of the stream: how many bytes have come, and how many there are.
    received: u64,
    total: Option<u64>,
}

impl BlockingBody {
    /// How many bytes have come so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The length of the whole body in bytes, if the server has said it.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The next bytes; none at the end.
    fn fetch(&mut self) -> Result<Bytes, StreamError> {
        let Some(mut stream) = self.stream.take() else { return Ok(Bytes::new()) };
        let next = async move {
            let next = stream.try_next().await;
            (stream, next)
        };
        let (stream, next) = background::run(next)
            .map_err(|error| StreamError::from_failure(self.about.0, self.about.1, failure(error)))?;
        (self.received, self.total) = (stream.received(), stream.total());
        self.stream = Some(stream);
        Ok(next?.unwrap_or_default())
    }
}

impl BufRead for BlockingBody {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.is_empty() {
            self.chunk = self.fetch().map_err(io::Error::other)?;
        }
        Ok(&self.chunk)
    }

    fn consume(&mut self, amount: usize) {
        self.chunk.advance(amount.min(self.chunk.len()));
    }
}

impl Read for BlockingBody {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.len().min(into.len());
        self.chunk.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}

impl Content for ByteStream {
    type Blocking = BlockingBody;

    fn into_blocking(self, about: About) -> BlockingBody {
        let (received, total) = (self.received(), self.total());
        BlockingBody { stream: Some(self), about, chunk: Bytes::new(), received, total }
    }
}

/// Shows how much has come; never the bytes, which may hold secrets.
impl fmt::Debug for BlockingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingBody")
            .field("received", &self.received)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}
