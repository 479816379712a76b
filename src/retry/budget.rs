//! A budget for retries that all calls of a client share, so that an outage is not made worse by them.

use std::sync::atomic::{AtomicU32, Ordering};

/// A token bucket: a retry costs 5 tokens of 500, one after a timeout 10; a success at first try gives 1 back, a retry that
/// succeeds gives back what it cost. These are the numbers of the AWS SDKs' standard retry mode.
#[derive(Debug)]
pub struct Budget {
    tokens: AtomicU32,
    capacity: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(500)
    }
}

impl Budget {
    /// A budget of so many tokens, all of them there.
    pub fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Takes what a retry costs; false if it is not there.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// Gives tokens back.
    pub(crate) fn give(&self, tokens: u32) {
        let add = |old: u32| Some(old.saturating_add(tokens).min(self.capacity));
        // The update always happens: `add` never refuses.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_refuses_until_something_comes_back() {
        let budget = Budget::new(12);
        assert!(budget.take(5) && budget.take(5));
        assert!(!budget.take(5));
        budget.give(100);
        assert!(budget.take(12));
        assert!(!budget.take(1), "it never holds more than its capacity");
    }
}
