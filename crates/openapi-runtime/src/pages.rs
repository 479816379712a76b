//! Lists that fetch page after page.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::future::poll_fn;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::boxed::BoxFuture;
use crate::codegen::{Call, answer, carry};
use crate::error::{Error, ErrorKind};
use crate::operation::Endpoint;
use crate::paging::{PageError, Paging};
use crate::request::{Request, RequestError};
use crate::response::{Reply, Response};
use crate::transport::{Failure, Transport};

/// An operation whose answer is a page of a list.
///
/// Generated code implements it for the types of its module `operations`.
pub trait List: Endpoint {
    /// An item of the list.
    type Item: 'static;

    /// How it pages.
    const PAGING: Paging;

    /// The items of a page.
    #[doc(hidden)]
    fn items(page: Self::Body) -> Vec<Self::Item>;
}

/// Which page of a list is meant: what the server gave for it, in whatever form this list uses. It can be stored, and a list
/// resumed from it, by the same operation with the same parameters.
///
/// ```
/// use openapi_runtime::Cursor;
///
/// let stored = Cursor::new("eyJpZCI6MTB9");
/// assert_eq!(stored.as_str(), "eyJpZCI6MTB9");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    /// The cursor that was stored as `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of it: the URL of a page may hold a secret.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(..)")
    }
}

/// A page of a list: its response, which it derefs to, and the cursor of the next page.
pub struct Page<T, H = ()> {
    response: Response<T, H>,
    cursor: Option<Cursor>,
}

impl<T, H> Page<T, H> {
    /// The cursor of the next page; `None` on the last one.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// The response, by value.
    pub fn into_response(self) -> Response<T, H> {
        self.response
    }
}

impl<T, H> Deref for Page<T, H> {
    type Target = Response<T, H>;

    fn deref(&self) -> &Response<T, H> {
        &self.response
    }
}

impl<T, H> DerefMut for Page<T, H> {
    fn deref_mut(&mut self) -> &mut Response<T, H> {
        &mut self.response
    }
}

impl<T: fmt::Debug, H> fmt::Debug for Page<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("response", &self.response).field("cursor", &self.cursor).finish()
    }
}

/// The pages of a list, fetched one after another. `pages()` of a request creates it.
///
/// Each page is a call of its own, with the client's token, retries and limits; the deadline is for each page. After an error
/// the list ends; [`cursor`](Self::cursor) is then that of the page that failed, from which the list can be resumed. It ends
/// with an error, too, if the server sends a cursor again, or the URL of a page on another server, to which nothing is sent.
///
/// ```
/// use openapi_runtime::{Cursor, List, Pages};
///
/// /// Counts the pages of any list; on failure, also gives the place to resume from.
/// async fn count<O: List>(mut pages: Pages<O>) -> Result<usize, Option<Cursor>> {
///     let mut count = 0;
///     while let Some(page) = pages.next().await {
///         match page {
///             Ok(_) => count += 1,
///             Err(_) => return Err(pages.cursor().cloned()),
///         }
///     }
///     Ok(count)
/// }
/// ```
#[must_use = "pages are fetched only when they are asked for"]
pub struct Pages<O: List> {
    transport: Arc<dyn Transport>,
    /// The request for the first page.
    request: Result<Request, RequestError>,
    /// Whether sending a request twice has the effect of sending it once.
    idempotent: bool,
    state: State,
    /// That of the page that is fetched, or that would be next.
    cursor: Option<Cursor>,
    /// The cursors so far, hashed.
    seen: HashSet<u64>,
    /// The last page, hashed, where pages are counted.
    last: Option<u64>,
    operation: PhantomData<fn() -> O>,
}

enum State {
    /// The next page can be requested.
    Ready,
    /// It is being fetched, from this position.
    Fetching(BoxFuture<'static, Result<Reply, Failure>>, u64),
    /// It cannot be requested.
    Wrong(RequestError),
    Ended,
}

/// What a poll of pages gives.
type PageOf<O> = Result<Page<<O as Endpoint>::Body, <O as Endpoint>::Headers>, Error<<O as Endpoint>::Error>>;

/// What a poll of items gives.
type ItemOf<O> = Result<<O as List>::Item, Error<<O as Endpoint>::Error>>;

impl<O: List> Pages<O> {
    /// The pages that begin with that of `call`.
    #[doc(hidden)]
    pub fn new(call: Call) -> Self {
        let idempotent = call.is_idempotent();
        Self {
            transport: call.transport,
            request: call.request,
            idempotent,
            state: State::Ready,
            cursor: None,
            seen: HashSet::new(),
            last: None,
            operation: PhantomData,
        }
    }

