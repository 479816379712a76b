//! Measures the stages of the pipeline for the benchmarks, because only the pipeline itself knows where a stage begins.

use std::cell::RefCell;
use std::time::{Duration, Instant};

#[derive(Default)]
struct Times {
    /// The time of each stage, without the stages within it.
    stages: Vec<(&'static str, Duration)>,
    /// For each open stage, the time of the stages within it.
    within: Vec<Duration>,
}

thread_local! {
    static TIMES: RefCell<Times> = RefCell::default();
}

/// Runs `work`, and adds its time to `stage`.
pub(crate) fn timed<T>(stage: &'static str, work: impl FnOnce() -> T) -> T {
    TIMES.with_borrow_mut(|times| times.within.push(Duration::ZERO));
    let start = Instant::now();
    let result = work();
    let elapsed = start.elapsed();
    let inner = TIMES.with_borrow_mut(|times| times.within.pop().unwrap_or_default());
    note(stage, elapsed.saturating_sub(inner));
    TIMES.with_borrow_mut(|times| times.within.last_mut().into_iter().for_each(|outer| *outer += elapsed));
    result
}

fn note(stage: &'static str, own: Duration) {
    TIMES.with_borrow_mut(|times| match times.stages.iter_mut().find(|(name, _)| *name == stage) {
        Some((_, time)) => *time += own,
        None => times.stages.push((stage, own)),
    });
}

/// Adds stages that ran on another thread within the stage that is open here.
pub(crate) fn add(stages: Vec<(&'static str, Duration)>) {
    for (stage, own) in stages {
        note(stage, own);
        TIMES.with_borrow_mut(|times| times.within.last_mut().into_iter().for_each(|outer| *outer += own));
    }
}

/// The stages that ran on this thread since the last call, in the order in which they ended, and their times. `read`,
/// `overlay`, `check`, `normalize` and `generate` are stages of this crate; `progenitor`, `parse` and `format` are the
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
        timed("outer", || add(vec![("elsewhere", Duration::from_secs(3600))]));
        let times = take();
        assert_eq!(times[0], ("elsewhere", Duration::from_secs(3600)));
        assert!(times[1].1 < Duration::from_secs(3600), "{times:?}");
        assert!(take().is_empty());
    }
}
