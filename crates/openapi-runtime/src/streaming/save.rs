//! Saving a body to a file: beside the target first, so that the target is never half written.

use std::convert::Infallible;
use std::fs::File;
use std::future::IntoFuture;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::resume::Continued;
use super::{ByteStream, Opening, StreamError};
use crate::boxed::BoxFuture;
use crate::codegen::FromHeaders;
use crate::error::{Error, ErrorKind};
use crate::response::{Reply, Response};

/// How much of small pieces is written at once, in bytes: as much again comes meanwhile. More at once leaves the disk idle for
/// longer, and less wakes its thread more often.
const BATCH: usize = 1 << 18;

/// The shortest piece that is written as it came, in bytes. A shorter one is copied, because it may keep a whole buffer of the
/// connection.
const PIECE: usize = 1 << 16;

/// A body on its way to a file: what `save_to` gives. Awaiting it begins.
///
/// The bytes are written beside the target, which they replace when all have come. After a failure, and if it is dropped, what
/// was written is removed.
///
/// If the connection breaks, the rest of a GET is asked for by range, within the retry policy: only if the server has given
/// a strong `ETag`, by which it says whether the file is still the same. If it is another by now, the download begins anew.
///
/// ```
/// use openapi_runtime::{ByteStream, Response, StreamError};
///
/// async fn save(report: Response<ByteStream>) -> Result<(), StreamError> {
///     let saved = report.save_to("report.csv").on_progress(|at| println!("{} of {:?}", at.received, at.total)).await?;
///     println!("{} bytes", saved.length);
///     Ok(())
/// }
/// ```
#[must_use = "nothing is saved until it is awaited"]
pub struct Saving<H, E> {
    opening: Opening<ByteStream, H, E>,
    path: PathBuf,
    progress: Option<Report>,
}

type Report = Box<dyn FnMut(Progress) + Send>;

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes have come; 0 again where the download begins anew.
    pub received: u64,
    /// How many bytes there are in all, if the server has said it.
    pub total: Option<u64>,
}

/// A body that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// How often the download went on after the connection broke.
    pub resumed: u32,
}

impl<H, E> Saving<H, E> {
    pub(crate) fn new(opening: Opening<ByteStream, H, E>, path: PathBuf) -> Self {
        Self { opening, path, progress: None }
    }

    /// Calls `report` whenever bytes have come, and once before.
    pub fn on_progress(mut self, report: impl FnMut(Progress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(report));
        self
    }
}

impl<H: FromHeaders, E> IntoFuture for Saving<H, E> {
    type Output = Result<Response<Saved, H>, Error<E>>;
    type IntoFuture = Opening<Saved, H, E>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { opening, path, progress } = self;
        opening.then(move |stream| save(stream, path, progress))
    }
}

impl<H, E> std::fmt::Debug for Saving<H, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saving").field("opening", &self.opening).field("path", &self.path).finish_non_exhaustive()
    }
}

impl<H: FromHeaders> Response<ByteStream, H> {
    /// Saves to the file at `path` what has not been read of the body yet.
    pub fn save_to(self, path: impl Into<PathBuf>) -> Saving<H, Infallible> {
        let (stream, reply) = self.into_parts();
        let about = (stream.context.source.operation, stream.context.source.idempotent);
        let opened: BoxFuture<'static, _> = Box::pin(std::future::ready(Ok((stream, reply))));
        let refused = |operation, idempotent, reply: Reply| {
            Error::from_reply(operation, idempotent, ErrorKind::Undocumented, reply)
        };
        Saving::new(Opening::new(about, opened, refused), path.into())
    }
}

