//! Bodies that are sequences of JSON texts, item by item: lines, and records (RFC 7464).

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;

use super::{ByteStream, ITEM_LIMIT, Opening, StreamError};
use crate::codegen::{ReadAs, from_value_as};
use crate::error::ErrorKind;
use crate::response::DecodeError;

/// What stands between the items of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    /// The end of a line.
    Line,
    /// A record separator, before each item ([RFC 7464, 2.2](https://www.rfc-editor.org/rfc/rfc7464#section-2.2)).
    Record,
}

impl Separator {
    fn byte(self) -> u8 {
        match self {
            Self::Line => b'\n',
            Self::Record => 0x1e,
        }
    }
}

/// The items of a body of JSON lines (`application/jsonl`, `application/x-ndjson`) or of a JSON text sequence
/// (`application/json-seq`), one by one as they come: what `send_items` of a request gives.
///
/// It is a `Stream`, and has [`next`](Self::next) and [`try_next`](Self::try_next) of its own. An item that does not fit its type
/// is an error ([`ErrorKind::Undecodable`]), after which the stream goes on; after any other error it has ended. An item
/// has at most 1 MiB, unless [`CallOptions::item_limit`](crate::CallOptions::item_limit) sets another limit.
///
/// ```
/// use openapi_runtime::{ItemStream, StreamError};
///
/// async fn print(mut numbers: ItemStream<i64>) -> Result<(), StreamError> {
///     while let Some(number) = numbers.try_next().await? {
///         println!("{number}");
///     }
///     Ok(())
/// }
/// ```
#[must_use = "items are read only as far as the stream is polled"]
pub struct ItemStream<T> {
    bytes: ByteStream,
    separator: Separator,
    /// The texts that end the sequence.
    ends: &'static [&'static str],
    /// The longest item.
    limit: usize,
    /// The beginning of an item, of which the rest has not come.
    begun: Vec<u8>,
    /// What has come and was not looked at.
    chunk: Bytes,
    ended: bool,
    /// Makes an item of its text.
    read: fn(&[u8]) -> Result<T, DecodeError>,
}

impl<T> ItemStream<T> {
    fn new(
        mut bytes: ByteStream,
        separator: Separator,
        ends: &'static [&'static str],
        read: fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Self {
        let limit = bytes.begin_items();
        let (begun, chunk) = (Vec::new(), Bytes::new());
        Self { bytes, separator, ends, limit, begun, chunk, ended: false, read }
    }

    /// The text of the next item.
    fn poll_text(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, StreamError>>> {
        while !self.ended {
            let end = self.chunk.iter().position(|&byte| byte == self.separator.byte());
            let part = self.chunk.split_to(end.unwrap_or(self.chunk.len()));
            if self.begun.len() + part.len() > self.limit {
                return Poll::Ready(Some(Err(self.too_long())));
            }
            let text = if end.is_some() {
                self.chunk.advance(1);
                self.text(part)
            } else {
                self.begun.extend_from_slice(&part);
                match ready!(self.bytes.poll_bytes(context)) {
                    Some(Ok(chunk)) => {
                        self.chunk = chunk;
                        continue;
                    }
                    Some(Err(error)) => {
                        self.ended = true;
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => {
                        self.ended = true;
                        self.text(Bytes::new())
                    }
                }
            };
            if self.ends.iter().any(|end| text.trim_ascii() == end.as_bytes()) {
                self.end();
            } else if !text.trim_ascii().is_empty() {
                return Poll::Ready(Some(Ok(text)));
            }
        }
        Poll::Ready(None)
    }

    /// The item that ends with `part`.
    fn text(&mut self, part: Bytes) -> Bytes {
        if self.begun.is_empty() {
            return part;
        }
        let mut text = std::mem::take(&mut self.begun);
        text.extend_from_slice(&part);
        text.into()
    }

    fn end(&mut self) {
        self.ended = true;
        self.bytes.close();
        (self.begun, self.chunk) = (Vec::new(), Bytes::new());
    }

    fn too_long(&mut self) -> StreamError {
        self.end();
        self.bytes.item_too_long(self.limit)
    }
}

impl<T> ItemStream<T> {
    /// The next item; `None` at the end. It can be cancelled: no item is lost.
    pub async fn next(&mut self) -> Option<Result<T, StreamError>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the item is not what the definition says ([`ErrorKind::Undecodable`]; the next may be), or the stream broke.
    pub async fn try_next(&mut self) -> Result<Option<T>, StreamError> {
        self.next().await.transpose()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, StreamError>>> {
        let text = match ready!(self.poll_text(context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            Some(Ok(text)) => text,
        };
        let item = if self.separator == Separator::Record && is_cut(&text) {
            Err(DecodeError::new("the record is cut"))
        } else {
            (self.read)(&text)
        };
        Poll::Ready(Some(item.map_err(|error| self.bytes.context.undecodable(error))))
    }
}

/// Whether a record may be the beginning of a longer one: a number or a word that no white space follows
/// ([RFC 7464, 2.4](https://www.rfc-editor.org/rfc/rfc7464#section-2.4)).
fn is_cut(record: &[u8]) -> bool {
    let starts_open = record.trim_ascii_start().first().is_some_and(|first| !b"{[\"".contains(first));
    starts_open && record.last().is_some_and(|last| !last.is_ascii_whitespace())
}

/// The value that a JSON text holds.
pub(super) fn json<A: ReadAs<T>, T>(text: &[u8]) -> Result<T, DecodeError> {
    let value = serde_json::from_slice(text).map_err(DecodeError::new)?;
    from_value_as::<A, T>(value, text.len()).map_err(DecodeError::new)
}

impl ByteStream {
    /// Begins to be read as a sequence, whose length has no limit. Gives the longest item that is read.
    pub(super) fn begin_items(&mut self) -> usize {
        self.context.care.body_limit = None;
        self.context.care.item_limit.unwrap_or(ITEM_LIMIT)
    }

    /// The error for an item that is longer than `limit`.
    pub(super) fn item_too_long(&self, limit: usize) -> StreamError {
        let message = format!("an item is longer than {limit} bytes, which `CallOptions::item_limit` allows at most");
        self.context.error(ErrorKind::Undecodable(DecodeError::new(message)))
    }
}

impl<H, E> Opening<ByteStream, H, E> {
    /// Reads the body as a sequence.
    pub(crate) fn items<A: ReadAs<T> + 'static, T: 'static>(
        self,
        separator: Separator,
        ends: &'static [&'static str],
    ) -> Opening<ItemStream<T>, H, E> {
        self.then(move |bytes| async move { Ok(ItemStream::new(bytes, separator, ends, json::<A, T>)) })
    }
}

impl<T> Stream for ItemStream<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

/// Shows how much has come; never the items, which may hold secrets.
impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_may_go_on_is_cut() {
        for (record, cut) in
            [("12", true), ("12\n", false), ("tru", true), ("{}", false), ("\"a\"", false), ("", false)]
        {
            assert_eq!(is_cut(record.as_bytes()), cut, "{record}");
        }
    }
}
