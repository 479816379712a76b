//! Time, passed in so that tests need not wait for it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use tokio::time::Sleep;

use crate::support::BoxFuture;

/// What the client takes for the time.
pub trait Clock: Send + Sync + 'static {
    /// The monotonic time, by which waits and limits are measured.
    fn now(&self) -> Instant;

    /// The wall clock, against which HTTP dates are read. A token counts as expired if either of the two says so: the
    /// monotonic time may stand still while a machine sleeps.
    fn wall(&self) -> SystemTime;

    /// Waits. It is not ready before `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The system's clock. Its waits need a tokio runtime with time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Timer { sleep: Some(Box::pin(tokio::time::sleep(duration))), waited_for: false })
    }
}

thread_local! {
    /// A timer that was dropped before its time and is let run on. Whenever a timer is set that is due before all others,
    /// tokio wakes its driver, by a system call; behind this one, the timers of calls one after the other are not.
    static SPARE: Cell<Option<Pin<Box<Sleep>>>> = const { Cell::new(None) };
}

struct Timer {
    /// There until it is dropped.
    sleep: Option<Pin<Box<Sleep>>>,
    waited_for: bool,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.waited_for = true;
        self.sleep.as_mut().map_or(Poll::Ready(()), |sleep| sleep.as_mut().poll(context))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let left = self.sleep.take().filter(|sleep| self.waited_for && !sleep.is_elapsed());
        // Where the thread is about to end, there is no place to keep one.
        let _ = SPARE.try_with(|spare| spare.set(spare.take().filter(|spare| !spare.is_elapsed()).or(left)));
    }
}

/// What `future` gives within `limit`; nothing if it takes longer, and is then dropped.
pub(crate) fn within<F: Future + Unpin>(clock: &dyn Clock, limit: Duration, future: F) -> Within<'_, F> {
    Within { clock, limit, future, timer: None }
}

/// See [`within`]. It is written by hand because an `async fn` would be three times as large, in every call.
pub(crate) struct Within<'a, F> {
    clock: &'a dyn Clock,
    limit: Duration,
    future: F,
    /// Made only where there is something to wait for.
    timer: Option<BoxFuture<'static, ()>>,
}

impl<F: Future + Unpin> Future for Within<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { clock, limit, future, timer } = &mut *self;
        if let Poll::Ready(value) = Pin::new(future).poll(context) {
            return Poll::Ready(Some(value));
        }
        timer.get_or_insert_with(|| clock.sleep(*limit)).as_mut().poll(context).map(|()| None)
    }
}
