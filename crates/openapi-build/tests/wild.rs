//! Published documents as they are: each is taken or repaired, and its client compiles without a warning.
//!
//! `OPENAPI_WILD` names the folder that contains them. Documents of more than 150,000 lines are left out unless `WILD_ALL=1`.
//! `WILD_MAX_BYTES` leaves out larger documents, and `WILD_ONLY` those whose names do not contain that text.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use openapi_build::catalogue;
use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::pipeline::Output;
use testing::corpus::{self, Published};
use testing::rustc;

/// Longer documents take minutes to compile.
const MANY_LINES: usize = 150_000;

/// Whether `document` is asked for.
fn is_wanted(document: &Published) -> bool {
    let most = std::env::var("WILD_MAX_BYTES").ok().map(|text| text.parse().expect("WILD_MAX_BYTES is a number"));
    let all = std::env::var_os("WILD_ALL").is_some_and(|value| value == "1");
    let named = std::env::var("WILD_ONLY").map_or(true, |part| document.name.contains(&part));
    named && most.is_none_or(|most: usize| document.bytes <= most) && (all || document.lines <= MANY_LINES)
}

/// The name of its package.
fn package(document: &Published) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("client-{}", document.name.chars().map(letter).collect::<String>())
}

/// A line with its outcome.
fn line(document: &Published, outcome: &str, made: Duration, checked: Option<Duration>) -> String {
    let tag = document.tag.as_ref().map(|tag| format!(" ({tag})")).unwrap_or_default();
    let checked = checked.map(|time| format!(", checked in {:.1} s", time.as_secs_f64())).unwrap_or_default();
    format!("{}{tag}: {outcome}, generated in {:.2} s{checked}", document.name, made.as_secs_f64())
}

/// What became of a document: that it was taken, or the codes of what was repaired and how often.
fn outcome(output: &Output) -> String {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in output.diagnostics.iter().filter(|it| it.severity == Severity::Warning) {
        *codes.entry(diagnostic.code).or_default() += 1;
    }
    // A temporary folder has no digests and no lock.
    codes.retain(|code, _| !["M004", "L003"].contains(code));
    if codes.is_empty() {
        return "taken".to_owned();
    }
    let codes: Vec<String> = codes.iter().map(|(code, count)| format!("{code} {count} times")).collect();
    format!("repaired ({})", codes.join(", "))
}

/// Generates a client of every wanted document, and returns those that were refused, and whether types say less than they could.
fn generate(documents: &[Published], clients: &mut Vec<(usize, String, String, Duration)>) -> Vec<String> {
    let (mut refused, mut any) = (Vec::new(), Vec::new());
    for (index, document) in documents.iter().enumerate() {
        let start = Instant::now();
        match document.generate(|loaded| loaded) {
            Ok(output) => {
                any.push((document.name.as_str(), causes(&output)));
                clients.push((index, output.code.clone(), outcome(&output), start.elapsed()));
            }
            Err(diagnostic) => {
                println!("{}", line(document, "refused", start.elapsed(), None));
                refused.push(format!("{}: {diagnostic}", document.name));
            }
        }
    }
    let any = print_any(any.into_iter());
    refused.extend((any > 0).then(|| format!("{any} places are any value although the definition says more")));
    refused
}

#[test]
fn every_published_document_has_a_client_that_compiles_without_a_warning() {
    let Some(paths) = corpus::documents("OPENAPI_WILD") else { return };
    let (documents, left_out): (Vec<Published>, Vec<Published>) =
        paths.into_iter().map(Published::new).partition(is_wanted);
    let mut clients = Vec::new();
    let mut problems = generate(&documents, &mut clients);
    let packages: Vec<String> = documents.iter().map(package).collect();
    let workspace = rustc::Workspace::new(
        env!("CARGO_TARGET_TMPDIR"),
        "wild",
        clients.iter().map(|(index, code, ..)| (packages[*index].as_str(), code.as_str())),
    );
    workspace.prepare();
    for (index, code, outcome, made) in &clients {
        let (document, checked) = (&documents[*index], workspace.check(&packages[*index]));
        let compiles = if checked.errors.is_none() { "" } else { ", does not compile" };
        let outcome = format!("{outcome}, {} lines{compiles}", code.lines().count());
        println!("{}", line(document, &outcome, *made, Some(checked.time)));
        problems.extend(checked.errors.map(|errors| format!("{}: {}", document.name, excerpt(&errors))));
    }
    let left_out = left_out.iter().map(|document| document.name.as_str()).collect::<Vec<_>>();
    println!("{} documents, {} left out: {}", documents.len(), left_out.len(), left_out.join(", "));
    assert!(problems.is_empty(), "{} of {} fail:\n{}", problems.len(), documents.len(), problems.join("\n"));
}

/// How often each thing is lost of `output`: places that are any value although the definition says more, and keywords that
/// nothing is generated from.
fn causes(output: &Output) -> BTreeMap<String, usize> {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    let is_meant = |it: &&Diagnostic| catalogue::is_any(it) || it.code == "Q009";
    for diagnostic in output.diagnostics.iter().filter(is_meant) {
        *causes.entry(format!("{} {}", diagnostic.code, kind_of(&diagnostic.message))).or_default() += 1;
    }
    causes
}

/// A message without the names that it has of its document.
fn kind_of(message: &str) -> String {
    let part = |(index, part): (usize, &str)| match index % 2 == 1 && !part.chars().all(|c| c.is_ascii_alphanumeric()) {
        true => "…".to_owned(),
        false => part.to_owned(),
    };
    message.split('`').enumerate().map(part).collect::<Vec<_>>().join("`").chars().take(100).collect()
}

/// Prints how many places are any value although the definition says more, of each document and of all, and returns the number.
fn print_any<'a>(documents: impl Iterator<Item = (&'a str, BTreeMap<String, usize>)>) -> usize {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for (name, causes) in documents.filter(|(_, causes)| !causes.is_empty()) {
        println!("{name}: {causes:?}");
        causes.into_iter().for_each(|(cause, count)| *all.entry(cause).or_default() += count);
    }
    let mut sorted: Vec<(&String, &usize)> = all.iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    sorted.iter().for_each(|(cause, count)| println!("{count:6} {cause}"));
    let of =
        |code: &str| all.iter().filter(|(cause, _)| cause.starts_with(code)).map(|(_, count)| count).sum::<usize>();
    println!("any value although the definition says more: {}; keywords left out: {}", of("G014"), of("Q009"));
    of("G014")
}

/// The beginning of what rustc says.
fn excerpt(errors: &str) -> String {
    errors.chars().take(3000).collect()
}
