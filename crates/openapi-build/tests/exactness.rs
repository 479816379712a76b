//! The generated types against JSON Schema: a request type takes exactly what the definition takes, a response type all
//! that the definition takes, and both give it back unchanged.
//!
//! `EXACTNESS_INSTANCES` is the number of instances for each body, half of them mutants; 10 where it is not set.

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/rustc.rs"]
mod rustc;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use openapi_build::generate::bindings;
use openapi_build::pipeline::Loaded;
use oracle::{Random, Side, UNDECLARED};
use serde_json::{Value, json};

/// A body of an operation: where its schema stands, and its Rust type.
struct Body {
    pointer: String,
    ty: String,
    request: bool,
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

/// The pointer of the first JSON schema in the `content` of what `pointer` leads to.
fn json_schema(document: &Value, pointer: &str) -> Option<String> {
    let mut pointer = pointer.to_owned();
    while let Some(reference) = document.pointer(&pointer)?.get("$ref").and_then(Value::as_str) {
        pointer = reference.strip_prefix('#')?.to_owned();
    }
    let content = document.pointer(&pointer)?.get("content")?.as_object()?;
    let (media_type, media) = content.iter().find(|(media_type, _)| is_json(media_type))?;
    media.get("schema")?;
    Some(format!("{pointer}/content/{}/schema", escape(media_type)))
}

/// Every JSON body of every operation that has a type of its own.
fn bodies(document: &Value, code: &str) -> Vec<Body> {
    let bindings = bindings(code).expect("the code is a client");
    let mut bodies = Vec::new();
    for operation in bindings["operations"].as_array().into_iter().flatten() {
        let text = |key: &str| operation[key].as_str().unwrap_or_default();
        let at = format!("/paths/{}/{}", escape(text("path")), text("method").to_ascii_lowercase());
        let mut add = |pointer: Option<String>, ty: &Value, request: bool| {
            let ty = ty.as_str().unwrap_or_default().to_owned();
            if let Some(pointer) = pointer.filter(|_| ty.contains("types::")) {
                bodies.push(Body { pointer, ty, request });
            }
        };
        add(json_schema(document, &format!("{at}/requestBody")), &operation["body"]["type"], true);
        let responses = document.pointer(&format!("{at}/responses")).and_then(Value::as_object);
        let success = responses.into_iter().flatten().find(|(status, _)| status.starts_with('2'));
        if let Some((status, _)) = success {
            let pointer = json_schema(document, &format!("{at}/responses/{status}"));
            add(pointer, &operation["success"]["type"], false);
        }
        for variant in operation["error"]["variants"].as_array().into_iter().flatten() {
            let status = variant["status"].as_str().unwrap_or_default();
            let pointer = json_schema(document, &format!("{at}/responses/{status}"));
            add(pointer, &variant["body"], false);
        }
    }
    bodies.sort_by(|a, b| (&a.pointer, &a.ty).cmp(&(&b.pointer, &b.ty)));
    bodies.dedup_by(|a, b| a.pointer == b.pointer && a.ty == b.ty);
    bodies
}

/// A program that reads `number TAB json` lines, and writes for each what the type of that number makes of it.
fn program(bodies: &[Body]) -> String {
    let arms: String = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            let read = if body.request { "support::read_request" } else { "read" };
            format!("        {index} => trip({read}::<{}>(text)),\n", body.ty)
        })
        .collect();
    format!(
        "//! Reads and writes values of generated types.\n#![allow(missing_docs, unreachable_patterns)]\n\
         include!(\"client.rs\");\n\
         use std::io::{{BufRead, Write}};\n\
         fn read<T: support::FromJson>(text: &str) -> Result<T, support::ReadError> {{ support::read(text.as_bytes()) }}\n\
         fn trip<T: serde::Serialize>(read: Result<T, support::ReadError>) -> Result<String, String> {{\n    \
             let value = read.map_err(|error| error.to_string())?;\n    \
             serde_json::to_string(&value).map_err(|error| error.to_string())\n}}\n\
         fn one(number: usize, text: &str) -> Result<String, String> {{\n    match number {{\n{arms}        \
             _ => unreachable!(),\n    }}\n}}\n\
         fn main() {{\n    let mut out = std::io::BufWriter::new(std::io::stdout().lock());\n    \
             for line in std::io::stdin().lock().lines() {{\n        \
                 let line = line.unwrap();\n        let (number, text) = line.split_once('\\t').unwrap();\n        \
                 match one(number.parse().unwrap(), text) {{\n            \
                     Ok(text) => writeln!(out, \"ok\\t{{text}}\").unwrap(),\n            \
                     Err(error) => writeln!(out, \"no\\t{{}}\", error.to_string().replace('\\n', \" \")).unwrap(),\n        \
                 }}\n    }}\n}}\n"
    )
}

