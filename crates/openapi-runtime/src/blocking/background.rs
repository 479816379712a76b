//! The thread that carries out blocking calls.

use std::any::Any;
use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::{Mutex, PoisonError, mpsc};
use std::task::Poll;
use std::{io, thread};

use tokio::runtime::{Builder, Handle};
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

/// Why a thread cannot make a blocking call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlockingError {
    /// The background thread cannot be started. The next call tries again.
    #[error("the background thread of blocking calls cannot be started: {0}")]
    Start(#[source] io::Error),
    /// The call was made on the background thread itself, which would wait for itself.
    #[error(
        "a blocking call was made while another is carried out on the same thread: await it there instead of blocking"
    )]
    Nested,
    /// The background thread has ended.
    #[error("the background thread of blocking calls has ended")]
    Ended,
}

/// The runtime of the background thread, once there is one.
static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

thread_local! {
    static IS_BACKGROUND: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is the background thread.
#[cfg(feature = "reqwest")]
pub(crate) fn is_background() -> bool {
    IS_BACKGROUND.get()
}

/// Runs `future` on the background thread, and waits for it. A panic goes on here.
pub(super) fn run<F>(future: F) -> Result<F::Output, BlockingError>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    if IS_BACKGROUND.get() {
        return Err(BlockingError::Nested);
    }
    let runtime = started(&RUNTIME, start).map_err(BlockingError::Start)?;
    // What the caller logs to is known by the thread.
    let future = future.in_current_span().with_current_subscriber();
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        // The caller waits for it, and cannot be gone.
        let _ = sender.send(caught(future).await);
    });
    match receiver.recv() {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(panic)) => resume_unwind(panic),
        Err(mpsc::RecvError) => Err(BlockingError::Ended),
    }
}

/// The output of `future`, or its panic.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    // After a panic, the future is not polled again.
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// The runtime in `slot`; the first call makes it with `start`.
fn started(slot: &Mutex<Option<Handle>>, start: impl FnOnce() -> io::Result<Handle>) -> io::Result<Handle> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    match &*slot {
        Some(runtime) => Ok(runtime.clone()),
        None => Ok(slot.insert(start()?).clone()),
    }
}

/// Starts the thread. It makes the runtime itself, because tokio panics where one is dropped within another.
fn start() -> io::Result<Handle> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new().name("openapi-blocking".into()).spawn(move || {
        IS_BACKGROUND.set(true);
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return sender.send(Err(error)).unwrap_or_default(),
        };
        if sender.send(Ok(runtime.handle().clone())).is_ok() {
            runtime.block_on(pending())
        }
    })?;
    receiver.recv().map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_be_started_is_an_error_and_the_next_call_tries_again() {
        let slot = Mutex::new(None);
        let refused = started(&slot, || Err(io::Error::other("no more threads"))).expect_err("it is refused");
        assert_eq!(
            BlockingError::Start(refused).to_string(),
            "the background thread of blocking calls cannot be started: no more threads"
        );
        let first = started(&slot, start).expect("a thread");
        let again = started(&slot, || Err(io::Error::other("a second thread"))).expect("the first thread");
        assert_eq!(first.id(), again.id());
    }
}
