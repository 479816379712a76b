//! How the cost of each stage grows with a document: copies of the vendored page, 1, 10, 100 and 1,000 of them in one
//! document, each with names and properties of its own (synthetic, by a fixed seed). `cargo bench -p openapi-build --bench
//! scale`.
//!
//! Each size is a process of its own, so that its peak memory is its own. An exponent is the slope between two sizes on
//! logarithmic scales: 1 is growth by n, and the line of `n log n` says what that would be, n being the document's bytes.

use std::process::Command;

use openapi_build::pipeline::Loaded;
use serde_json::{Map, Value};
use testing::measured::Costs;
use testing::{corpus, measured};

const SIZES: [usize; 4] = [1, 10, 100, 1_000];
/// How many copies one file holds: a file is read up to 10 MiB.
const A_FILE: usize = 100;
const STAGES: [&str; 9] =
    ["read", "check", "normalize", "generate", "progenitor", "parse", "format", "the rest", "the whole"];

fn main() {
    let argument = std::env::args().skip(1).find(|argument| argument != "--bench");
    if let Some(copies) = argument {
        measure(copies.parse().expect("a number of copies"));
        return;
    }
    let this = std::env::current_exe().expect("this program");
    let rows: Vec<Vec<f64>> = SIZES
        .iter()
        .map(|copies| {
            let output = Command::new(&this).arg(copies.to_string()).output().expect("it runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).expect("numbers");
            text.split_whitespace().map(|number| number.parse().expect("a number")).collect()
        })
        .collect();
    let names = STAGES.into_iter().chain(["memory", "lines"]);
    let slope = |column: usize, from: usize| (rows[from + 1][column] / rows[from][column]).log10();
    println!("{:<11} {}", "copies", SIZES.map(|copies| format!("{copies:>10}")).join(" "));
    for (index, name) in names.enumerate() {
        // The first column is the size in bytes.
        let column = index + 1;
        let values: Vec<String> = rows.iter().map(|row| format!("{:>10.1}", row[column])).collect();
        let unit = match name {
            "memory" => "MiB",
            "lines" => "",
            _ => "ms",
        };
        let exponents = [0, 1, 2].map(|from| format!("{:.2}", slope(column, from)));
        println!("{name:<11} {} {unit:<3}  exponents {}", values.join(" "), exponents.join(" "));
    }
    let logarithmic = [0, 1, 2].map(|from: usize| {
        let cost = |row: usize| rows[row][0] * rows[row][0].log2();
        format!("{:.2}", (cost(from + 1) / cost(from)).log10())
    });
    println!("n log n would have the exponents {}", logarithmic.join(" "));
}

/// Generates a client of so many copies, and prints the bytes of the document, the milliseconds of each stage, the peak
/// memory in MiB, and the lines of the client.
fn measure(copies: usize) {
    let folder = std::env::temp_dir().join(format!("openapi-build-scale-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let page = corpus::workspace().join("spec/activate-signup.yaml");
    let page: Value = serde_yaml::from_str(&std::fs::read_to_string(page).expect("the page")).expect("YAML");
    let (mut bytes, mut seed, mut files) = (0, 1, Vec::new());
    for first in (0..copies).step_by(A_FILE) {
        let text = document(&page, first..copies.min(first + A_FILE), &mut seed);
        bytes += text.len();
        files.push(folder.join(format!("{first}.yaml")));
        std::fs::write(&files[files.len() - 1], text).expect("the folder can be written");
    }
    let costs = Costs::of(if copies > 100 { 3 } else { 9 }, || Loaded::files(&files, &[]));
    let millis: Vec<String> = STAGES.iter().map(|stage| costs.millis(stage).to_string()).collect();
    println!("{bytes} {} {} {}", millis.join(" "), measured::peak().unwrap_or_default(), costs.lines);
    let _ = std::fs::remove_dir_all(folder);
}

/// A file with those copies of the page.
fn document(page: &Value, copies: std::ops::Range<usize>, seed: &mut u64) -> String {
    let mut paths = Map::new();
    for copy in copies {
        for (path, item) in page["paths"].as_object().into_iter().flatten() {
            let mut item = item.clone();
            vary(&mut item, copy, seed);
            paths.insert(format!("{path}/{copy}"), item);
        }
    }
    serde_yaml::to_string(&serde_json::json!({ "paths": paths })).expect("YAML")
}

/// Gives operation and schemas names of their own, and objects one more property by chance.
fn vary(value: &mut Value, copy: usize, seed: &mut u64) {
    match value {
        Value::Object(object) => {
            for name in ["operationId", "title"] {
                if let Some(Value::String(text)) = object.get_mut(name) {
                    text.push_str(&format!("Copy{copy}"));
                }
            }
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                // The multiplier and increment of Knuth's MMIX.
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                properties.insert(format!("by_chance_{}", *seed >> 60), serde_json::json!({"type": "string"}));
            }
            object.values_mut().for_each(|value| vary(value, copy, seed));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| vary(value, copy, seed)),
        _ => {}
    }
}
