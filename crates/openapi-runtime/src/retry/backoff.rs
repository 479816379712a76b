//! How long to wait where the server does not say.

use std::time::Duration;

/// Decides how long to wait before an attempt.
///
/// ```
/// use std::time::Duration;
/// use openapi_runtime::retry::Backoff;
///
/// /// Always the same wait.
/// struct Constant(Duration);
///
/// impl Backoff for Constant {
///     fn wait(&self, _: u32) -> Duration {
///         self.0
///     }
/// }
/// ```
pub trait Backoff: Send + Sync + 'static {
    /// The wait after `attempts` attempts, of which there was at least one.
    fn wait(&self, attempts: u32) -> Duration;
}

/// A random wait up to a bound that doubles with each attempt ("full jitter",
/// [Exponential Backoff and Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
#[derive(Clone, Copy, Debug)]
pub struct FullJitter {
    /// The bound after the first attempt.
    pub base: Duration,
    /// The largest bound.
    pub cap: Duration,
}

impl Default for FullJitter {
    /// 200 ms, doubling up to 20 s.
    fn default() -> Self {
        Self { base: Duration::from_millis(200), cap: Duration::from_secs(20) }
    }
}

impl Backoff for FullJitter {
    fn wait(&self, attempts: u32) -> Duration {
        let factor = 2u32.saturating_pow(attempts.saturating_sub(1).min(30));
        self.base.saturating_mul(factor).min(self.cap).mul_f64(fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_never_passes_its_bound() {
        let backoff = FullJitter::default();
        for attempts in 1..100 {
            let bound = Duration::from_millis(200).saturating_mul(2u32.saturating_pow(attempts.min(20) - 1));
            assert!(backoff.wait(attempts) <= bound.min(Duration::from_secs(20)), "after {attempts} attempts");
        }
    }
}
