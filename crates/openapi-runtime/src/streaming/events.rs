//! Event streams ([HTML, 9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)), event by event (feature
//! `events`).

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use sse_stream::{Sse, SseByteStream};

use super::items::json;
use super::resume::Again;
use super::{ByteStream, Opened, Opening, StreamError};
use crate::boxed::BoxFuture;
use crate::codegen::{ReadAs, from_value_as};
use crate::error::{Error, ErrorKind};
use crate::http_client::HttpError;
use crate::response::{DecodeError, Reply};
use crate::retry::spread;

/// How long to wait before reconnecting after a clean end, where the server does not say it: "a few seconds" (HTML, 9.2.2).
const RECONNECTION_TIME: Duration = Duration::from_secs(3);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// An event of an event stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The name of the event; `message` unless it has one.
    pub event: String,
    /// The id of the event, if it has one.
    pub id: Option<String>,
    /// How long to wait before reconnecting, if the event says so.
    pub retry: Option<Duration>,
    /// The data.
    pub data: T,
}

/// The events of an event stream, one by one as they come: what `send_events` of a request gives.
///
/// It is a `Stream`, and has [`next`](Self::next) and [`try_next`](Self::try_next) of its own. An event whose data does not fit
/// its type is an error ([`ErrorKind::Undecodable`]), after which the stream goes on; after any other error it has ended.
/// An event has at most 1 MiB, unless [`CallOptions::item_limit`](crate::CallOptions::item_limit) sets another limit.
///
/// If the connection breaks, a GET is sent again with `Last-Event-ID`, within the retry policy: only if the server has
/// given the last event an id, or no event has come yet, because the server begins anew without it. The policy counts anew with
/// each event that comes.
///
/// An id that a header cannot hold, because it has a control character, is ignored, as the standard says for NUL: the event has none,
/// and the one before it stays the last.
///
/// The stream ends where the body ends as it should, because APIs that answer with events end their answer so. For a feed that
/// goes on for ever, [`CallOptions::reconnect_at_end`](crate::CallOptions::reconnect_at_end) reconnects there, as browsers do.
///
/// ```
/// use openapi_runtime::{EventStream, StreamError};
///
/// async fn print(mut events: EventStream<String>) -> Result<(), StreamError> {
///     while let Some(event) = events.try_next().await? {
///         println!("{}: {}", event.event, event.data);
///     }
///     Ok(())
/// }
/// ```
#[must_use = "events are read only as far as the stream is polled"]
pub struct EventStream<T> {
    state: State,
    blocks: Blocks,
    slot: Slot,
    parser: SseByteStream<Slot>,
    /// The texts that end the stream.
    ends: &'static [&'static str],
    read: fn(String) -> Result<T, DecodeError>,
    /// The id of the last event that had one.
    last_id: Option<String>,
    /// How long to wait before reconnecting, as the server says.
    retry: Option<Duration>,
    /// Whether an event was given to the caller.
    given: bool,
    /// Whether this connection has given one.
    came: bool,
}

/// What the stream waits for.
enum State {
    Reading(ByteStream),
    /// The lock makes it `Sync`, and is never taken.
    Reconnecting(Mutex<BoxFuture<'static, (ByteStream, Reopened)>>),
    Ended,
}

/// The response to a request that was sent again; none if it was not, and the stream has ended.
type Reopened = Result<Option<Opened>, StreamError>;

impl<T> EventStream<T> {
    fn new(
        mut bytes: ByteStream,
        ends: &'static [&'static str],
        read: fn(String) -> Result<T, DecodeError>,
    ) -> Result<Self, StreamError> {
        if let Some(other) = other_media_type(&bytes.context.head) {
            return Err(bytes.context.undecodable(other));
        }
        let blocks = Blocks::new(bytes.begin_items());
        let slot = Slot::default();
        let parser = SseByteStream::new(slot.clone());
        let (state, last_id, retry, given) = (State::Reading(bytes), None, None, false);
        Ok(Self { state, blocks, slot, parser, ends, read, last_id, retry, given, came: false })
    }

