//! What each stage of the pipeline costs on the vendored page and, where `OPENAPI_CORPUS` has them, on networking-v1 and the
//! whole API; and how much memory the largest took. `cargo bench -p openapi-build`.
//!
//! Our own stages are held against what the libraries cost that they call: progenitor, parsing tokens with syn, formatting
//! with prettyplease. The time of a stage is its median over the rounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use openapi_build::pipeline::Loaded;
use openapi_build::stages;

/// The stages of the libraries; all others are ours.
const LIBRARIES: [&str; 3] = ["progenitor", "parse", "format"];

fn main() {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = folders.find(|folder| folder.join("Cargo.lock").exists()).expect("the workspace has a lock").to_owned();
    let mut inputs = vec![("the page".to_owned(), root.join("spec"), 31)];
    match std::env::var_os("OPENAPI_CORPUS") {
        Some(folder) => {
            for (name, rounds) in [("networking-v1.yaml", 11), ("full-2023-12.json", 5)] {
                inputs.push((name.to_owned(), root.join(&folder).join(name), rounds));
            }
        }
        None => println!("OPENAPI_CORPUS is not set: the page alone"),
    }
    for (name, path, rounds) in inputs {
        if path.exists() {
            measure(&name, &path, rounds);
        } else {
            println!("{name}: skipped, it is not in the folder");
        }
    }
    if let Some(peak) = peak() {
        println!("peak memory: {} MiB", peak / 1024);
    }
}

fn measure(name: &str, path: &Path, rounds: usize) {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let mut lines = 0;
    for _ in 0..rounds {
        stages::take();
        let start = Instant::now();
        let output = Loaded::path(path).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
        let whole = start.elapsed();
        lines = output.code.lines().count();
        let stages = stages::take();
        // What is between the stages, reading files and finding places for messages, is ours too.
        let rest = whole.saturating_sub(stages.iter().map(|(_, time)| *time).sum());
        for (stage, time) in stages.into_iter().chain([("the rest", rest), ("whole", whole)]) {
            times.entry(stage).or_default().push(time);
        }
    }
    let median = |stage: &str| {
        let mut of = times.get(stage).cloned().unwrap_or_default();
        of.sort_unstable();
        of.get(of.len() / 2).copied().unwrap_or_default()
    };
    println!("{name}: {lines} lines in {:.1} ms", millis(median("whole")));
    let order = ["read", "overlay", "check", "normalize", "generate", "the rest", "progenitor", "parse", "format"];
    for stage in order {
        println!("  {stage:<10} {:>9.2} ms", millis(median(stage)));
    }
    let sum = |ours: bool| -> f64 {
        let of = order.iter().filter(|stage| LIBRARIES.contains(stage) != ours);
        of.map(|stage| millis(median(stage))).sum()
    };
    println!("  ours {:.2} ms, libraries {:.2} ms: {:.0} %", sum(true), sum(false), 100.0 * sum(true) / sum(false));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The most memory that this process has had, in KiB, where the system says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
