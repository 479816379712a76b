//! A file in a multipart body.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::body::{Body, BodySource};
use crate::boxed::BoxError;
use crate::codegen::{FromJson, ReadError};
use crate::file::FileSource;
use crate::outgoing::BodyError;

/// A file in a `multipart/form-data` body: its bytes, with a filename and a media type.
///
/// Bytes in memory become one by `into()`; [`path`](Self::path) reads a file and [`stream`](Self::stream) a stream, piece by
/// piece while it is sent. Where nothing else is said, the filename is that of the path, else `blob`, as browsers have it; and
/// the media type is guessed from the filename, as far as the definition allows it.
///
/// ```
/// use openapi_runtime::FilePart;
///
/// let from_memory = FilePart::from(vec![0x89, b'P', b'N', b'G']).file_name("logo.png"); // image/png
/// let from_disk = FilePart::path("photos/cat.jpg"); // cat.jpg, image/jpeg
/// let named = FilePart::path("/tmp/upload-17").file_name("report.csv").content_type("text/csv; charset=utf-8");
///
/// assert_eq!(from_memory.clone(), from_memory);
/// assert_ne!(from_disk, named);
/// ```
///
/// A file from a path is opened for each attempt, so that a request with it is retried as any other; one with a stream is sent
/// once. A file that cannot be read, or a stream that does not have the length that was announced, fails the call with a
/// [`BodyError`](crate::BodyError).
///
/// Two files are equal if they have the same name, media type and headers, and either equal bytes, or the same path, or the one
/// is a clone of the other. `Debug` shows no bytes.
#[derive(Clone, PartialEq)]
pub struct FilePart {
    content: Content,
    filename: Option<String>,
    media_type: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    Path(PathBuf),
    /// A source or a stream; `None` where a stream was sent.
    Body(Arc<Mutex<Option<Body>>>),
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(other)) => one == other,
            (Self::Path(one), Self::Path(other)) => one == other,
            (Self::Body(one), Self::Body(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl FilePart {
    fn new(content: Content) -> Self {
        Self { content, filename: None, media_type: None, headers: Vec::new() }
    }

    /// The bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()))
    }

    /// The file at `path`, which is opened for each attempt to send it, and read in pieces.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(Content::Path(path.into()))
    }

    /// The bytes of `stream`, whose total `length` may be known. The request is sent once and not retried.
    pub fn stream<S, E>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Body::from_stream(stream, length).into()
    }

    /// What `source` opens for each attempt.
    pub fn from_source(source: impl BodySource) -> Self {
        Body::from_source(source).into()
    }

    /// Sets the filename.
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.filename = Some(file_name.into());
        self
    }

    /// Sets the media type, whatever the definition and the filename say.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.media_type = Some(content_type.into());
        self
    }

    /// Adds a header of the part.
    ///
    /// ```
    /// use openapi_runtime::FilePart;
    /// use openapi_runtime::http::header::{HeaderName, HeaderValue};
    ///
    /// let name = HeaderName::from_static("x-checksum");
    /// let file = FilePart::path("a.bin").header(name, HeaderValue::from_static("3a7bd3e2"));
    /// ```
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The length in bytes, if it is known before the file is opened.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Path(_) => None,
            Content::Body(body) => lock(body).as_ref()?.length(),
        }
    }

    /// The filename that is sent.
    pub(crate) fn sent_name(&self) -> String {
        let of_path = || match &self.content {
            Content::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            _ => None,
        };
        self.filename.clone().or_else(of_path).unwrap_or_else(|| "blob".to_owned())
    }

    /// The media type that the user sets.
    pub(crate) fn own_media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    pub(crate) fn own_headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The bytes, if they are held in memory.
    pub(crate) fn in_memory(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether it can be sent again.
    pub(crate) fn is_repeatable(&self) -> bool {
        match &self.content {
            Content::Bytes(_) | Content::Path(_) => true,
            Content::Body(body) => lock(body).as_ref().is_none_or(|body| body.reopen().is_some()),
        }
    }

    /// The bytes as a body of which the length is known if it ever is. A path is opened later, when its turn comes: a body may
    /// have more files than a process may open.
    pub(crate) async fn opened(&self) -> Result<Body, BodyError> {
        let body = match &self.content {
            Content::Bytes(bytes) => return Ok(bytes.clone().into()),
            Content::Path(path) => {
                let source = FileSource { path: path.clone() };
                let length = source.length().await?;
                return Ok(Body::from_stream(Body::from_source(source), length));
            }
            Content::Body(body) => {
                let mut body = lock(body);
                match body.as_ref().and_then(Body::reopen) {
                    Some(copy) => copy,
                    None => body.take().ok_or(BodyError::Spent)?,
                }
            }
        };
        body.opened().await.map_err(BodyError::of)
    }

    /// The path that is read.
    fn source(&self) -> Option<&Path> {
        match &self.content {
            Content::Path(path) => Some(path),
            _ => None,
        }
    }
}

