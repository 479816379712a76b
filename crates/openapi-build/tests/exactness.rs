//! The generated types against JSON Schema: a request type takes exactly what the definition takes, a response type all
//! that the definition takes, and both give it back unchanged.
//!
//! `EXACTNESS_INSTANCES` is the number of instances for each schema, half of them mutants; 10 where it is not set. The
//! examples and the defaults of the definition come on top. Pages and bumps, which are mostly the same schemas again, are
//! for the long run, where it is set.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use openapi_build::diagnostic::Diagnostic;
use serde_json::{Value, json};
use testing::corpus::{self, Published};
use testing::entries::{Entry, Kind};
use testing::instances::{Maker, Random, Taken};
use testing::oracle::Side;
use testing::rules::{Case, Outcome};
use testing::{entries, rules, rustc, terms};

/// A document, generated.
struct Subject {
    name: String,
    /// Its package, and the program in it.
    package: String,
    document: Value,
    code: String,
    entries: Vec<Entry>,
    /// Where a type is any JSON value although the definition says more.
    any: BTreeSet<String>,
}

impl Subject {
    fn new(set: &str, name: String, path: &Path) -> Self {
        let output = Published::new(path.to_owned()).generate(|loaded| loaded.both_ways(true));
        let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut document = output.documents[0]["document"].clone();
        let is_cut = |diagnostic: &&Diagnostic| diagnostic.message.contains("is cut here, within itself");
        let cuts = output.diagnostics.iter().filter(is_cut).filter_map(|diagnostic| diagnostic.pointer.clone());
        tie_back(&mut document, &cuts.collect::<Vec<_>>());
        terms::of_30(&mut document);
        untie(&mut document);
        let (entries, mut any) = entries::entries(&document, &output.code);
        let lost = output.diagnostics.iter().filter(|diagnostic| diagnostic.code == "G014");
        any.extend(lost.map(ToString::to_string));
        let lower = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let package = format!("exact-{set}-{}", name.chars().map(lower).collect::<String>());
        Self { name, package, document, code: output.code, entries, any }
    }

    /// A program that reads `number TAB json` lines, and writes for each what the type of that number makes of it.
    fn program(&self) -> String {
        let arms: String = self
            .entries
            .iter()
            .enumerate()
            .map(|(number, entry)| {
                let function = match entry.kind {
                    Kind::Request => "sent",
                    Kind::Response => "received",
                    Kind::Header => "header",
                };
                format!("        {number} => {function}::<{}>(text),\n", entry.ty)
            })
            .collect();
        PROGRAM.replace("ARMS", &arms)
    }
}

/// A page that is cut within a schema that holds itself says less than the document that it comes from, of which the
/// client is: at each of `cuts` stands again the schema that it was cut from, the nearest of its title.
fn tie_back(document: &mut Value, cuts: &[String]) {
    let mut wholes: BTreeMap<String, String> = BTreeMap::new();
    for cut in cuts {
        let title = document.pointer(cut).and_then(|schema| schema.get("title")).cloned();
        let above = cut.match_indices('/').rev().map(|(end, _)| &cut[..end]);
        let titled =
            |pointer: &&str| document.pointer(pointer).and_then(|schema| schema.get("title")) == title.as_ref();
        let whole = above.clone().find(titled).unwrap_or_else(|| panic!("{cut} stands in no schema of its title"));
        let next = format!("#/components/schemas/Whole{}", wholes.len());
        let reference = wholes.entry(whole.to_owned()).or_insert(next).clone();
        *document.pointer_mut(cut).expect("it was there") = json!({ "$ref": reference });
    }
    // The inner ones first: their places are gone with those around them.
    for (pointer, reference) in wholes.into_iter().rev() {
        let whole = document.pointer_mut(&pointer).expect("it was there");
        let whole = std::mem::replace(whole, json!({ "$ref": reference }));
        document["components"]["schemas"][reference.rsplit('/').next().unwrap_or_default()] = whole;
    }
}