    /// The id of the last event that had one.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// The next event; `None` at the end. It can be cancelled: no event is lost.
    pub async fn next(&mut self) -> Option<Result<Event<T>, StreamError>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// The next event; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the data is not what the definition says ([`ErrorKind::Undecodable`]; that of the next event may be), or the stream
    /// broke.
    pub async fn try_next(&mut self) -> Result<Option<Event<T>>, StreamError> {
        self.next().await.transpose()
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event<T>, StreamError>>> {
        loop {
            match Pin::new(&mut self.parser).poll_next(context) {
                Poll::Ready(Some(Ok(event))) => {
                    if let Some(event) = self.take(event) {
                        return Poll::Ready(event);
                    }
                    continue;
                }
                Poll::Ready(Some(Err(error))) => {
                    // It has ended with its error, the stream has not.
                    self.parser = SseByteStream::new(self.slot.clone());
                    if self.blocks.again(self.slot.left()) {
                        continue;
                    }
                    let State::Reading(bytes) = &self.state else { continue };
                    return Poll::Ready(Some(Err(bytes.context.undecodable(DecodeError::new(error)))));
                }
                Poll::Ready(None) => self.parser = SseByteStream::new(self.slot.clone()),
                Poll::Pending => {}
            }
            match self.blocks.next() {
                Ok(Some(whole)) => {
                    self.slot.put(whole);
                    continue;
                }
                Ok(None) => {}
                Err(TooLong) => {
                    return Poll::Ready(self.end().map(|bytes| Err(bytes.item_too_long(self.blocks.limit))));
                }
            }
            if let Some(end) = ready!(self.poll_blocks(context)) {
                return Poll::Ready(end.map(Err));
            }
        }
    }

    /// Reads on; gives the end of the stream, if this is it.
    fn poll_blocks(&mut self, context: &mut Context<'_>) -> Poll<Option<Option<StreamError>>> {
        match &mut self.state {
            State::Reading(bytes) => match ready!(bytes.poll_bytes(context)) {
                Some(Ok(chunk)) => self.blocks.push(chunk),
                Some(Err(error)) => return Poll::Ready(self.reconnect(error)),
                None if self.blocks.is_begun() => {
                    let source = "the body ends in the middle of an event".into();
                    let error = bytes.end(HttpError::Cut { reply: Reply::empty().into(), source });
                    return Poll::Ready(self.reconnect(error));
                }
                None if bytes.context.care.reconnects => return Poll::Ready(self.reconnect_at_end()),
                None => {
                    self.end();
                    return Poll::Ready(Some(None));
                }
            },
            State::Reconnecting(reconnecting) => {
                let future = reconnecting.get_mut().unwrap_or_else(PoisonError::into_inner);
                let (bytes, opened) = ready!(future.as_mut().poll(context));
                return Poll::Ready(self.go_on(bytes, opened));
            }
            State::Ended => return Poll::Ready(Some(None)),
        }
        Poll::Ready(None)
    }

    /// Ends the stream. Gives what it read.
    fn end(&mut self) -> Option<ByteStream> {
        self.blocks.clear();
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Reading(mut bytes) => {
                bytes.close();
                Some(bytes)
            }
            _ => None,
        }
    }

    /// Begins to reconnect after `error`, or ends with it.
    fn reconnect(&mut self, error: StreamError) -> Option<Option<StreamError>> {
        let Some(mut bytes) = self.end() else { return Some(Some(error)) };
        let id = self.last_id_header();
        if (id.is_none() && self.given) || bytes.context.source.request.is_none() {
            return Some(Some(error));
        }
        let wait = self.retry.map(spread);
        let reconnecting = async move {
            let opened = match bytes.wait_after(error, wait, Again::Broken).await {
                Ok(()) => bytes.send_again(id).await.map(Some),
                Err(error) => Err(error),
            };
            (bytes, opened)
        };
        self.begin_reconnecting(Box::pin(reconnecting));
        None
    }

    /// Begins to reconnect after the end of the body, or ends. A connection that gave events was a good one, and costs nothing of
    /// the budget; without any, the policy and the budget put an end to it.
    fn reconnect_at_end(&mut self) -> Option<Option<StreamError>> {
        let again = Again::Ended { free: self.came };
        let Some(mut bytes) = self.end() else { return Some(None) };
        let id = self.last_id_header();
        if bytes.context.source.request.is_none() {
            return Some(None);
        }
        let wait = spread(self.retry.unwrap_or(RECONNECTION_TIME));
        let reconnecting = async move {
            let source = "the body has ended".into();
            let error = bytes.end(HttpError::Cut { reply: Reply::empty().into(), source });
            let opened = match bytes.wait_after(error, Some(wait), again).await {
                Ok(()) => bytes.send_again(id).await.map(Some),
                Err(_) => Ok(None),
            };
            (bytes, opened)
        };
        self.begin_reconnecting(Box::pin(reconnecting));
        None
    }

