//! The future of a response whose body follows.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::StatusCode;

use super::ByteStream;
use super::resume::Source;
use crate::boxed::BoxFuture;
use crate::codegen::FromHeaders;
use crate::error::Error;
use crate::operation::Operation;
use crate::request::{Request, RequestError};
use crate::response::{Reply, Response};
use crate::streaming::StreamError;
use crate::transport::{Failure, Transport};

/// The longest body of an undocumented success that is read, as that of an error is, in bytes.
const UNDOCUMENTED: usize = 64 * 1024 * 1024;

/// The future of a response with the content `T` and the headers `H`, or the documented errors `E`: what `send_streaming` of a
/// request gives.
///
/// Dropping it cancels the call.
#[must_use = "a request does nothing until it is awaited"]
pub struct Opening<T, H, E> {
    operation: &'static Operation,
    idempotent: bool,
    carried: BoxFuture<'static, Result<(T, Reply), Unopened>>,
    refused: Refused<E>,
    headers: PhantomData<fn() -> H>,
}

/// Makes the error of an operation of a response that is no success; the second argument is whether the request is idempotent.
type Refused<E> = fn(&'static Operation, bool, Reply) -> Error<E>;

/// Why there is no content.
pub(crate) enum Unopened {
    /// There is no response.
    Failed(Failure),
    /// The response is no success.
    Refused(Reply),
    /// The body broke.
    Broken(StreamError),
}

impl<T, H, E> Opening<T, H, E> {
    pub(crate) fn new(
        (operation, idempotent): (&'static Operation, bool),
        carried: BoxFuture<'static, Result<(T, Reply), Unopened>>,
        refused: Refused<E>,
    ) -> Self {
        Self { operation, idempotent, carried, refused, headers: PhantomData }
    }

    /// Goes on with what `then` makes of the content.
    pub(super) fn then<U, F>(self, then: impl FnOnce(T) -> F + Send + 'static) -> Opening<U, H, E>
    where
        T: Send + 'static,
        F: Future<Output = Result<U, StreamError>> + Send,
    {
        let carried = self.carried;
        let carried = async move {
            let (content, reply) = carried.await?;
            let content = then(content).await.map_err(Unopened::Broken)?;
            Ok((content, reply))
        };
        Opening::new((self.operation, self.idempotent), Box::pin(carried), self.refused)
    }
}

impl<T, H: FromHeaders, E> Future for Opening<T, H, E> {
    type Output = Result<Response<T, H>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let about = (self.operation, self.idempotent);
        self.carried.as_mut().poll(context).map(|carried| outcome(about, self.refused, carried))
    }
}

/// The response, or the error of an operation.
fn outcome<T, H: FromHeaders, E>(
    (operation, idempotent): (&'static Operation, bool),
    refused: Refused<E>,
    carried: Result<(T, Reply), Unopened>,
) -> Result<Response<T, H>, Error<E>> {
    match carried {
        Ok((content, reply)) => Ok(Response::new(content, reply)),
        Err(Unopened::Failed(failure)) => Err(Error::from_failure(operation, idempotent, failure)),
        Err(Unopened::Refused(reply)) => Err(refused(operation, idempotent, reply)),
        Err(Unopened::Broken(error)) => Err(error.widen()),
    }
}

#[cfg(feature = "blocking")]
impl<T: crate::blocking::Content, H: FromHeaders, E> Opening<T, H, E> {
    /// Has the exchange carried out by `run`, and makes the content one for a thread that blocks.
    pub(crate) fn wait(
        self,
        run: impl FnOnce(BoxFuture<'static, Result<(T, Reply), Unopened>>) -> Result<(T, Reply), Unopened>,
    ) -> Result<Response<T::Blocking, H>, Error<E>> {
        let about = (self.operation, self.idempotent);
        let carried = run(self.carried).map(|(content, reply)| (content.into_blocking(about), reply));
        outcome(about, self.refused, carried)
    }
}

#[cfg(feature = "blocking")]
impl From<Failure> for Unopened {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<T, H, E> std::fmt::Debug for Opening<T, H, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Opening").field(&self.operation.id).finish()
    }
}

/// Sends `request`, and gives the body of a success as a stream, with the rest of the response.
pub(crate) async fn open(
    transport: Arc<dyn Transport>,
    request: Result<Request, RequestError>,
    (operation, idempotent): (&'static Operation, bool),
    is_success: fn(StatusCode) -> bool,
) -> Result<(ByteStream, Reply), Unopened> {
    let request = request.map_err(|error| Unopened::Failed(Failure::new(error.into(), 0, Duration::ZERO)))?;
    let copy = Source::copy(&request);
    let opened = transport.open(request).await.map_err(Unopened::Failed)?;
    let status = opened.reply.status;
    if !is_success(status) && opened.rest.is_none() {
        return Err(Unopened::Refused(opened.reply));
    }
    let stream = ByteStream::new(opened, Source { transport, operation, idempotent, request: copy });
    if !is_success(status) {
        return Err(stream.whole(UNDOCUMENTED).await.map_or_else(Unopened::Broken, Unopened::Refused));
    }
    let reply = stream.context.head.clone();
    Ok((stream, reply))
}
