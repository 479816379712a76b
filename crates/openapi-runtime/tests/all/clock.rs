//! A clock that only the test moves, and a runtime that moves it on when every task waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use openapi_runtime::{BoxFuture, Clock};

/// The time since the test began, and who waits for it.
#[derive(Clone)]
pub(super) struct TestClock(Arc<Mutex<Inner>>);

struct Inner {
    start: (Instant, SystemTime),
    elapsed: Duration,
    timers: BTreeMap<(Duration, u64), Waker>,
    next: u64,
    finished: bool,
}

impl TestClock {
    fn new() -> Self {
        // A whole second: HTTP dates have no fractions.
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let timers = BTreeMap::new();
        let inner = Inner { start: (Instant::now(), wall), elapsed: Duration::ZERO, timers, next: 0, finished: false };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The time since the test began.
    pub(super) fn elapsed(&self) -> Duration {
        self.lock().elapsed
    }

    /// Moves on by `duration`.
    pub(super) fn forward(&self, duration: Duration) {
        let to = self.elapsed() + duration;
        self.move_to(to);
    }

    /// Moves the wall clock alone.
    pub(super) fn jump(&self, seconds: i64) {
        let mut inner = self.lock();
        let by = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { inner.start.1 -= by } else { inner.start.1 += by }
    }

    fn move_to(&self, to: Duration) {
        let mut inner = self.lock();
        inner.elapsed = to;
        let later = inner.timers.split_off(&(to, u64::MAX));
        let due = std::mem::replace(&mut inner.timers, later);
        drop(inner);
        due.into_values().for_each(Waker::wake);
    }

    /// Every task waits: it is as late as the first of them waits for.
    fn idle(&self) {
        let inner = self.lock();
        let (first, finished) = (inner.timers.keys().next().map(|(at, _)| *at), inner.finished);
        drop(inner);
        match first {
            Some(first) => self.move_to(first),
            None => assert!(finished, "every task waits, and none for the clock"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics with it")
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        let inner = self.lock();
        inner.start.0 + inner.elapsed
    }

    fn wall(&self) -> SystemTime {
        let inner = self.lock();
        inner.start.1 + inner.elapsed
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut inner = self.lock();
        inner.next += 1;
        let at = inner.elapsed.saturating_add(duration);
        Box::pin(Sleep { clock: self.clone(), key: (at, inner.next) })
    }
}

struct Sleep {
    clock: TestClock,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.clock.lock();
        if inner.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        inner.timers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.lock().timers.remove(&self.key);
    }
}

/// Ends the test for the clock, even if it panics.
struct Finish(TestClock);

impl Drop for Finish {
    fn drop(&mut self) {
        self.0.lock().finished = true;
    }
}

/// Runs `body` on a runtime whose time is that of the clock it is given. Nothing in it may touch a socket.
pub(super) fn run<F>(body: impl FnOnce(TestClock) -> F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let clock = TestClock::new();
    let idle = clock.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().on_thread_park(move || idle.idle()).build();
    let runtime = runtime.expect("a runtime");
    let finish = Finish(clock.clone());
    let body = body(clock);
    // A task, and not the root future: the runtime parks once when the root is woken, which is not yet idleness.
    let task = runtime.spawn(async move {
        let _finish = finish;
        body.await
    });
    runtime.block_on(task).unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
