//! Waits for the end of a rate limit that a response has reported as used up, instead of running into a 429.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::header::HeaderMap;

use super::wait::{exhausted, reset, spread};
use crate::clock::Clock;

/// The longest plausible window: a larger number is probably a Unix time, which other services send.
const LONGEST: Duration = Duration::from_secs(3600);

/// The known state of the rate limit of one credential at one server.
#[derive(Default)]
pub(crate) struct Gate {
    /// Whether there is anything to read below: the common case takes no lock.
    closed: AtomicBool,
    until: Mutex<Option<Instant>>,
}

impl Gate {
    /// Records the rate limit that a response reports.
    pub(crate) fn note(&self, headers: &HeaderMap, clock: &dyn Clock) {
        if !exhausted(headers) {
            return;
        }
        if let Some(reset) = reset(headers).filter(|reset| *reset <= LONGEST) {
            // The latest word counts: a window ends when the server says it does.
            let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
            *until = Some(clock.now() + reset);
            self.closed.store(true, Ordering::Release);
        }
    }

    /// The time until the next window begins, and a little more: other for each call, so that not all come at once.
    pub(crate) fn wait(&self, clock: &dyn Clock) -> Option<Duration> {
        if !self.closed.load(Ordering::Acquire) {
            return None;
        }
        let now = clock.now();
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        match until.map(|until| until.saturating_duration_since(now)) {
            Some(wait) if !wait.is_zero() => Some(spread(wait)),
            _ => {
                *until = None;
                self.closed.store(false, Ordering::Release);
                None
            }
        }
    }
}
