//! What the benches of the pipeline measure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use openapi_build::diagnostic::Diagnostic;
use openapi_build::pipeline::Loaded;
use openapi_build::stages;

/// What generating a client costs.
pub struct Costs {
    /// The median of each stage's times, in milliseconds.
    medians: BTreeMap<&'static str, f64>,
    /// The lines of the client.
    pub lines: usize,
}

impl Costs {
    /// Those of the client of what `load` loads, so many times.
    pub fn of(rounds: usize, load: impl Fn() -> Result<Loaded, Diagnostic>) -> Self {
        let mut times: BTreeMap<&'static str, Vec<Duration>> = BTreeMap::new();
        let mut lines = 0;
        for _ in 0..rounds {
            stages::take();
            let start = Instant::now();
            let output = load().and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
            let whole = start.elapsed();
            lines = output.code.lines().count();
            let stages = stages::take();
            // What is between the stages, reading files and finding places for messages.
            let rest = whole.saturating_sub(stages.iter().map(|(_, time)| *time).sum());
            for (stage, time) in stages.into_iter().chain([("the rest", rest), ("the whole", whole)]) {
                times.entry(stage).or_default().push(time);
            }
        }
        let median = |times: Vec<Duration>| median(times.iter().map(Duration::as_secs_f64).collect()) * 1e3;
        Self { medians: times.into_iter().map(|(stage, times)| (stage, median(times))).collect(), lines }
    }

    /// The milliseconds of a stage, of `the rest` or of `the whole`.
    pub fn millis(&self, stage: &str) -> f64 {
        self.medians.get(stage).copied().unwrap_or_default()
    }
}

/// The most memory that this process has had, in MiB, where the system says it.
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024)
}

/// The time that this process has had on a processor, where the system says it. That of threads that have ended is not in it.
///
/// On a busy machine it says more than the time on the clock. It grows in steps of some milliseconds.
pub fn processor() -> Option<Duration> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanoseconds.sum()))
}

/// The time that this process has had on a processor, all of its threads together, where the system says it, in hundredths of a
/// second.
pub fn processor_of_all() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in parentheses, and may have spaces.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// The median of `numbers`; not a number (NaN) if there are none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let at = |index: usize| numbers.get(index).copied().unwrap_or(f64::NAN);
    let half = numbers.len() / 2;
    if numbers.len() % 2 == 1 { at(half) } else { f64::midpoint(at(half.saturating_sub(1)), at(half)) }
}