    /// Begins with the page at `cursor` instead of the first.
    pub fn starting_at(mut self, cursor: Cursor) -> Self {
        self.seen.insert(hashed(&cursor));
        self.cursor = Some(cursor);
        self
    }

    /// The operation, and whether sending its request twice has the effect of sending it once.
    #[cfg(feature = "blocking")]
    pub(crate) fn about(&self) -> (&'static crate::operation::Operation, bool) {
        (O::OPERATION, self.idempotent)
    }

    /// The cursor of the page that comes next or, after an error, of the one that failed; `None` for the first page, and at
    /// the end.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// The next page; `None` at the end. If the returned future is dropped, the next call goes on where it was.
    pub async fn next(&mut self) -> Option<PageOf<O>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// The next page; `None` at the end.
    ///
    /// # Errors
    ///
    /// As those of the operation.
    pub async fn try_next(&mut self) -> Result<Option<Page<O::Body, O::Headers>>, Error<O::Error>> {
        self.next().await.transpose()
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<PageOf<O>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Ready => {
                    self.state = match self.page_request() {
                        Ok(request) => {
                            let position = O::PAGING.position(&request);
                            State::Fetching(Box::pin(carry(Arc::clone(&self.transport), Ok(request))), position)
                        }
                        Err(error) => State::Wrong(error),
                    };
                }
                State::Wrong(_) => {
                    if let State::Wrong(error) = std::mem::replace(&mut self.state, State::Ended) {
                        return Poll::Ready(Some(Err(self.wrong(error, None))));
                    }
                }
                State::Fetching(fetching, position) => {
                    let (sent, position) = (ready!(fetching.as_mut().poll(context)), *position);
                    self.state = State::Ended;
                    return Poll::Ready(Some(self.read(sent, position)));
                }
            }
        }
    }

    /// The request for the page at the cursor.
    fn page_request(&mut self) -> Result<Request, RequestError> {
        let template = match &self.request {
            Ok(request) => request.try_clone(),
            Err(_) => {
                let spent = Err(RequestError::from(PageError::Body));
                return std::mem::replace(&mut self.request, spent);
            }
        };
        let mut request = match (template, &self.cursor) {
            (Some(request), _) => request,
            // A stream can be sent once.
            (None, _) => return std::mem::replace(&mut self.request, Err(PageError::Body.into())),
        };
        if let Some(cursor) = &self.cursor {
            O::PAGING.apply(&mut request, cursor.as_str())?;
        }
        request.add_idempotency_key()?;
        Ok(request)
    }

    /// The page that `sent` is, and what comes after it.
    fn read(&mut self, sent: Result<Reply, Failure>, position: u64) -> PageOf<O> {
        let mut next = Ok(None);
        if let Ok(reply) = &sent {
            let status = reply.status.as_u16();
            if O::READ.iter().any(|(statuses, _)| statuses.contains(&status)) {
                next = O::PAGING.next(reply, position);
            }
        }
        let is_counted = !O::PAGING.is_linked() && matches!(next, Ok(Some(_)));
        match sent {
            Ok(reply) if is_counted && self.is_again(&reply) => {
                Err(self.wrong(PageError::Repeated.into(), Some(reply)))
            }
            sent => {
                let response = answer::<O>(O::OPERATION, self.idempotent, sent)?;
                self.cursor = next.as_ref().ok().cloned().flatten().map(Cursor);
                self.state = match (&next, &self.cursor) {
                    (Err(error), _) => State::Wrong(error.clone().into()),
                    (_, None) => State::Ended,
                    (_, Some(cursor)) if self.seen.insert(hashed(cursor)) => State::Ready,
                    _ => State::Wrong(PageError::Repeated.into()),
                };
                Ok(Page { response, cursor: self.cursor.clone() })
            }
        }
    }

    /// Whether `reply` is the page that came before: the server ignores which one is asked for.
    fn is_again(&mut self, reply: &Reply) -> bool {
        let page = hashed(&reply.body);
        self.last.replace(page) == Some(page)
    }

    fn wrong(&self, error: RequestError, reply: Option<Reply>) -> Error<O::Error> {
        match reply {
            Some(reply) => Error::from_reply(O::OPERATION, self.idempotent, ErrorKind::Request(error), reply),
            None => {
                let failure = Failure::new(error.into(), 0, std::time::Duration::ZERO);
                Error::from_failure(O::OPERATION, self.idempotent, failure)
            }
        }
    }
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl<O: List> Stream for Pages<O> {
    type Item = Result<Page<O::Body, O::Headers>, Error<O::Error>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context)
    }
}

