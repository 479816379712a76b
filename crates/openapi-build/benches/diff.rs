//! What comparing two versions costs in processor time and memory, beside generating a client of the newer one: documents of
//! `OPENAPI_WILD` and `OPENAPI_CORPUS`, each against the version that a fixed list of edits makes of it.
//! `OPENAPI_WILD=… OPENAPI_CORPUS=… cargo bench -p openapi-build --bench diff`; names of documents after `--` choose some.
//!
//! Each measurement is a process of its own, so that its memory and its threads are its own; the time is the least of the
//! rounds. Reading both documents is in it. The allocator is that of `cargo oas`.

use std::path::{Path, PathBuf};
use std::process::Command;

use openapi_build::pipeline::Loaded;
use openapi_build::track::{self, diff::Style};
use serde_json::Value;
use testing::{edits, measured};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The documents: the variable of their folder, and their file there.
const DOCUMENTS: [(&str, &str); 4] = [
    ("OPENAPI_WILD", "peer-discord.json"),
    ("OPENAPI_WILD", "tw-twilio_api_v2010.yaml"),
    ("OPENAPI_WILD", "ogen-api.github.com.json"),
    ("OPENAPI_CORPUS", "full-2023-12.json"),
];
const EDITS: usize = 36;
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let paths: Vec<&Path> = arguments.iter().map(Path::new).collect();
    match (arguments.first().map(String::as_str), paths.as_slice()) {
        (Some("diff"), [_, old, new]) => diff(old, new),
        (Some("generate"), [_, new]) => {
            drop(Loaded::path(new).and_then(|new| new.generate()).expect("it is generated"))
        }
        _ => return measure_all(&arguments),
    }
    let seconds = measured::processor_of_all().expect("the system says it").as_secs_f64();
    println!("{seconds} {}", measured::peak().expect("the system says it"));
}

fn diff(old: &Path, new: &Path) {
    let (old, new) = (Loaded::path(old).expect("the old one"), Loaded::path(new).expect("the new one"));
    let changes = track::diff(&old, &new).expect("they are two versions");
    assert!(changes.changes.len() >= EDITS / 2, "{}", changes.to_text(Style { colour: false, all: true }));
}

fn measure_all(names: &[String]) {
    println!("{:<28} {:>10} {:>12} {:>10} {:>12}", "", "diff, s", "generate, s", "diff, MiB", "gen., MiB");
    let folder = tempfile::tempdir().expect("a folder for the newer versions");
    for (variable, name) in DOCUMENTS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let Some(old) = std::env::var_os(variable).map(|of| PathBuf::from(of).join(name)) else {
            println!("{name:<28} {variable} is not set");
            continue;
        };
        let new = folder.path().join(name);
        newer(&old, &new);
        let best = |arguments: &[&Path]| {
            let runs = (0..ROUNDS).map(|_| run(arguments));
            runs.fold((f64::MAX, 0.0), |best: (f64, f64), one| (best.0.min(one.0), best.1.max(one.1)))
        };
        let (diff, generate) = (best(&[Path::new("diff"), &old, &new]), best(&[Path::new("generate"), &new]));
        println!("{name:<28} {:>10.2} {:>12.2} {:>10} {:>12}", diff.0, generate.0, diff.1, generate.1);
    }
}

/// Writes the next version of `old`, in the same format.
fn newer(old: &Path, new: &Path) {
    let text = std::fs::read_to_string(old).unwrap_or_else(|error| panic!("{}: {error}", old.display()));
    let mut tree: Value = serde_yaml::from_str(&text).expect("a document");
    edits::apply(&mut tree, EDITS);
    let text = match old.extension().is_some_and(|extension| extension == "json") {
        true => serde_json::to_string_pretty(&tree).expect("JSON"),
        false => serde_yaml::to_string(&tree).expect("YAML"),
    };
    std::fs::write(new, text).expect("the folder can be written");
}

/// The seconds and MiB of one run.
fn run(arguments: &[&Path]) -> (f64, f64) {
    let this = std::env::current_exe().expect("this program");
    let output = Command::new(this).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("two numbers");
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("a number"));
    (numbers.next().expect("seconds"), numbers.next().expect("MiB"))
}
