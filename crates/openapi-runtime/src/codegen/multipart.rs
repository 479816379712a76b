//! Bodies of `multipart/form-data` ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)).

use std::collections::VecDeque;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::header::HeaderValue;

use super::parameter::{PairStyle, Style};
use super::tree::Tree;
use crate::body::{Body, BodySource};
use crate::boxed::{BoxError, BoxFuture};
use crate::file_part::{FilePart, Files};
use crate::media_types::{OCTETS, guess, is_in};
use crate::outgoing::{BodyError, Exact};
use crate::request::RequestError;

/// Bodies up to this length, in bytes, are put together in memory.
const SMALL: usize = 64 * 1024;

/// What the definition says of a field of a multipart body (OpenAPI 3.0.3, Encoding Object).
#[derive(Clone, Copy, Debug)]
pub struct Field {
    name: &'static str,
    /// The media types that it may have, with commas; empty if it is not said.
    media_types: &'static str,
    style: Option<Style>,
    headers: &'static [(&'static str, &'static str)],
}

impl Field {
    /// A field of which nothing is said.
    pub const fn new(name: &'static str) -> Self {
        Self { name, media_types: "", style: None, headers: &[] }
    }

    /// With the media types that it may have, with commas.
    pub const fn media_types(self, media_types: &'static str) -> Self {
        Self { media_types, ..self }
    }

    /// With a style, which makes its value one text or several.
    pub const fn style(self, style: Style) -> Self {
        Self { style: Some(style), ..self }
    }

    /// With headers that always have the same value.
    pub const fn headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    /// The media type of a file.
    fn of_file(&self, file: &FilePart, name: &str) -> String {
        let allowed = || self.media_types.split(',').map(str::trim).filter(|range| !range.is_empty());
        let guessed =
            guess(name).filter(|guess| allowed().next().is_none() || allowed().any(|range| is_in(guess, range)));
        let first = || allowed().find(|range| !range.contains('*'));
        file.own_media_type().or(guessed).or_else(first).unwrap_or(OCTETS).to_owned()
    }

    /// The media type of anything else: the first that it may have, else `default`.
    fn of_value(&self, default: &str) -> String {
        let first = self.media_types.split(',').map(str::trim).find(|range| !range.is_empty() && !range.contains('*'));
        first.unwrap_or(default).to_owned()
    }
}

/// One part: its name, its headers, and its content.
struct Part {
    name: String,
    head: Vec<u8>,
    content: Content,
}

enum Content {
    Text(Bytes),
    File(FilePart),
}

impl Content {
    fn in_memory(&self) -> Option<&Bytes> {
        match self {
            Self::Text(bytes) => Some(bytes),
            Self::File(file) => file.in_memory(),
        }
    }
}

