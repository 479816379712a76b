//! Time, passed in so that tests need not wait for it.

use std::time::{Duration, Instant, SystemTime};

use crate::support::BoxFuture;

/// What the client takes for the time.
pub trait Clock: Send + Sync + 'static {
    /// The monotonic time.
    fn now(&self) -> Instant;

    /// The wall clock, against which HTTP dates are read.
    fn wall(&self) -> SystemTime;

    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The system's clock.
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
        Box::pin(tokio::time::sleep(duration))
    }
}