/// An instance, and what the judge says of it.
struct Case {
    body: usize,
    instance: Value,
    valid: bool,
    /// What the judge says where a schema that has properties and no type is one of objects.
    valid_object: bool,
}

fn cases(document: &Value, bodies: &[Body], instances: usize) -> Vec<Case> {
    let sides = [Side::response(document), Side::request(document)];
    let mut cases = Vec::new();
    for (number, body) in bodies.iter().enumerate() {
        let side = &sides[usize::from(body.request)];
        let schema = document.pointer(&body.pointer).expect("bindings lead to the document");
        let (judge, implied) = (side.judge(schema, false), side.judge(schema, true));
        let mut random = Random::new(&body.pointer);
        for index in 0..instances {
            let mut instance = side.instance(schema, &mut random, 0);
            if index % 2 == 1 {
                instance = side.mutant(&instance, &mut random);
            }
            let (valid, valid_object) = (judge.is_valid(&instance), implied.is_valid(&instance));
            cases.push(Case { body: number, instance, valid, valid_object });
        }
    }
    cases
}

/// Where the type and the judge may differ: each a rule of `docs/exactness.md`.
fn rule(case: &Case, request: bool, outcome: &Outcome) -> Option<&'static str> {
    let any = |found: fn(&Value) -> bool| anywhere(&case.instance, found);
    match outcome {
        Outcome::TookInvalid if !request => Some("a response is read leniently"),
        Outcome::RefusedValid | Outcome::Changed if !case.valid_object => {
            Some("a schema that has properties and no type is one of objects")
        }
        Outcome::RefusedValid if any(|value| value.as_f64().is_some_and(|n| !value.is_i64() && n.fract() == 0.0)) => {
            Some("a whole number with a fraction, or beyond 64 bits, is no integer in Rust")
        }
        _ => None,
    }
}

enum Outcome {
    Agreed,
    TookInvalid,
    RefusedValid,
    Changed,
}

fn anywhere(value: &Value, found: fn(&Value) -> bool) -> bool {
    found(value)
        || match value {
            Value::Array(items) => items.iter().any(|item| anywhere(item, found)),
            Value::Object(members) => members.values().any(|member| anywhere(member, found)),
            _ => false,
        }
}

/// Whether `back` is `sent`, undeclared members aside; two texts for one instant are the same.
fn same(sent: &Value, back: &Value) -> bool {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            sent.iter().all(|(name, value)| match back.get(name) {
                Some(other) => same(value, other),
                None => name == UNDECLARED,
            }) && back.keys().all(|name| sent.contains_key(name))
        }
        (Value::Array(sent), Value::Array(back)) => {
            sent.len() == back.len() && sent.iter().zip(back).all(|(sent, back)| same(sent, back))
        }
        (Value::Number(sent), Value::Number(back)) => {
            sent == back || (!sent.is_i64() || !back.is_i64()) && sent.as_f64() == back.as_f64()
        }
        (Value::String(sent), Value::String(back)) => {
            let instant = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
            sent == back
                || instant(sent).is_some_and(|sent| {
                    instant(back).is_some_and(|back| sent == back && sent.offset() == back.offset())
                })
        }
        _ => sent == back,
    }
}

