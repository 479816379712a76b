//! What each stage of the pipeline costs on the vendored page and, where `OPENAPI_CORPUS` has them, on networking-v1 and the
//! whole API; and how much memory the largest took. `cargo bench -p openapi-build`.
//!
//! Our own stages are held against what the libraries cost that they call: progenitor, parsing tokens with syn, formatting
//! with prettyplease. The time of a stage is its median over the rounds.

use std::path::Path;

use openapi_build::pipeline::Loaded;
use testing::measured::Costs;
use testing::{corpus, measured};

const OURS: [&str; 6] = ["read", "overlay", "check", "normalize", "generate", "the rest"];
const LIBRARIES: [&str; 3] = ["progenitor", "parse", "format"];

fn main() {
    let root = corpus::workspace();
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
    if let Some(peak) = measured::peak() {
        println!("peak memory: {peak} MiB");
    }
}

fn measure(name: &str, path: &Path, rounds: usize) {
    let costs = Costs::of(rounds, || Loaded::path(path));
    println!("{name}: {} lines in {:.1} ms", costs.lines, costs.millis("the whole"));
    for stage in OURS.into_iter().chain(LIBRARIES) {
        println!("  {stage:<10} {:>9.2} ms", costs.millis(stage));
    }
    let sum = |stages: &[&str]| stages.iter().map(|stage| costs.millis(stage)).sum::<f64>();
    let (ours, libraries) = (sum(&OURS), sum(&LIBRARIES));
    println!("  ours {ours:.2} ms, libraries {libraries:.2} ms: {:.0} %", 100.0 * ours / libraries);
}