/// By JSON Schema no value ends a circle of a union whose alternatives are `allOf` the union. Each alternative is meant to have
/// what stands beside the union, which is a component of its own here.
fn untie(document: &mut Value) {
    fn tied(schema: &mut Value, base: &str, own: &str) -> bool {
        let mut found = false;
        for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            match part.get("$ref").and_then(Value::as_str).is_some_and(|reference| reference == base) {
                true => {
                    found = true;
                    *part = json!({ "$ref": own });
                }
                false => found |= tied(part, base, own),
            }
        }
        found
    }
    let Some(components) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for name in components.keys().cloned().collect::<Vec<_>>() {
        let reference = format!("#/components/schemas/{name}");
        let parts = ["oneOf", "anyOf"].iter().find_map(|key| components[&name].get(*key)?.as_array());
        let parts = parts.into_iter().flatten().filter_map(|part| part.get("$ref")?.as_str()?.rsplit('/').next());
        let parts: Vec<String> = parts.map(str::to_owned).collect();
        let mut any = false;
        for part in parts {
            let own = format!("{reference}Untied");
            any |= components.get_mut(&part).is_some_and(|schema| tied(schema, &reference, &own));
        }
        if any {
            let mut schema = components[&name].clone();
            for key in ["oneOf", "anyOf", "discriminator"] {
                schema.as_object_mut().map(|schema| schema.remove(key));
            }
            components.insert(format!("{name}Untied"), schema);
        }
    }
}

/// What is sent is read as serde reads each generated type that is sent; what is received as a client reads it.
const PROGRAM: &str = r#"//! Reads and writes values of generated types.
#![allow(missing_docs, unreachable_patterns, deprecated)]
include!("client.rs");
use openapi_runtime::codegen::serde;
use openapi_runtime::{http, serde_json};
use std::io::{BufRead, Write};
fn sent<T: codegen::FromJson + serde::Serialize>(text: &str) -> Result<String, String> {
    write(codegen::deserialize_sent::<T, _>(&mut serde_json::Deserializer::from_str(text)))
}
fn received<T: codegen::FromJson + serde::Serialize>(text: &str) -> Result<String, String> {
    write(codegen::read::<T>(text.as_bytes()))
}
fn header<T: std::str::FromStr + serde::Serialize>(text: &str) -> Result<String, String> {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let text = value.as_str().map_or(value.to_string(), str::to_owned);
    let Ok(value) = http::header::HeaderValue::from_str(&text) else { return Ok(value.to_string()) };
    let headers = http::header::HeaderMap::from_iter([(http::header::ETAG, value)]);
    write(codegen::header::<T>(&headers, "etag").ok_or("it does not parse"))
}
fn write<T: serde::Serialize, E: std::fmt::Display>(read: Result<T, E>) -> Result<String, String> {
    let value = read.map_err(|error| error.to_string())?;
    serde_json::to_string(&value).map_err(|error| error.to_string())
}
fn one(number: usize, text: &str) -> Result<String, String> {
    match number {
ARMS        _ => unreachable!(),
    }
}
fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (number, text) = line.split_once('\t').unwrap();
        match one(number.parse().unwrap(), text) {
            Ok(text) => writeln!(out, "ok\t{text}").unwrap(),
            Err(error) => writeln!(out, "no\t{}", error.replace('\n', " ")).unwrap(),
        }
    }
}
"#;