fn lock(body: &Mutex<Option<Body>>) -> std::sync::MutexGuard<'_, Option<Body>> {
    body.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! from_bytes {
    ($($bytes:ty),*) => {
        $(impl From<$bytes> for FilePart {
            fn from(bytes: $bytes) -> Self {
                Self::bytes(bytes)
            }
        })*
    };
}

from_bytes!(Bytes, Vec<u8>, String, &'static [u8], &'static str);

impl<const N: usize> From<&'static [u8; N]> for FilePart {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::bytes(&bytes[..])
    }
}

impl From<Body> for FilePart {
    fn from(body: Body) -> Self {
        Self::new(Content::Body(Arc::new(Mutex::new(Some(body)))))
    }
}

/// Shows the name, the media type, and where the bytes come from; never the bytes.
impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FilePart");
        shown.field("filename", &self.sent_name()).field("media_type", &self.media_type);
        match self.source() {
            Some(path) => shown.field("path", &path),
            None => shown.field("length", &self.length()),
        };
        shown.finish_non_exhaustive()
    }
}

std::thread_local! {
    /// The files of the value that is being written, if it is one whose files are wanted.
    static FILES: RefCell<Option<Files>> = const { RefCell::new(None) };
}

/// The files of a value: in its JSON, a text that nobody can foresee stands for each.
#[derive(Default)]
pub(crate) struct Files {
    secret: u64,
    files: Vec<FilePart>,
}

impl Files {
    /// The file that `text` stands for.
    pub(crate) fn get(&self, text: &str) -> Option<&FilePart> {
        let (secret, index) = text.strip_prefix("file ")?.split_once(' ')?;
        (secret.parse() == Ok(self.secret)).then(|| self.files.get(index.parse::<usize>().ok()?))?
    }

    fn add(&mut self, file: &FilePart) -> String {
        self.files.push(file.clone());
        format!("file {} {}", self.secret, self.files.len() - 1)
    }
}

/// Does `work`, which writes a value, and returns the files in it beside.
pub(crate) fn with_files<T>(work: impl FnOnce() -> T) -> (T, Files) {
    let files = Files { secret: fastrand::u64(..), files: Vec::new() };
    let outer = FILES.with(|cell| cell.replace(Some(files)));
    let written = work();
    let files = FILES.with(|cell| cell.replace(outer));
    (written, files.unwrap_or_default())
}

/// The JSON of a value that may hold files, for checks.
pub(crate) fn checked_json(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Value> {
    with_files(|| serde_json::to_value(value)).0
}

/// Files are sent in multipart bodies. Anything else that writes a type that holds one fails.
impl Serialize for FilePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = FILES.with(|cell| cell.borrow_mut().as_mut().map(|files| files.add(self)));
        match text {
            Some(text) => serializer.serialize_str(&text),
            None => Err(serde::ser::Error::custom(
                "a file can be sent in a multipart body only, and not be written otherwise",
            )),
        }
    }
}

impl FromJson for FilePart {
    fn from_json(_: Value) -> Result<Self, ReadError> {
        Err(ReadError::new("a file is sent in a multipart body, and cannot be read from JSON"))
    }
}

impl<'de> Deserialize<'de> for FilePart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::codegen::deserialize(deserializer)
    }
}