/// Saves `stream` to the file at `path`.
async fn save(mut stream: ByteStream, path: PathBuf, mut progress: Option<Report>) -> Result<Saved, StreamError> {
    let mut report = |stream: &ByteStream| {
        if let Some(report) = &mut progress {
            report(Progress { received: stream.received(), total: stream.total() });
        }
    };
    let skipped = stream.received();
    if skipped > 0 {
        // The file does not begin where the body does: no part of the body is one of the file.
        stream.context.source.request = None;
    }
    let mut target = match Target::beside(&path).await {
        Ok(target) => target,
        Err(error) => return Err(stream.file_error(error)),
    };
    let mut resumed = 0;
    report(&stream);
    loop {
        let written = match stream.next().await {
            None => break,
            Some(Ok(bytes)) => {
                report(&stream);
                target.write(bytes).await
            }
            Some(Err(error)) => {
                let continued = stream.resume(error).await?;
                resumed += 1;
                report(&stream);
                match continued {
                    Continued::Rest => Ok(()),
                    Continued::Anew => target.begin_anew().await,
                }
            }
        };
        if let Err(error) = written {
            return Err(stream.file_error(error));
        }
    }
    match target.finish(path.clone()).await {
        Ok(()) => Ok(Saved { path, length: stream.received() - skipped, resumed }),
        Err(error) => Err(stream.file_error(error)),
    }
}

impl ByteStream {
    fn file_error(&mut self, error: io::Error) -> StreamError {
        self.close();
        self.context.error(ErrorKind::File(error))
    }
}

/// A file that is being written. The disk has a thread of its own, because it may block.
struct Target {
    /// What is to be written next, of small pieces.
    batch: Vec<u8>,
    /// Gives back the file, and the memory of what was written.
    writing: JoinHandle<io::Result<(File, Vec<u8>)>>,
    partial: Partial,
}

impl Target {
    /// Creates a file in the folder of `path`.
    async fn beside(path: &Path) -> io::Result<Self> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{:016x}.part", fastrand::u64(..)));
        let path = path.with_file_name(hidden);
        let created = blocking(move || {
            let file = File::options().write(true).create_new(true).open(&path)?;
            Ok((file, Partial(Some(path))))
        })?;
        let (file, partial) = joined(created).await?;
        Ok(Self { batch: Vec::new(), writing: blocking(move || Ok((file, Vec::new())))?, partial })
    }

    async fn write(&mut self, piece: Bytes) -> io::Result<()> {
        if piece.len() >= PIECE {
            return self.flush(piece).await;
        }
        self.batch.extend_from_slice(&piece);
        drop(piece);
        if self.batch.len() < BATCH { Ok(()) } else { self.flush(Bytes::new()).await }
    }

    /// Begins to write what there is, and then `last`, after what is being written.
    async fn flush(&mut self, last: Bytes) -> io::Result<()> {
        let (mut file, written) = joined(&mut self.writing).await?;
        let mut batch = std::mem::replace(&mut self.batch, written);
        self.writing = blocking(move || {
            file.write_all(&batch)?;
            file.write_all(&last)?;
            batch.clear();
            Ok((file, batch))
        })?;
        Ok(())
    }

    async fn begin_anew(&mut self) -> io::Result<()> {
        use io::Seek;
        self.batch.clear();
        let (mut file, written) = joined(&mut self.writing).await?;
        self.writing = blocking(move || {
            file.set_len(0)?;
            file.rewind()?;
            Ok((file, written))
        })?;
        Ok(())
    }

    /// Writes what is left, and puts the file in its place.
    async fn finish(mut self, path: PathBuf) -> io::Result<()> {
        self.flush(Bytes::new()).await?;
        drop(joined(&mut self.writing).await?);
        let mut partial = self.partial;
        joined(blocking(move || partial.rename(&path))?).await
    }
}

/// Runs `work` on a thread that may block.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<JoinHandle<io::Result<T>>> {
    let runtime = Handle::try_current().map_err(io::Error::other)?;
    Ok(runtime.spawn_blocking(work))
}

async fn joined<T>(work: impl Future<Output = Result<io::Result<T>, tokio::task::JoinError>>) -> io::Result<T> {
    work.await.map_err(io::Error::other)?
}

/// A file that is not whole yet. It is removed unless it gets its name.
struct Partial(Option<PathBuf>);

impl Partial {
    fn rename(&mut self, to: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            std::fs::rename(path, to)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // A failure here cannot be reported to anybody.
            let _ = std::fs::remove_file(path);
        }
    }
}