/// A body of the members of `value`, in their order, and the boundary between them. Texts and other scalars are parts of text,
/// objects are JSON, what stands for one of the `files` is that file, and a list is a part for each item ([OpenAPI 3.0.3, Special
/// Considerations for multipart Content]).
///
/// [OpenAPI 3.0.3, Special Considerations for multipart Content]: https://spec.openapis.org/oas/v3.0.3#special-considerations-for-multipart-content
pub(super) fn body(value: &Tree, files: &Files, fields: &[Field]) -> Result<(String, Body), RequestError> {
    let mut parts = Vec::new();
    let Tree::Object(members) = value else { return Ok(assembled(parts)) };
    for (name, value) in members {
        let field = fields.iter().find(|field| field.name == name).copied().unwrap_or(Field::new(""));
        let items = match value {
            Tree::List(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let file = |item: &Tree| item.as_str().and_then(|text| files.get(text));
        if let Some(style) = field.style.filter(|_| !items.iter().any(|item| file(item).is_some())) {
            for (name, text) in style.pairs(name, value) {
                parts.push(part(&field, name, "text/plain", text.into())?);
            }
            continue;
        }
        for item in items {
            parts.push(match file(item) {
                Some(file) => file_part(&field, name, file)?,
                None if item.is_nested() => part(&field, name.clone(), "application/json", item.to_string().into())?,
                None => part(&field, name.clone(), "text/plain", item.text().into())?,
            });
        }
    }
    Ok(assembled(parts))
}

/// A part of text.
fn part(field: &Field, name: String, media_type: &str, text: Bytes) -> Result<Part, RequestError> {
    let mut head = disposition(&name, None);
    header(&mut head, "Content-Type", &checked(field.of_value(media_type))?);
    constants(&mut head, field)?;
    Ok(Part { name, head, content: Content::Text(text) })
}

fn file_part(field: &Field, name: &str, file: &FilePart) -> Result<Part, RequestError> {
    let filename = file.sent_name();
    let mut head = disposition(name, Some(&filename));
    header(&mut head, "Content-Type", &checked(field.of_file(file, &filename))?);
    let own = file.own_headers();
    constants(&mut head, field)?;
    for (name, value) in own {
        header(&mut head, name.as_str(), value);
    }
    Ok(Part { name: name.to_owned(), head, content: Content::File(file.clone()) })
}

fn disposition(name: &str, filename: Option<&str>) -> Vec<u8> {
    let mut text = format!("Content-Disposition: form-data; name=\"{}\"", escaped(name));
    if let Some(filename) = filename {
        // Writing to a string cannot fail.
        let _ = write!(text, "; filename=\"{}\"", escaped(filename));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A name as browsers write it
/// ([HTML, multipart/form-data](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data)).
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The headers that the definition says the value of.
fn constants(head: &mut Vec<u8>, field: &Field) -> Result<(), RequestError> {
    for (name, value) in field.headers {
        header(head, name, &HeaderValue::from_str(value).map_err(|_| RequestError::Header((*name).into()))?);
    }
    Ok(())
}

fn checked(media_type: String) -> Result<HeaderValue, RequestError> {
    match HeaderValue::from_str(&media_type) {
        Ok(value) if media_type.contains('/') => Ok(value),
        _ => Err(RequestError::MediaType(media_type)),
    }
}

fn header(head: &mut Vec<u8>, name: &str, value: &HeaderValue) {
    for bytes in [name.as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
        head.extend_from_slice(bytes);
    }
}

/// The body of `parts`, and the boundary between them.
fn assembled(parts: Vec<Part>) -> (String, Body) {
    let in_memory: Option<Vec<&Bytes>> = parts.iter().map(|part| part.content.in_memory()).collect();
    let small = in_memory.filter(|texts| texts.iter().map(|text| text.len()).sum::<usize>() <= SMALL);
    let boundary = match &small {
        Some(texts) => absent(texts),
        // Nobody has read what is in the others.
        None => format!("part-{:032x}", fastrand::u128(..)),
    };
    let whole = small.map(|texts| {
        let mut whole = Vec::new();
        for (index, (part, text)) in parts.iter().zip(texts).enumerate() {
            whole.extend(opening(&boundary, index, &part.head));
            whole.extend_from_slice(text);
        }
        whole.extend(closing(&boundary, parts.len()));
        Body::from(whole)
    });
    let body = whole.unwrap_or_else(|| {
        let repeatable = parts.iter().all(|part| match &part.content {
            Content::Text(_) => true,
            Content::File(file) => file.is_repeatable(),
        });
        let source = Arc::new(Multipart { boundary: boundary.clone(), parts });
        if repeatable { Body::shared_source(source) } else { Body::once(source.open()) }
    });
    (boundary, body)
}

/// A boundary that no text of `texts` contains.
fn absent(texts: &[&Bytes]) -> String {
    let holds = |text: &Bytes, boundary: &str| text.windows(boundary.len()).any(|window| window == boundary.as_bytes());
    let mut boundary = "part".to_owned();
    while texts.iter().any(|text| holds(text, &boundary)) {
        boundary = format!("part-{:016x}", fastrand::u64(..));
    }
    boundary
}

/// What stands before the content of a part.
fn opening(boundary: &str, index: usize, head: &[u8]) -> Vec<u8> {
    let line = if index == 0 { "" } else { "\r\n" };
    [line.as_bytes(), b"--", boundary.as_bytes(), b"\r\n", head, b"\r\n"].concat()
}

/// What stands after the last of `count` parts.
fn closing(boundary: &str, count: usize) -> Vec<u8> {
    let line = if count == 0 { "" } else { "\r\n" };
    [line, "--", boundary, "--\r\n"].concat().into_bytes()
}

/// A body with parts that are not in memory, or large.
struct Multipart {
    boundary: String,
    parts: Vec<Part>,
}

impl BodySource for Multipart {
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
        Box::pin(async move {
            let mut pieces = VecDeque::new();
            for (index, part) in self.parts.iter().enumerate() {
                let content = match &part.content {
                    Content::Text(text) => Body::from(text.clone()),
                    Content::File(file) => file.opened().await.map_err(|error| of_part(&part.name, error))?,
                };
                pieces.push_back(Piece::Ready(opening(&self.boundary, index, &part.head).into()));
                pieces.push_back(Piece::Content(part.name.clone(), Exact::new(content)));
            }
            pieces.push_back(Piece::Ready(closing(&self.boundary, self.parts.len()).into()));
            let length = pieces.iter().map(Piece::length).sum();
            Ok(Body::from_stream(Pieces(pieces), length))
        })
    }
}

fn of_part(name: &str, source: BodyError) -> BodyError {
    BodyError::Part { name: name.to_owned(), source: Box::new(source) }
}

enum Piece {
    Ready(Bytes),
    /// The content of the part of that name.
    Content(String, Exact),
}

impl Piece {
    fn length(&self) -> Option<u64> {
        match self {
            Self::Ready(bytes) => Some(bytes.len() as u64),
            Self::Content(_, content) => content.length(),
        }
    }
}

/// The pieces of a body, one after the other.
struct Pieces(VecDeque<Piece>);

impl Stream for Pieces {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = match self.0.front_mut() {
                None => return Poll::Ready(None),
                Some(Piece::Ready(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    self.0.pop_front();
                    return Poll::Ready(Some(Ok(bytes)));
                }
                Some(Piece::Content(name, content)) => {
                    ready!(content.poll_chunk(context)).map(|next| next.map_err(|error| of_part(name, error)))
                }
            };
            match next {
                None => drop(self.0.pop_front()),
                Some(next) => {
                    if next.is_err() {
                        self.0.clear();
                    }
                    return Poll::Ready(Some(next));
                }
            }
        }
    }
}
