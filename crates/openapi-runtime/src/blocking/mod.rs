//! Calls without `async` (feature `blocking`).
//!
//! [`send_blocking`](SendBlocking::send_blocking) does what awaiting does, and blocks the thread that it is called on until the
//! answer is there: with the same tokens, retries and limits, and the same errors. It stands wherever `.await` would:
//!
//! ```ignore
//! use openapi_runtime::blocking::SendBlocking;
//!
//! let room = client.get_room("r1").send_blocking()?;
//!
//! for room in client.list_rooms().page_size(50).items_blocking() {   // an `Iterator` of results
//!     println!("{}", room?.name);
//! }
//!
//! client.get_export("e1").save_to_blocking("export.zip")?;
//!
//! let mut export = client.get_export("e1").send_streaming().send_blocking()?;
//! std::io::copy(&mut *export, &mut std::io::stdout())?;              // its body is a `Read` and a `BufRead`
//!
//! for event in client.watch_rooms().send_events().send_blocking()?.into_body() {
//!     println!("{}", event?.data.name);
//! }
//! ```
//!
//! # Threads
//!
//! The first call starts one thread for the whole process, with a tokio runtime of its own. All blocking calls are carried out
//! there, and what they leave behind lives on there: connections, and the renewal of tokens. The thread ends with the process.
//! An answer to `send_blocking` is decoded on the calling thread.
//!
//! The calling thread needs no runtime. It may belong to one, of any kind; but what else this thread would do waits meanwhile,
//! so that an async function awaits instead. On a current-thread runtime that is everything. A client can be awaited and used for
//! blocking calls alike: [`ReqwestClient`](crate::ReqwestClient) has connections of their own for the latter. An
//! [`HttpClient`](crate::HttpClient) of yours must not wait for what a blocked thread has to do.
//!
//! A panic in a part that the program supplies, such as its [`HttpClient`](crate::HttpClient), goes on in the calling thread. Such a
//! part runs on the background thread and must not make blocking calls itself: they are an error ([`BlockingError::Nested`]).
//!
//! Nothing is fetched before it is asked for. Dropping an iterator or a body closes its connection or, of HTTP/2, resets the
//! stream.

mod background;
mod body;
mod iter;

use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::time::Duration;

use crate::boxed::BoxFuture;
use crate::codegen::{Answered, Call, FromHeaders, Sending};
use crate::error::{Error, ErrorKind};
use crate::operation::{Endpoint, Operation};
use crate::pages::{Items, List, Pages};
use crate::request::RequestError;
use crate::response::Response;
use crate::streaming::{Opening, Saved};
use crate::transport::Failure;

pub use background::BlockingError;
#[cfg(feature = "reqwest")]
pub(crate) use background::is_background;
pub use body::BlockingBody;
pub use iter::BlockingIter;

/// The operation of a request, and whether sending it twice has the effect of sending it once.
type About = (&'static Operation, bool);

/// Sends a request, and blocks the calling thread until the answer is there: on each request, and on what its methods
/// `send_streaming()`, `send_events()`, `send_items()` and `save_to()` give.
///
/// ```
/// use openapi_runtime::blocking::SendBlocking;
/// use openapi_runtime::http::Method;
/// use openapi_runtime::{Api, UndescribedRequest};
///
/// fn status<A: Api>(client: &A) -> Result<String, Box<dyn std::error::Error>> {
///     let answer = UndescribedRequest::new(client, Method::GET, "/internal/status").send_blocking()?;
///     Ok(String::from_utf8(answer.into_body().to_vec())?)
/// }
/// ```
pub trait SendBlocking: IntoFuture<IntoFuture: Wait> + Sized {
    /// Sends the request, and gives what awaiting it gives. The body of a request that is read while it comes is a
    /// [`BlockingBody`] or a [`BlockingIter`].
    ///
    /// # Errors
    ///
    /// As those of awaiting it, and [`RequestError::Blocking`] if no call can be made from this thread.
    fn send_blocking(self) -> <Self::IntoFuture as Wait>::Outcome {
        self.into_future().wait()
    }

    /// Sends the request, and saves the body to the file at `path`. To follow its progress, use
    /// `save_to(path).on_progress(…).send_blocking()`.
    ///
    /// # Errors
    ///
    /// As for [`send_blocking`](Self::send_blocking).
    fn save_to_blocking(self, path: impl Into<PathBuf>) -> Answered<Saved, HeadersOf<Self>, ErrorOf<Self>>
    where
        Self: WithBody,
    {
        self.into_call().save_to::<Self::Operation>(path.into()).send_blocking()
    }

    /// The pages of the list, fetched one after another: an iterator of results.
    fn pages_blocking(self) -> BlockingIter<Pages<Self::Operation>>
    where
        Self: WithBody<Operation: List>,
    {
        Pages::new(self.into_call()).into()
    }

    /// The items of the list, whose pages are fetched one after another: an iterator of results.
    fn items_blocking(self) -> BlockingIter<Items<Self::Operation>>
    where
        Self: WithBody<Operation: List>,
    {
        Items::new(self.into_call()).into()
    }
}

impl<R: IntoFuture<IntoFuture: Wait>> SendBlocking for R {}

type HeadersOf<R> = <<R as WithBody>::Operation as Endpoint>::Headers;
type ErrorOf<R> = <<R as WithBody>::Operation as Endpoint>::Error;

/// A request whose answer has a body. Generated code implements it.
#[doc(hidden)]
pub trait WithBody {
    type Operation: Endpoint;

    fn into_call(self) -> Call;
}

/// A future of this crate that a thread can wait for.
#[doc(hidden)]
pub trait Wait: Future {
    type Outcome;

    fn wait(self) -> Self::Outcome;
}

impl<T, H, E> Wait for Sending<T, H, E> {
    type Outcome = Answered<T, H, E>;

    fn wait(self) -> Self::Outcome {
        Sending::wait(self, carried)
    }
}

impl<T: Content, H: FromHeaders, E> Wait for Opening<T, H, E> {
    type Outcome = Result<Response<T::Blocking, H>, Error<E>>;

    fn wait(self) -> Self::Outcome {
        Opening::wait(self, carried)
    }
}

/// What a response holds whose body is read while it comes.
#[doc(hidden)]
pub trait Content: Send + 'static {
    /// The same for a thread that blocks.
    type Blocking;

    fn into_blocking(self, about: (&'static Operation, bool)) -> Self::Blocking;
}

impl Content for Saved {
    type Blocking = Self;

    fn into_blocking(self, _: About) -> Self {
        self
    }
}

/// The outcome of an exchange that the background thread carries out.
fn carried<T: Send + 'static, E: From<Failure> + Send + 'static>(
    exchange: BoxFuture<'static, Result<T, E>>,
) -> Result<T, E> {
    background::run(exchange).unwrap_or_else(|error| Err(failure(error).into()))
}

fn failure(error: BlockingError) -> Failure {
    Failure::new(ErrorKind::Request(RequestError::Blocking(error)), 0, Duration::ZERO)
}