/// How many bodies and instances there were, and what differs, by rule or as a line.
#[derive(Default)]
struct Tally {
    bodies: usize,
    instances: usize,
    valid: [usize; 2],
    rules: BTreeMap<&'static str, usize>,
    disagreements: BTreeMap<&'static str, Vec<String>>,
}

fn judge(set: &str, name: &str, path: &Path, instances: usize, tally: &mut Tally) {
    let loaded = Loaded::path(path).unwrap_or_else(|error| panic!("{name}: {error}")).both_ways(true);
    let output = loaded.generate().unwrap_or_else(|error| panic!("{name}: {error}"));
    let document = output.documents[0]["document"].clone();
    let bodies = bodies(&document, &output.code);
    let cases = cases(&document, &bodies, instances);
    let package = format!("exactness-{set}");
    let package = package.as_str();
    let workspace = rustc::Workspace::new(package, [(package, output.code.as_str())]);
    workspace.prepare();
    workspace.add(package, "src/main.rs", &program(&bodies));
    let input: String = cases.iter().map(|case| format!("{}\t{}\n", case.body, case.instance)).collect();
    let answers = workspace.run(package, &input).unwrap_or_else(|error| panic!("{name}: {error}"));
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len(), "{name}: an answer for each instance");
    tally.bodies += bodies.len();
    tally.instances += cases.len();
    for (case, answer) in cases.iter().zip(answers) {
        let body = &bodies[case.body];
        tally.valid[usize::from(body.request)] += usize::from(case.valid);
        let (verdict, text) = answer.split_once('\t').expect("a verdict");
        let back: Option<Value> = (verdict == "ok").then(|| serde_json::from_str(text).expect("JSON"));
        let outcome = match (case.valid, &back) {
            (false, Some(_)) => Outcome::TookInvalid,
            (true, None) => Outcome::RefusedValid,
            (true, Some(back)) if !same(&case.instance, back) => Outcome::Changed,
            _ => Outcome::Agreed,
        };
        let kind = match outcome {
            Outcome::Agreed => continue,
            Outcome::TookInvalid => "took what is not valid",
            Outcome::RefusedValid => "refused what is valid",
            Outcome::Changed => "gave back something else",
        };
        match rule(case, body.request, &outcome) {
            Some(rule) => *tally.rules.entry(rule).or_default() += 1,
            None => {
                let (side, ty, pointer) = (if body.request { "request" } else { "response" }, &body.ty, &body.pointer);
                let line = format!("{name} {side} {ty} at {pointer}\n    {}\n    {text}", case.instance);
                tally.disagreements.entry(kind).or_default().push(line);
            }
        }
    }
}

fn all(set: &str, paths: &[PathBuf]) {
    let instances = match std::env::var("EXACTNESS_INSTANCES") {
        Ok(text) => text.parse().expect("EXACTNESS_INSTANCES is a number"),
        Err(_) => 10,
    };
    let mut tally = Tally::default();
    for path in paths {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        judge(set, &name, path, instances, &mut tally);
    }
    let [responses, requests] = tally.valid;
    println!(
        "{} bodies, {} instances ({requests} valid requests, {responses} valid responses)",
        tally.bodies, tally.instances
    );
    for (rule, count) in &tally.rules {
        println!("  rule: {rule}: {count}");
    }
    let mut shown = String::new();
    for (kind, lines) in &tally.disagreements {
        println!("  {kind}: {}", lines.len());
        shown.push_str(&format!("{kind}: {}\n", lines.len()));
        lines.iter().take(8).for_each(|line| shown.push_str(&format!("  {line}\n")));
    }
    assert!(tally.disagreements.is_empty(), "{shown}");
    assert!(requests + responses > 0, "no instance is valid: {}", json!({"bodies": tally.bodies}));
}

#[test]
fn the_vendored_definition_is_kept_exactly() {
    all("vendored", &[corpus::workspace().join("spec")]);
}

#[test]
fn every_document_of_the_corpus_is_kept_exactly() {
    if let Some(paths) = corpus::documents("OPENAPI_CORPUS") {
        all("corpus", &paths);
    }
}
