//! Time, passed in so that tests need not wait.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use tokio::time::Sleep;

use crate::boxed::BoxFuture;

/// The time that a client uses for waits, limits and expiry. Tests can pass their own.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use openapi_runtime::{BoxFuture, Clock};
///
/// /// Does not wait.
/// struct Hasty;
///
/// impl Clock for Hasty {
///     fn now(&self) -> Instant {
///         Instant::now()
///     }
///
///     fn wall(&self) -> SystemTime {
///         SystemTime::now()
///     }
///
///     fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
///         Box::pin(std::future::ready(()))
///     }
/// }
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The monotonic time, by which waits and limits are measured.
    fn now(&self) -> Instant;

    /// The wall clock, against which HTTP dates are read. A token counts as expired if either of the two says so: the
    /// monotonic time may stand still while a machine sleeps.
    fn wall(&self) -> SystemTime;

    /// Waits until `duration` has passed.
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
        let timer = tokio::time::sleep(duration);
        Box::pin(async move {
            anchor(timer.deadline());
            timer.await;
        })
    }
}

thread_local! {
    /// A running timer that nothing waits for. Whenever a timer is set that is due before all others, tokio wakes its
    /// driver, by a system call; behind this one, the timers of calls one after the other are not.
    static ANCHOR: Cell<Option<Pin<Box<Sleep>>>> = const { Cell::new(None) };
}

/// Starts the anchor timer, unless one is running that is due before `due`.
fn anchor(due: tokio::time::Instant) {
    // While the thread ends, its thread-local is gone.
    let _ = ANCHOR.try_with(|anchor| {
        let running = anchor.take().filter(|running| running.deadline() <= due && !running.is_elapsed());
        anchor.set(Some(running.unwrap_or_else(|| {
            let mut timer = Box::pin(tokio::time::sleep_until(due));
            let _ = timer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            timer
        })));
    });
}

/// The output of `future` within `limit`; `None` if it takes longer.
pub(crate) fn within<F: Future + Unpin>(clock: &dyn Clock, limit: Duration, future: F) -> Within<'_, F> {
    Within { clock, limit, future, timer: None }
}

/// See [`within`]. It is written by hand because an `async fn` would be three times as large, in every call.
pub(crate) struct Within<'a, F> {
    clock: &'a dyn Clock,
    limit: Duration,
    pub(crate) future: F,
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

    fn anchored() -> bool {
        let anchor = ANCHOR.take();
        let running = anchor.as_ref().is_some_and(|anchor| !anchor.is_elapsed());
        ANCHOR.set(anchor);
        running
    }

    #[test]
    fn the_timer_for_nobody_ends_no_wait_and_makes_room_when_it_is_over() {
        runtime().block_on(async {
            leave(Duration::from_millis(5)).await;
            assert!(anchored());
            let start = Instant::now();
            let wait = Duration::from_millis(40);
            SystemClock.sleep(wait).await;
            assert!(start.elapsed() >= wait, "{:?}", start.elapsed());
            assert!(!anchored());
            leave(Duration::from_secs(3_600)).await;
            assert!(anchored());
        });
    }

    #[test]
    fn the_timer_for_nobody_is_due_no_later_than_any_that_was_set() {
        runtime().block_on(async {
            let due = || {
                let anchor = ANCHOR.take();
                let due = anchor.as_ref().map(|anchor| anchor.deadline()).expect("there is one");
                ANCHOR.set(anchor);
                due.saturating_duration_since(tokio::time::Instant::now())
            };
            leave(Duration::MAX).await;
            leave(Duration::from_secs(3_600)).await;
            assert!(due() <= Duration::from_secs(3_600));
            leave(Duration::from_secs(60)).await;
            assert!(due() <= Duration::from_secs(60));
            leave(Duration::from_secs(3_600)).await;
            assert!(due() <= Duration::from_secs(60), "the earlier one is kept");
        });
    }

    #[test]
    fn that_of_a_runtime_that_is_gone_holds_nobody_up() {
        runtime().block_on(leave(Duration::from_secs(3_600)));
        runtime().block_on(async {
            SystemClock.sleep(Duration::from_millis(1)).await;
            leave(Duration::from_secs(3_600)).await;
            assert!(anchored(), "it has one of its own");
        });
    }

    #[test]
    fn that_of_another_runtime_holds_nobody_up() {
        let other = runtime();
        other.block_on(leave(Duration::from_secs(3_600)));
        assert!(anchored());
        // Nobody drives the other one meanwhile.
        runtime().block_on(async { SystemClock.sleep(Duration::from_millis(1)).await });
    }
}