    /// The header that has the server go on after the last event that had an id.
    fn last_id_header(&self) -> Option<(HeaderName, HeaderValue)> {
        let id = self.last_id.as_deref()?;
        // In UTF-8 (HTML, 9.2.4), and not in ASCII alone.
        Some((LAST_EVENT_ID, HeaderValue::from_bytes(id.as_bytes()).ok()?))
    }

    fn begin_reconnecting(&mut self, reconnecting: BoxFuture<'static, (ByteStream, Reopened)>) {
        self.parser = SseByteStream::new(self.slot.clone());
        self.came = false;
        self.state = State::Reconnecting(Mutex::new(reconnecting));
    }

    /// Goes on with a new connection, or ends.
    fn go_on(&mut self, mut bytes: ByteStream, opened: Reopened) -> Option<Option<StreamError>> {
        self.state = State::Ended;
        let mut opened = match opened {
            Ok(Some(opened)) => opened,
            Ok(None) => return Some(None),
            Err(error) => return Some(Some(error)),
        };
        match opened.reply.status {
            // The server has no more (HTML, 9.2.3).
            StatusCode::NO_CONTENT => return Some(None),
            StatusCode::OK => {}
            _ => {
                opened.reply.attempts = bytes.context.head.attempts;
                let (operation, idempotent) = (bytes.context.operation(), bytes.context.source.idempotent);
                return Some(Some(Error::from_reply(operation, idempotent, ErrorKind::Undocumented, opened.reply)));
            }
        }
        if let Some(other) = other_media_type(&opened.reply) {
            return Some(Some(bytes.context.undecodable(other)));
        }
        bytes.go_on(opened, 0);
        bytes.begin_items();
        self.state = State::Reading(bytes);
        None
    }

    /// What the caller gets of an event: nothing if it has no data.
    fn take(&mut self, event: Sse) -> Option<Option<Result<Event<T>, StreamError>>> {
        let Sse { event, data, id, retry } = event;
        let retry = retry.map(Duration::from_millis);
        if retry.is_some() {
            self.retry = retry;
        }
        let id = id.filter(|id| fits_header(id));
        if let Some(id) = &id {
            // An empty one takes the last one back.
            if id.is_empty() {
                self.last_id = None;
            } else {
                // Into the memory of the one before.
                self.last_id.get_or_insert_default().clone_from(id);
            }
        }
        let data = data?;
        if !self.ends.is_empty() && self.ends.contains(&data.trim()) {
            self.end();
            return Some(None);
        }
        let State::Reading(bytes) = &mut self.state else { return Some(None) };
        (self.given, self.came) = (true, true);
        // The connection is a good one: the policy counts from here.
        bytes.context.head.attempts = 1;
        let event = event.filter(|event| !event.is_empty()).unwrap_or_else(|| "message".to_owned());
        let read = (self.read)(data).map_err(|error| bytes.context.undecodable(error));
        Some(Some(read.map(|data| Event { event, id, retry, data })))
    }
}

/// Whether a header can hold an id ([RFC 9110, 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5)).
fn fits_header(id: &str) -> bool {
    !id.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t')
}

/// The error for a response of another media type.
fn other_media_type(reply: &Reply) -> Option<DecodeError> {
    let stated = reply.stated_media_type();
    let is_other = !stated.is_empty() && stated != "text/event-stream";
    is_other.then(|| DecodeError::new(format!("it is `{stated}`, and not `text/event-stream`")))
}

/// The value that the data of an event holds: JSON or, where that does not fit, the text itself.
fn value<A: ReadAs<T>, T>(data: String) -> Result<T, DecodeError> {
    json::<A, T>(data.as_bytes()).or_else(|error| {
        let length = data.len();
        from_value_as::<A, T>(serde_json::Value::from(data), length).map_err(|_| error)
    })
}

/// The value that the data of an event is as a text.
fn text<A: ReadAs<T>, T>(data: String) -> Result<T, DecodeError> {
    let length = data.len();
    from_value_as::<A, T>(serde_json::Value::from(data), length).map_err(DecodeError::new)
}