/// The instances of every schema, judged.
fn cases(subject: &Subject, sides: &[Side; 2], instances: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, entry) in subject.entries.iter().enumerate() {
        let side = &sides[usize::from(entry.kind == Kind::Request)];
        let at: Vec<&Value> = entry.at.iter().map(|pointer| side.at(pointer)).collect();
        // A published document may have something else than a schema there.
        let Ok(judge) = side.try_judge(&at, false) else { continue };
        let mut maker = Maker { side, random: Random::new(&entry.at.concat()), taken: Taken::Examples };
        let mut seen = BTreeSet::new();
        let examples: Vec<Value> = entry.examples.iter().map(|pointer| side.at(pointer).clone()).collect();
        for index in 0..examples.len() + 2 + instances {
            let made = index.checked_sub(examples.len());
            maker.taken = match made {
                Some(0) => Taken::Examples,
                Some(1) => Taken::Defaults,
                _ => Taken::Some,
            };
            let mut instance = examples.get(index).cloned().unwrap_or_else(|| maker.value(&at, 0));
            if made.is_some_and(|made| made > 1 && made % 2 == 1) {
                instance = maker.mutant(&instance);
            }
            // A header is no null, and no list or object.
            let scalar = !(instance.is_null() || instance.is_array() || instance.is_object());
            // JSON Schema 2020-12 takes 1.0 for an integer, and draft 4, which OpenAPI 3.0 is based on, does not, except as one
            // of the values of an enum.
            let is_of_enum = || at.iter().any(|schema| schema.get("enum").or(schema.get("const")).is_some());
            if has_whole_float(&instance) && (side.is_newer || is_of_enum()) {
                continue;
            }
            if (entry.kind == Kind::Header && !scalar) || !seen.insert(instance.to_string()) {
                continue;
            }
            let errors: Vec<String> =
                judge.iter_errors(&instance).map(|error| error.schema_path().to_string()).take(4).collect();
            cases.push(Case { entry: number, kind: entry.kind, instance, valid: errors.is_empty(), errors });
        }
    }
    cases
}

/// Whether a number in `value` is an integer with a fraction of zero.
fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.fract() == 0.0),
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Object(members) => members.values().any(has_whole_float),
        _ => false,
    }
}

/// How many schemas and instances there were, and what differs, by rule, or by point of the table.
#[derive(Default)]
struct Tally {
    types: BTreeSet<String>,
    /// Where a type is any JSON value although the definition says more.
    any: Vec<String>,
    schemas: usize,
    instances: usize,
    /// Of requests, of responses.
    valid: [usize; 2],
    invalid: [usize; 2],
    /// Invalid requests that were refused, by the point that they break.
    refused: BTreeMap<u8, usize>,
    rules: BTreeMap<&'static str, usize>,
    /// By point: what differs.
    disagreements: BTreeMap<u8, Vec<String>>,
    /// How much differs, by document.
    documents: BTreeMap<String, usize>,
}

impl Tally {
    fn compare(&mut self, subject: &Subject, side: &Side, case: &Case, answer: &str) {
        let entry = &subject.entries[case.entry];
        let request = usize::from(case.kind != Kind::Request);
        self.instances += 1;
        if case.valid {
            self.valid[request] += 1
        } else {
            self.invalid[request] += 1
        }
        let (verdict, text) = answer.split_once('\t').expect("a verdict");
        let back: Option<Value> = (verdict == "ok").then(|| serde_json::from_str(text).expect("JSON"));
        let at: Vec<&Value> = entry.at.iter().map(|pointer| side.at(pointer)).collect();
        let outcome = Outcome::of(side, &at, case, back, text);
        for rule in outcome.rules() {
            *self.rules.entry(rule).or_default() += 1;
        }
        if let Outcome::Refused = outcome {
            *self.refused.entry(rules::point_of_errors(&case.errors)).or_default() += 1;
        }
        if let Outcome::Differs(what, point) = outcome {
            let (kind, ty, at) = (entry.kind, &entry.ty, entry.at.join(" + "));
            let line = format!(
                "{} {kind:?} {ty} at {at}: {what}\n    {}\n    {text} {:?}",
                subject.name, case.instance, case.errors
            );
            self.disagreements.entry(point).or_default().push(line);
            *self.documents.entry(subject.name.clone()).or_default() += 1;
        }
    }

