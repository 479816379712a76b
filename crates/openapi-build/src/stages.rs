//! How long each stage of the pipeline took, for the benchmark: only the pipeline itself can tell its stages apart.

use std::cell::RefCell;
use std::time::{Duration, Instant};

#[derive(Default)]
struct Times {
    /// The time of each stage, the stages within it left out.
    stages: Vec<(&'static str, Duration)>,
    /// For each open stage, the time of those within it.
    within: Vec<Duration>,
}

thread_local! {
    static TIMES: RefCell<Times> = RefCell::default();
}

/// Does `work` as a part of `stage`.
pub(crate) fn timed<T>(stage: &'static str, work: impl FnOnce() -> T) -> T {
    TIMES.with_borrow_mut(|times| times.within.push(Duration::ZERO));
    let start = Instant::now();
    let result = work();
    let elapsed = start.elapsed();
    TIMES.with_borrow_mut(|times| {
        let own = elapsed.saturating_sub(times.within.pop().unwrap_or_default());
        match times.stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, time)) => *time += own,
            None => times.stages.push((stage, own)),
        }
        if let Some(outer) = times.within.last_mut() {
            *outer += elapsed;
        }
    });
    result
}

/// The stages that ran on this thread since the last call, in the order in which they ended, and how long each took:
/// `read`, `overlay`, `check`, `normalize` and `generate` are ours; `progenitor`, `parse` and `format` are those of the
/// libraries that [`generate`](crate::generate) uses.
pub fn take() -> Vec<(&'static str, Duration)> {
    TIMES.with_borrow_mut(|times| std::mem::take(&mut times.stages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_within_another_counts_for_itself_alone() {
        let inner = || timed("inner", || ());
        timed("outer", || (inner(), inner()));
        let names: Vec<&str> = take().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["inner", "outer"]);
        assert!(take().is_empty());
    }
}
