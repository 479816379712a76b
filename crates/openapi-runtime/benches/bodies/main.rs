//! What bodies cost that are not held in memory, beside what they cost without this crate:
//! `cargo bench -p openapi-runtime --bench bodies`.
//!
//! - 1 GiB over loopback: sent from a file, by itself and in a multipart body; received as a stream, and into a file. The ratio to
//!   bare reqwest, with files of tokio, and the peak of memory above that of a client that has done nothing.
//! - 100,000 events: the ratio to the parser's own time.
//!
//! A ratio is the median of those of the rounds, in each of which both sides are measured right after one another: first one and
//! then the other side begins. Each measurement is a process of its own, and so is the server. Beside the ratio of the times stands
//! that of the processor's, which other programs on the machine disturb less.
//!
//! `BODIES_MIB` sets another size, `BODIES_ROUNDS` the number of rounds, and `BODIES_ONLY` measures only what has that text in its
//! name. The files are in the folder for temporary files.

#[macro_use]
#[path = "../../tests/all/generated.rs"]
mod generated;

mod client;
mod events;
mod processes;
mod server;
mod sides;

use std::path::PathBuf;

use processes::{Part, Taken};
use testing::measured::median;

fn main() {
    match Part::asked() {
        Some(Part::Serve) => server::serve(),
        Some(Part::Measure(name)) => sides::measure(&name),
        None => report(),
    }
}

/// What is compared: the name, and the parts of bare reqwest and of this crate.
const COMPARED: [(&str, &str, &str); 4] = [
    ("upload, a body", "send: reqwest", "send: body"),
    ("upload, multipart", "send: reqwest", "send: multipart"),
    ("download, a stream", "read: reqwest", "read: stream"),
    ("download, a file", "save: reqwest", "save: file"),
];

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn is_asked(name: &str) -> bool {
    std::env::var("BODIES_ONLY").map_or(true, |part| name.contains(&part))
}

fn report() {
    let (mib, rounds) = (setting("BODIES_MIB", 1024), setting("BODIES_ROUNDS", 10).max(1));
    let server = server::Server::start();
    let sent = Temporary::of(mib as u64 * 1024 * 1024);
    let run = |part: &str| processes::run(part, &server.url(), &sent.0);
    let idle = (0..3).map(|_| run("idle").peak).max().unwrap_or_default();
    println!("{mib} MiB, beside bare reqwest, the median of {rounds} rounds:");
    for (name, bare, ours) in COMPARED.into_iter().filter(|(name, ..)| is_asked(name)) {
        let pairs = pairs(rounds, || run(bare), || run(ours));
        let peak = |side: fn(&(Taken, Taken)) -> &Taken| pairs.iter().map(|pair| side(pair).peak).max().unwrap_or(0);
        println!(
            "  {name:<18} {}; peak {} MiB above an idle client (reqwest {} MiB)",
            ratios(&pairs),
            peak(|pair| &pair.1).saturating_sub(idle),
            peak(|pair| &pair.0).saturating_sub(idle),
        );
    }
    drop(server);
    if is_asked("events") {
        println!("{} events, beside the parser alone, the median of {rounds} rounds:", events::COUNT);
        println!("  {:<18} {}", "events", ratios(&events::pairs(rounds)));
    }
}

/// Measures both sides in turn, so that what else the machine does is spread over both.
fn pairs(rounds: usize, bare: impl Fn() -> Taken, ours: impl Fn() -> Taken) -> Vec<(Taken, Taken)> {
    let pair = |round: usize| {
        if round.is_multiple_of(2) {
            let bare = bare();
            (bare, ours())
        } else {
            let ours = ours();
            (bare(), ours)
        }
    };
    (0..rounds).map(pair).collect()
}

fn ratios(pairs: &[(Taken, Taken)]) -> String {
    let of = |value: fn(&Taken) -> f64| {
        let each = |number: fn(f64, f64) -> f64| {
            median(pairs.iter().map(|(bare, ours)| number(value(bare), value(ours))).collect())
        };
        let (ratio, bare, ours) = (each(|bare, ours| ours / bare), each(|bare, _| bare), each(|_, ours| ours));
        format!("{ratio:.2} ({:.1} ms, {:.1} ms)", ours * 1e3, bare * 1e3)
    };
    format!("time {}, processor time {}", of(|taken| taken.seconds), of(|taken| taken.processor))
}

/// A file that is removed when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn of(length: u64) -> Self {
        let path = std::env::temp_dir().join(format!("bodies-{}.bin", std::process::id()));
        std::fs::File::create(&path).and_then(|file| file.set_len(length)).expect("a file");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
