//! A budget for retries that all calls of a client share, so that retries do not make an outage worse.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Decides whether another retry is affordable, over all calls that share the budget.
pub trait RetryBudget: Send + Sync + 'static {
    /// Withdraws the cost of a retry, which may depend on whether the failure was a timeout, and returns it; `None` where
    /// the budget does not cover it.
    fn withdraw(&self, timeout: bool) -> Option<u32>;

    /// Records a success: at the first attempt, or, with `cost`, by a retry that cost this much.
    fn succeeded(&self, cost: Option<u32>);
}

/// A token bucket. It holds 500 tokens; a retry costs 5, and 10 after a timeout. A success at the first attempt returns 1, a
/// retry that succeeds returns its cost. The numbers are those of the AWS SDKs' standard retry mode.
///
/// Clones share one bucket.
///
/// ```
/// use openapi_runtime::retry::{RetryBudget, TokenBucket};
///
/// let bucket = TokenBucket::new(8);
/// assert_eq!(bucket.withdraw(false), Some(5));
/// assert_eq!(bucket.withdraw(false), None);
/// assert_eq!(bucket.available(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct TokenBucket {
    tokens: Arc<AtomicU32>,
    capacity: u32,
}

impl TokenBucket {
    const RETRY: u32 = 5;
    const RETRY_AFTER_TIMEOUT: u32 = 10;
    const SUCCESS: u32 = 1;

    /// Creates a full bucket of `capacity` tokens.
    pub fn new(capacity: u32) -> Self {
        Self { tokens: Arc::new(AtomicU32::new(capacity)), capacity }
    }

    /// The number of tokens that are left.
    pub fn available(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }
}

impl Default for TokenBucket {
    fn default() -> Self {
        Self::new(500)
    }
}

impl RetryBudget for TokenBucket {
    fn withdraw(&self, timeout: bool) -> Option<u32> {
        let cost = if timeout { Self::RETRY_AFTER_TIMEOUT } else { Self::RETRY };
        let take = |tokens: u32| tokens.checked_sub(cost);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok().map(|_| cost)
    }

    fn succeeded(&self, cost: Option<u32>) {
        // A full bucket is left alone, so that healthy calls share no written memory.
        let give = |tokens: u32| {
            let more = tokens.saturating_add(cost.unwrap_or(Self::SUCCESS)).min(self.capacity);
            (more != tokens).then_some(more)
        };
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_costs_five_and_one_after_a_timeout_ten() {
        let bucket = TokenBucket::new(16);
        assert_eq!((bucket.withdraw(false), bucket.available()), (Some(5), 11));
        assert_eq!((bucket.withdraw(true), bucket.available()), (Some(10), 1));
        assert_eq!(
            (bucket.withdraw(false), bucket.available()),
            (None, 1),
            "a retry that is not paid for takes nothing"
        );
    }

    #[test]
    fn a_success_gives_back_one_or_the_cost_of_its_retry_and_never_more_than_there_was() {
        let bucket = TokenBucket::new(16);
        let cost = bucket.withdraw(true);
        bucket.succeeded(None);
        assert_eq!(bucket.available(), 7);
        bucket.succeeded(cost);
        assert_eq!(bucket.available(), 16);
        assert_eq!(bucket.clone().withdraw(false), Some(5));
        assert_eq!(bucket.available(), 11, "clones share the bucket");
    }
}
