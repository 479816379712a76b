//! Each part is measured in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use testing::measured;

/// Says what a process is for.
const PART: &str = "BODIES_PART";

/// What a process of the bench is for.
pub(crate) enum Part {
    Serve,
    Measure(String),
}

impl Part {
    /// What this process is for, unless it is the one that was started by hand.
    pub(crate) fn asked() -> Option<Self> {
        let part = std::env::var(PART).ok()?;
        Some(if part == "serve" { Self::Serve } else { Self::Measure(part) })
    }
}

/// What a part has taken.
pub(crate) struct Taken {
    pub(crate) seconds: f64,
    /// The seconds of all processors.
    pub(crate) processor: f64,
    /// The most memory of the process, in MiB.
    pub(crate) peak: u64,
}

impl Taken {
    /// What `work` takes.
    pub(crate) fn by(work: impl FnOnce()) -> Self {
        let processor = || measured::processor().unwrap_or_default();
        let (start, before) = (Instant::now(), processor());
        work();
        let seconds = start.elapsed().as_secs_f64();
        let processor = processor().saturating_sub(before).as_secs_f64();
        Self { seconds, processor, peak: measured::peak().unwrap_or_default() }
    }

    /// What one of so many repetitions has taken.
    pub(crate) fn over(self, repetitions: usize) -> Self {
        let one = |all: f64| all / repetitions as f64;
        Self { seconds: one(self.seconds), processor: one(self.processor), ..self }
    }

    /// For the process that has asked.
    pub(crate) fn print(&self) {
        println!("{} {} {}", self.seconds, self.processor, self.peak);
    }

    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split_whitespace();
        let mut number = || numbers.next()?.parse::<f64>().ok();
        Some(Self { seconds: number()?, processor: number()?, peak: number()? as u64 })
    }
}

/// This program, as a process for `part`.
pub(crate) fn this(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the program of the bench"));
    command.env(PART, part);
    command
}

/// Runs a part against the server at `url` with the file at `path`.
pub(crate) fn run(part: &str, url: &str, path: &Path) -> Taken {
    let output = this(part).arg(url).arg(path).output().expect("the bench runs");
    let text = String::from_utf8_lossy(&output.stdout);
    Taken::read(&text).unwrap_or_else(|| panic!("{part}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// What [`run`] gives a process: the URL and the file.
pub(crate) fn given() -> (String, PathBuf) {
    let mut arguments = std::env::args().skip(1);
    (arguments.next().expect("a URL"), arguments.next().expect("a file").into())
}
