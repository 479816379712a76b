//! Time, passed in so that tests need not wait for it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime;
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
        Box::pin(Timer { kept: Some(Kept::until(tokio::time::Instant::now() + duration)), waited_for: false })
    }
}

thread_local! {
    /// A timer that was dropped before its time, for the next one that is asked for. Making a timer takes a lock, and where
    /// it is due before all others tokio wakes its driver, by a system call; putting one off does neither.
    static SPARE: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// A timer, and the runtime whose driver it waits for.
struct Kept {
    runtime: runtime::Id,
    sleep: Pin<Box<Sleep>>,
}

impl Kept {
    /// A timer of the current runtime that is due at `deadline`.
    fn until(deadline: tokio::time::Instant) -> Self {
        let runtime = runtime::Handle::current().id();
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        match spare.filter(|spare| spare.runtime == runtime && !spare.sleep.is_elapsed()) {
            Some(mut spare) => {
                spare.sleep.as_mut().reset(deadline);
                spare
            }
            None => Self { runtime, sleep: Box::pin(tokio::time::sleep_until(deadline)) },
        }
    }
}

struct Timer {
    /// There until it is dropped.
    kept: Option<Kept>,
    waited_for: bool,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.waited_for = true;
        self.kept.as_mut().map_or(Poll::Ready(()), |kept| kept.sleep.as_mut().poll(context))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let spare = self.kept.take().filter(|kept| self.waited_for && !kept.sleep.is_elapsed());
        if spare.is_some() {
            // Where the thread is about to end, there is no place to keep one.
            let _ = SPARE.try_with(|kept| kept.replace(spare));
        }
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
    fn a_timer_that_was_left_serves_the_next_wait_and_ends_when_that_is_over() {
        runtime().block_on(async {
            for (left, wait) in [(3_600_000, 5), (5, 40)] {
                leave(Duration::from_millis(left)).await;
                assert!(is_kept());
                let start = Instant::now();
                let wait = Duration::from_millis(wait);
                SystemClock.sleep(wait).await;
                assert!(start.elapsed() >= wait && start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
                assert!(!is_kept(), "it was taken, and is over");
            }
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