/// The bytes for the parser.
#[derive(Clone, Default)]
struct Slot(Arc<Shared>);

#[derive(Default)]
struct Shared {
    next: Mutex<Option<Bytes>>,
    /// How many bytes of the buffer that the parser took last it has not consumed.
    ///
    /// [`Blocks::again`] relies on how `sse-stream` reads a buffer: it calls `advance` only after an event, up to the end of that
    /// event, or at the end of the buffer. When it fails, what is left therefore begins with the event that it failed on.
    left: AtomicUsize,
}

impl Slot {
    fn put(&self, bytes: Bytes) {
        self.0.left.store(bytes.len(), Ordering::Relaxed);
        *self.0.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }

    fn left(&self) -> usize {
        self.0.left.load(Ordering::Relaxed)
    }
}

impl Stream for Slot {
    type Item = Result<Given, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Who finds it empty fills it, and polls again.
        match self.0.next.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(bytes) => Poll::Ready(Some(Ok(Given { bytes, shared: Arc::clone(&self.0) }))),
            None => Poll::Pending,
        }
    }
}

/// Bytes that say how far they are read.
struct Given {
    bytes: Bytes,
    shared: Arc<Shared>,
}

impl Buf for Given {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.shared.left.store(self.bytes.len(), Ordering::Relaxed);
    }
}

/// Cuts what comes into whole blocks, each of which is an event, so that the parser holds no more than one of them.
struct Blocks {
    /// The longest block.
    limit: usize,
    /// The beginning of a block, of which the rest has not come.
    begun: BytesMut,
    /// What has come.
    chunk: Bytes,
    /// How much of that was looked at.
    at: usize,
    /// How much of that was given last.
    given: usize,
    /// Up to where blocks are given one by one.
    single: usize,
}

/// A block is longer than the limit.
struct TooLong;

impl Blocks {
    fn new(limit: usize) -> Self {
        Self { limit, begun: BytesMut::new(), chunk: Bytes::new(), at: 0, given: 0, single: 0 }
    }

    fn push(&mut self, chunk: Bytes) {
        (self.chunk, self.at, self.given, self.single) = (chunk, 0, 0, 0);
    }

    fn clear(&mut self) {
        self.begun = BytesMut::new();
        self.push(Bytes::new());
    }

    /// Whether there is a part of a block.
    fn is_begun(&self) -> bool {
        !self.begun.iter().all(u8::is_ascii_whitespace)
    }

    /// Gives the last `left` bytes of what was given again, block by block, because the parser has ended with one that is not UTF-8;
    /// `false` if they are one block, which is that one.
    fn again(&mut self, left: usize) -> bool {
        let Some(start) = self.at.checked_sub(left).filter(|_| left <= self.given) else { return false };
        if first_end(&self.chunk[start..self.at], START).is_none_or(|end| end == left) {
            return false;
        }
        (self.at, self.single) = (start, self.at);
        true
    }

    /// Whole blocks.
    fn next(&mut self) -> Result<Option<Bytes>, TooLong> {
        let rest = &self.chunk[self.at..];
        self.given = 0;
        if rest.is_empty() {
            // The connection reads on into its memory only if nobody keeps that.
            self.push(Bytes::new());
            return Ok(None);
        }
        if !self.begun.is_empty() {
            return self.complete();
        }
        // Where no block can be too long, the last end is enough.
        let many = rest.len() <= self.limit && self.at >= self.single;
        let Some(end) = (if many { last_end(rest) } else { first_end(rest, START) }) else {
            let length = rest.len();
            self.begun.extend_from_slice(rest);
            self.at += length;
            return if length > self.limit { Err(TooLong) } else { Ok(None) };
        };
        if end > self.limit {
            return Err(TooLong);
        }
        let start = self.at;
        (self.at, self.given) = (start + end, end);
        Ok(Some(self.chunk.slice(start..start + end)))
    }

    /// The block that has begun, if the rest of it has come.
    fn complete(&mut self) -> Result<Option<Bytes>, TooLong> {
        let last = match *self.begun {
            [.., before, last] => [before, last],
            [last] => [START[1], last],
            [] => START,
        };
        let rest = &self.chunk[self.at..];
        let end = first_end(rest, last);
        let part = &rest[..end.unwrap_or(rest.len())];
        self.at += part.len();
        if self.begun.len() + part.len() > self.limit {
            return Err(TooLong);
        }
        self.begun.extend_from_slice(part);
        Ok(end.map(|_| self.begun.split().freeze()))
    }
}