    fn show(&self) {
        println!(
            "{} types, {} schemas, {} instances: {} valid and {} invalid requests, {} valid and {} invalid responses",
            self.types.len(),
            self.schemas,
            self.instances,
            self.valid[0],
            self.invalid[0],
            self.valid[1],
            self.invalid[1]
        );
        println!("  any JSON value where the definition says more: {}", self.any.len());
        self.any.iter().take(8).for_each(|place| println!("    {place}"));
        for (point, count) in &self.refused {
            println!("  point {point}: {count} invalid values refused");
        }
        for (rule, count) in &self.rules {
            println!("  rule: {rule}: {count}");
        }
        for (point, lines) in &self.disagreements {
            println!("  point {point}: {} DISAGREEMENTS", lines.len());
        }
    }

    fn total(&self) -> usize {
        self.disagreements.values().map(Vec::len).sum()
    }

    fn check(&self) {
        self.show();
        let mut shown = String::new();
        for (point, lines) in &self.disagreements {
            shown.push_str(&format!("point {point}: {}\n", lines.len()));
            lines.iter().take(8).for_each(|line| shown.push_str(&format!("  {line}\n")));
        }
        assert!(self.disagreements.is_empty(), "{shown}");
        assert!(self.any.is_empty(), "any JSON value where the definition says more: {:#?}", self.any);
        assert!(self.valid.iter().sum::<usize>() > 0, "no instance is valid");
    }
}

/// Generates all documents, builds their programs in one run of cargo, and compares while nothing else waits for it.
fn judge(set: &str, documents: Vec<(String, PathBuf)>, instances: usize) -> Tally {
    let start = std::time::Instant::now();
    let subjects = in_parallel(documents, |(name, path)| Subject::new(set, name, &path));
    println!("{set}: {} documents generated in {:.0?}", subjects.len(), start.elapsed());
    let clients = subjects.iter().map(|subject| (subject.package.as_str(), subject.code.as_str()));
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), &format!("exactness-{set}"), clients);
    for subject in &subjects {
        workspace.program(&subject.package, &subject.program());
    }
    let built = std::thread::scope(|scope| {
        let built = scope.spawn(|| workspace.build());
        let judged = in_parallel(subjects.iter().collect(), |subject: &Subject| {
            let sides = [Side::response(&subject.document), Side::request(&subject.document)];
            let cases = cases(subject, &sides, instances);
            (subject, sides, cases)
        });
        println!("{set}: judged after {:.0?}", start.elapsed());
        built
            .join()
            .expect("cargo runs")
            .unwrap_or_else(|error| panic!("{}", error.chars().take(8000).collect::<String>()));
        println!("{set}: built after {:.0?}", start.elapsed());
        judged
    });
    let mut tally = Tally::default();
    for (subject, sides, cases) in &built {
        let input: String = cases.iter().map(|case| format!("{}\t{}\n", case.entry, case.instance)).collect();
        let name = &subject.name;
        let answers = workspace.answer(&subject.package, &input).unwrap_or_else(|error| panic!("{name}: {error}"));
        let answers: Vec<&str> = answers.lines().collect();
        assert_eq!(answers.len(), cases.len(), "{name}: an answer for each instance");
        tally.types.extend(subject.entries.iter().map(|entry| format!("{name} {}", entry.ty)));
        tally.any.extend(subject.any.iter().map(|place| format!("{name} {place}")));
        tally.schemas += subject.entries.len();
        for (case, answer) in cases.iter().zip(answers) {
            tally.compare(subject, &sides[usize::from(case.kind == Kind::Request)], case, answer);
        }
    }
    println!("{set}: done after {:.0?}", start.elapsed());
    tally
}

/// What `work` makes of each of `inputs`, in their order; two at a time.
fn in_parallel<I: Send, O: Send>(inputs: Vec<I>, work: impl Fn(I) -> O + Sync) -> Vec<O> {
    let count = inputs.len();
    let queue = Mutex::new(inputs.into_iter().enumerate());
    let done: Mutex<Vec<Option<O>>> = Mutex::new((0..count).map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no worker panics with the queue").next();
                    let Some((index, input)) = next else { break };
                    let output = work(input);
                    done.lock().expect("no worker panics with the results")[index] = Some(output);
                }
            });
        }
    });
    done.into_inner().expect("the workers are done").into_iter().map(|output| output.expect("each is done")).collect()
}

