//! Files as bodies: read in pieces, on threads that may block.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::body::{Body, BodySource};
use crate::boxed::{BoxError, BoxFuture};
use crate::outgoing::BodyError;

/// The bytes that are read at once; twice as many are held, because the next are read while these are sent.
const CHUNK: u64 = 128 * 1024;

/// A file that is opened for each attempt to send it.
pub(crate) struct FileSource {
    pub(crate) path: PathBuf,
}

impl FileSource {
    /// The length of the file, which is opened for that and closed; `None` for one that has none, such as a pipe.
    pub(crate) async fn length(&self) -> Result<Option<u64>, BodyError> {
        let path = self.path.clone();
        let measure = move || {
            let metadata = std::fs::metadata(&path)?;
            // A pipe is opened once.
            if metadata.is_file() || metadata.is_dir() { opened(&path).map(|(_, length)| length) } else { Ok(None) }
        };
        blocking(&self.path, measure).await
    }
}

impl BodySource for FileSource {
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
        Box::pin(async move {
            let path = self.path.clone();
            let (file, length) = blocking(&self.path, move || opened(&path)).await?;
            let left = length.unwrap_or(u64::MAX);
            Ok(Body::from_stream(Chunks { source: self, left, state: State::Idle(file) }, length))
        })
    }
}

/// The file at `path`, and its length, if it has one.
fn opened(path: &Path) -> io::Result<(File, Option<u64>)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, metadata.is_file().then_some(metadata.len())))
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BodyError> {
    let failed = |source| BodyError::File { path: path.to_owned(), source };
    let runtime = Handle::try_current().map_err(|error| failed(io::Error::other(error)))?;
    runtime.spawn_blocking(work).await.map_err(|error| failed(io::Error::other(error)))?.map_err(failed)
}

/// The bytes of an open file.
struct Chunks {
    source: Arc<FileSource>,
    /// The bytes that are to be read; what is appended in the meantime is not sent.
    left: u64,
    state: State,
}

enum State {
    Idle(File),
    Reading(JoinHandle<(File, io::Result<Vec<u8>>)>),
    Ended,
}

impl Chunks {
    /// Begins to read the next bytes of `file`.
    fn read(&mut self, mut file: File) -> io::Result<()> {
        let most = CHUNK.min(self.left);
        if most == 0 {
            self.state = State::Ended;
            return Ok(());
        }
        let read = move || {
            let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
            let read = file.by_ref().take(most).read_to_end(&mut bytes);
            (file, read.map(|_| bytes))
        };
        self.state = State::Reading(Handle::try_current().map_err(io::Error::other)?.spawn_blocking(read));
        Ok(())
    }

    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let State::Idle(_) = self.state
            && let State::Idle(file) = std::mem::replace(&mut self.state, State::Ended)
            && let Err(error) = self.read(file)
        {
            return Poll::Ready(Some(Err(error)));
        }
        let State::Reading(reading) = &mut self.state else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(context));
        self.state = State::Ended;
        Poll::Ready(match read {
            Err(error) => Some(Err(io::Error::other(error))),
            Ok((_, Err(error))) => Some(Err(error)),
            Ok((_, Ok(bytes))) if bytes.is_empty() => None,
            Ok((file, Ok(bytes))) => {
                self.left -= bytes.len() as u64;
                Some(self.read(file).map(|()| bytes.into()))
            }
        })
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.poll_bytes(context));
        let failed = |source| BodyError::File { path: self.source.path.clone(), source };
        Poll::Ready(next.map(|bytes| bytes.map_err(failed)))
    }
}
