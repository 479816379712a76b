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

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
    }

    /// Waits for a timer that is not due, and drops it.
    async fn leave(duration: Duration) {
        let mut timer = SystemClock.sleep(duration);
        std::future::poll_fn(|context| {
            assert!(timer.as_mut().poll(context).is_pending(), "it is not due");
            Poll::Ready(())
        })
        .await;
    }

    fn is_kept() -> bool {
        let kept = SPARE.take();
        let is_kept = kept.is_some();
        SPARE.set(kept);
        is_kept
    }

    #[test]
    fn a_timer_that_was_left_is_kept_and_ends_no_other_wait() {
        runtime().block_on(async {
            leave(Duration::from_millis(5)).await;
            assert!(is_kept());
            let start = Instant::now();
            let wait = Duration::from_millis(40);
            SystemClock.sleep(wait).await;
            assert!(start.elapsed() >= wait, "{:?}", start.elapsed());
            // The one that was kept is over meanwhile, and makes room.
            leave(Duration::from_secs(3_600)).await;
            assert!(SPARE.take().is_some_and(|kept| !kept.is_elapsed()));
        });
    }

    #[test]
    fn a_timer_of_a_runtime_that_is_gone_is_not_waited_for() {
        runtime().block_on(leave(Duration::from_secs(3_600)));
        assert!(is_kept());
        runtime().block_on(async { SystemClock.sleep(Duration::from_millis(1)).await });
    }

    #[test]
    fn a_timer_of_another_runtime_is_not_waited_for() {
        let other = runtime();
        other.block_on(leave(Duration::from_secs(3_600)));
        assert!(is_kept());
        // Nobody drives the other one meanwhile.
        runtime().block_on(async { SystemClock.sleep(Duration::from_millis(1)).await });
    }
}