impl<O: List> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&O::OPERATION.id).finish()
    }
}

/// The items of a list, whose pages are fetched one after another. `items()` of a request creates it.
///
/// It fetches as [`Pages`] does.
///
/// ```
/// use openapi_runtime::{Error, Items, List};
///
/// /// Collects the first items of any list.
/// async fn first<O: List>(mut items: Items<O>, most: usize) -> Result<Vec<O::Item>, Error<O::Error>> {
///     let mut first = Vec::new();
///     while first.len() < most
///         && let Some(item) = items.try_next().await?
///     {
///         first.push(item);
///     }
///     Ok(first)
/// }
/// ```
#[must_use = "items are fetched only when they are asked for"]
pub struct Items<O: List> {
    pages: Pages<O>,
    /// The items that are left of the page at `cursor`.
    page: std::vec::IntoIter<O::Item>,
    cursor: Option<Cursor>,
}

/// No item is ever pinned.
impl<O: List> Unpin for Items<O> {}

impl<O: List> Items<O> {
    /// The items of the pages that begin with that of `call`.
    #[doc(hidden)]
    pub fn new(call: Call) -> Self {
        Self { pages: Pages::new(call), page: Vec::new().into_iter(), cursor: None }
    }

    /// Begins with the first item of the page at `cursor`.
    pub fn starting_at(mut self, cursor: Cursor) -> Self {
        self.pages = self.pages.starting_at(cursor);
        self
    }

    /// The operation, and whether sending its request twice has the effect of sending it once.
    #[cfg(feature = "blocking")]
    pub(crate) fn about(&self) -> (&'static crate::operation::Operation, bool) {
        self.pages.about()
    }

    /// The next item of the page that has come.
    #[cfg(feature = "blocking")]
    pub(crate) fn at_hand(&mut self) -> Option<ItemOf<O>> {
        self.page.next().map(Ok)
    }

    /// The cursor of the page that the next item is on or, after an error, of the page that failed; `None` for the first page,
    /// and at the end. A list that is resumed from it begins with the first item of that page.
    pub fn cursor(&self) -> Option<&Cursor> {
        if self.page.len() == 0 { self.pages.cursor() } else { self.cursor.as_ref() }
    }

    /// The next item; `None` at the end. If the returned future is dropped, the next call goes on where it was.
    pub async fn next(&mut self) -> Option<ItemOf<O>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    ///
    /// As those of the operation.
    pub async fn try_next(&mut self) -> Result<Option<O::Item>, Error<O::Error>> {
        self.next().await.transpose()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<ItemOf<O>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let cursor = self.pages.cursor().cloned();
            match ready!(self.pages.poll_page(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    self.cursor = cursor;
                    self.page = O::items(page.into_response().into_body()).into_iter();
                }
            }
        }
    }
}

impl<O: List> Stream for Items<O> {
    type Item = Result<O::Item, Error<O::Error>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

impl<O: List> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&O::OPERATION.id).finish()
    }
}

/// A list as a field of a page holds it: it may be absent.
pub trait IntoItems {
    /// An item.
    type Item;

    /// The items; none where there is no list.
    fn into_items(self) -> Vec<Self::Item>;
}

impl<T> IntoItems for Vec<T> {
    type Item = T;

    fn into_items(self) -> Vec<T> {
        self
    }
}

impl<L: IntoItems> IntoItems for Option<L> {
    type Item = L::Item;

    fn into_items(self) -> Vec<L::Item> {
        self.map(L::into_items).unwrap_or_default()
    }
}

impl<L: IntoItems> IntoItems for Box<L> {
    type Item = L::Item;

    fn into_items(self) -> Vec<L::Item> {
        (*self).into_items()
    }
}