/// How many instances of each schema are made.
fn instances() -> usize {
    match std::env::var("EXACTNESS_INSTANCES") {
        Ok(text) => text.parse().expect("EXACTNESS_INSTANCES is a number"),
        Err(_) => 10,
    }
}

/// Whether this is the long run; a line that says so where it is not.
fn is_long() -> bool {
    let long = std::env::var_os("EXACTNESS_INSTANCES").is_some();
    if !long {
        println!("skipped: EXACTNESS_INSTANCES is not set");
    }
    long
}

fn named(paths: Vec<PathBuf>) -> Vec<(String, PathBuf)> {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    paths.into_iter().map(|path| (stem(&path), path)).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn the_vendored_definition_is_kept_exactly() {
    judge("vendored", named(vec![corpus::workspace().join("spec")]), instances()).check();
}

#[test]
fn every_point_of_the_table_is_kept_exactly() {
    let tally = judge("points", named(vec![corpus::workspace().join("crates/exactness/exactness.yaml")]), 100);
    tally.check();
    for point in [1, 4, 5, 6, 8, 9, 18] {
        assert!(tally.refused.contains_key(&point), "no invalid request breaks point {point}");
    }
}

#[test]
fn the_keywords_of_openapi_31_are_kept_exactly() {
    let tally = judge("keywords", named(vec![fixture("keywords.yaml")]), 200);
    tally.check();
    for point in [4, 6, 20] {
        assert!(tally.refused.contains_key(&point), "no invalid request breaks point {point}");
    }
}

#[test]
fn each_rule_has_a_fixture_that_shows_it() {
    let tally = judge("rules", named(vec![fixture("rules.yaml")]), 10);
    tally.check();
    for rule in rules::RULES {
        assert!(tally.rules.contains_key(rule), "no instance shows the rule: {rule}");
    }
}

#[test]
fn every_document_of_the_corpus_is_kept_exactly() {
    if let Some(paths) = corpus::documents("OPENAPI_CORPUS") {
        judge("corpus", named(paths), instances()).check();
    }
}

#[test]
fn every_page_is_kept_exactly() {
    if let Some(paths) = corpus::documents("OPENAPI_PAGES").filter(|_| is_long()) {
        judge("pages", named(paths), instances()).check();
    }
}

/// The largest of the published documents that are judged, unless all are asked for: larger ones take minutes to build.
const WILD_BYTES: u64 = 1 << 20;

/// The published documents in the folder `OPENAPI_WILD` (`WILD_MAX_BYTES`, `WILD_ONLY` and `WILD_ALL` as in `wild.rs`).
#[test]
fn published_documents_are_kept_exactly() {
    let Some(paths) = corpus::wild(WILD_BYTES) else { return };
    let instances = std::env::var_os("EXACTNESS_INSTANCES").map_or(20, |_| instances());
    let tally = judge("wild", named(paths), instances);
    tally.show();
    for (name, count) in &tally.documents {
        println!("  {name}: {count} disagreements");
    }
    if let Some(path) = std::env::var_os("EXACTNESS_REPORT") {
        let lines: Vec<&str> = tally.disagreements.values().flatten().map(String::as_str).collect();
        std::fs::write(path, lines.join("\n")).expect("the report can be written");
    }
    assert_eq!(tally.total(), 0, "of {} instances, so many differ", tally.instances);
}

#[test]
fn both_sides_of_every_bump_are_kept_exactly() {
    let Some(folder) = corpus::folder("OPENAPI_BUMPS").filter(|_| is_long()) else { return };
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut documents = Vec::new();
    for entry in entries {
        let entry = entry.expect("an entry of the folder").path();
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for side in ["before", "after"] {
            let path = entry.join(format!("{side}.yaml"));
            if path.is_file() {
                documents.push((format!("{name}-{side}"), path));
            }
        }
    }
    assert!(!documents.is_empty(), "OPENAPI_BUMPS names {}, which has no bump", folder.display());
    documents.sort();
    judge("bumps", documents, instances()).check();
}