/// The two bytes before a block: an empty line.
const START: [u8; 2] = [b'\n'; 2];

fn ends_line(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Whether the end of a line at `byte` is that of an empty line, and so of a block; `before` are the two bytes before it.
fn ends_block(before: [u8; 2], byte: u8) -> bool {
    match (before, byte) {
        // CR LF is one end of a line.
        ([before, b'\r'], b'\n') => ends_line(before),
        ([_, before], byte) => ends_line(byte) && ends_line(before),
    }
}

/// Where the first block of `bytes` ends, before which the two bytes `last` have come.
fn first_end(bytes: &[u8], mut last: [u8; 2]) -> Option<usize> {
    for (index, &byte) in bytes.iter().enumerate() {
        if ends_block(last, byte) {
            return Some(index + 1);
        }
        last = [last[1], byte];
    }
    None
}

/// Where the last whole block of `bytes` ends, which begin with a block.
fn last_end(bytes: &[u8]) -> Option<usize> {
    let at = |index: Option<usize>| index.map_or(b'\n', |index| bytes[index]);
    let before = |index: usize| [at(index.checked_sub(2)), at(index.checked_sub(1))];
    (0..bytes.len()).rev().find(|&index| ends_block(before(index), bytes[index])).map(|index| index + 1)
}

impl<H, E> Opening<ByteStream, H, E> {
    /// Reads the body as events, whose data is JSON.
    pub(crate) fn events<A: ReadAs<T> + 'static, T: 'static>(
        self,
        ends: &'static [&'static str],
    ) -> Opening<EventStream<T>, H, E> {
        self.then(move |bytes| async move { EventStream::new(bytes, ends, value::<A, T>) })
    }

    /// Reads the body as events, whose data is text.
    pub(crate) fn texts<A: ReadAs<T> + 'static, T: 'static>(
        self,
        ends: &'static [&'static str],
    ) -> Opening<EventStream<T>, H, E> {
        self.then(move |bytes| async move { EventStream::new(bytes, ends, text::<A, T>) })
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}

/// Shows the id of the last event; never the data, which may hold secrets.
impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("last_event_id", &self.last_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_can_be_sent_and_shared_between_threads() {
        fn is<T: Send + Sync + Unpin>() {}
        is::<EventStream<String>>();
        is::<super::super::ItemStream<String>>();
    }

    /// The blocks of `text`, which comes in chunks of `size` bytes.
    fn blocks(text: &str, size: usize, limit: usize) -> Option<(Vec<String>, bool)> {
        let mut blocks = Blocks::new(limit);
        let mut found = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            blocks.push(Bytes::copy_from_slice(chunk));
            while let Some(block) = blocks.next().ok()? {
                found.push(String::from_utf8(block.to_vec()).expect("text"));
            }
        }
        Some((found, blocks.is_begun()))
    }

    #[test]
    fn blocks_end_with_an_empty_line_however_lines_end_and_chunks_are_cut() {
        for end in ["\n", "\r", "\r\n"] {
            let lines = ["data: 1", "", "id: 2", "data: 2", "", ": 3", "", ""].join(end);
            for size in 1..=lines.len() {
                let (found, begun) = blocks(&lines, size, 100).expect("none is too long");
                assert_eq!((found.concat(), begun), (lines.clone(), false), "{end:?} {size}");
            }
            let begun = format!("{lines}data: 4{end}");
            for size in 1..=begun.len() {
                assert!(blocks(&begun, size, 100).expect("none is too long").1, "{end:?} {size}");
            }
        }
    }

    #[test]
    fn a_block_is_never_longer_than_the_limit() {
        let text = format!("data: 1\n\ndata: {}\n\ndata: 3\n\n", "2".repeat(50));
        for size in [1, 7, 20, 59, 60, 100] {
            assert!(blocks(&text, size, 57).is_none(), "{size}");
            let (found, _) = blocks(&text, size, 58).expect("it is as long as it may be");
            assert_eq!(found.concat(), text, "{size}");
        }
    }
}
