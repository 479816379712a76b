//! Lists, events and lines as iterators.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;

use super::{About, Content, background, failure};
use crate::error::Error;
use crate::pages::{Cursor, Items, List, Pages};
use crate::streaming::ItemStream;
#[cfg(feature = "events")]
use crate::streaming::{Event, EventStream, StreamError};

/// What `S` gives, one after another, each of which the calling thread waits for: [`Pages`] or [`Items`] of a list, an
/// [`ItemStream`], or an `EventStream`. It is an `Iterator` of results, and ends where `S` does.
///
/// [`SendBlocking`](super::SendBlocking) creates it. So does `from`, for a list that is resumed:
///
/// ```
/// use openapi_runtime::blocking::BlockingIter;
/// use openapi_runtime::{Cursor, Items, List};
///
/// fn resumed<O: List>(items: Items<O>, stored: &str) -> BlockingIter<Items<O>> {
///     BlockingIter::from(items.starting_at(Cursor::new(stored)))
/// }
/// ```
#[must_use = "nothing is fetched before it is asked for"]
pub struct BlockingIter<S: Stream> {
    /// `None` after a panic, and where no call can be made.
    stream: Option<S>,
    about: About,
    /// What can be had without waiting.
    at_hand: fn(&mut S) -> Option<S::Item>,
}

impl<S: Stream> BlockingIter<S> {
    fn new(stream: S, about: About) -> Self {
        Self { stream: Some(stream), about, at_hand: |_| None }
    }
}

impl<S, T, E> Iterator for BlockingIter<S>
where
    S: Stream<Item = Result<T, Error<E>>> + Unpin + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    type Item = Result<T, Error<E>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut stream = self.stream.take()?;
        if let Some(item) = (self.at_hand)(&mut stream) {
            self.stream = Some(stream);
            return Some(item);
        }
        let next = async move {
            let item = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await;
            (stream, item)
        };
        match background::run(next) {
            Ok((stream, item)) => {
                self.stream = Some(stream);
                item
            }
            Err(error) => Some(Err(Error::from_failure(self.about.0, self.about.1, failure(error)))),
        }
    }
}

impl<O: List> BlockingIter<Pages<O>> {
    /// The cursor of the page that comes next or, after an error, of the one that failed: see [`Pages::cursor`].
    pub fn cursor(&self) -> Option<&Cursor> {
        self.stream.as_ref()?.cursor()
    }
}

impl<O: List> BlockingIter<Items<O>> {
    /// The cursor of the page that the next item is on or, after an error, of the page that failed: see [`Items::cursor`].
    pub fn cursor(&self) -> Option<&Cursor> {
        self.stream.as_ref()?.cursor()
    }
}

#[cfg(feature = "events")]
impl<T> BlockingIter<EventStream<T>>
where
    EventStream<T>: Stream<Item = Result<Event<T>, StreamError>>,
{
    /// The id of the last event that had one.
    pub fn last_event_id(&self) -> Option<&str> {
        self.stream.as_ref()?.last_event_id()
    }
}

impl<O: List> From<Pages<O>> for BlockingIter<Pages<O>> {
    fn from(pages: Pages<O>) -> Self {
        let about = pages.about();
        Self::new(pages, about)
    }
}

impl<O: List> From<Items<O>> for BlockingIter<Items<O>> {
    fn from(items: Items<O>) -> Self {
        let about = items.about();
        Self { at_hand: Items::at_hand, ..Self::new(items, about) }
    }
}

impl<T: 'static> Content for ItemStream<T> {
    type Blocking = BlockingIter<Self>;

    fn into_blocking(self, about: About) -> Self::Blocking {
        BlockingIter::new(self, about)
    }
}

#[cfg(feature = "events")]
impl<T: 'static> Content for EventStream<T> {
    type Blocking = BlockingIter<Self>;

    fn into_blocking(self, about: About) -> Self::Blocking {
        BlockingIter::new(self, about)
    }
}

/// Shows the operation; never the items, which may hold secrets.
impl<S: Stream> fmt::Debug for BlockingIter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlockingIter").field(&self.about.0.id).finish()
    }
}
