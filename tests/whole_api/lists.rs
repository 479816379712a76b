//! Every list of the whole API that pages, walked to its end against the sandbox by a test-only program.

use std::fmt::Write as _;

use serde_json::Value;
use testing::oracle::Side;
use testing::{corpus, whole};

use crate::{resolved, walk};

/// What is the same for all lists.
const START: &str = r#"//! Walks every list to its end.
#![allow(deprecated, unused_imports, clippy::all)]

use confluent_cloud::sandbox;
use confluent_cloud::{CallOptions, Client, types};
use openapi_runtime::codegen::read;
use openapi_runtime::{FromJson, Items, List, Pages};

fn made<T: FromJson>(json: &str) -> T {
    read(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

async fn walk<O: List>(mut pages: Pages<O>, mut items: Items<O>)
where
    O::Error: std::fmt::Display,
{
    let (mut counted, mut failure) = ([0, 0], String::new());
    while let Some(page) = pages.next().await {
        match page {
            Ok(_) => counted[0] += 1,
            Err(error) => failure = error.to_string().replace(['\n', '\t'], " "),
        }
    }
    while let Some(item) = items.next().await {
        match item {
            Ok(_) => counted[1] += 1,
            Err(error) => failure = error.to_string().replace(['\n', '\t'], " "),
        }
    }
    println!("{}\t{}\t{}\t{failure}", O::OPERATION.id, counted[0], counted[1]);
}

#[tokio::main]
async fn main() {
    let sandbox = sandbox::start().await.unwrap();
    let client = sandbox.client_builder::<Client>().wait_for_rate_limit(false).build().unwrap();
"#;

/// The schemas of a property of what `schemas` describe.
fn property<'a>(side: &'a Side, schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
    side.property(&side.flat(schemas), name)
}

/// Whether an operation gives a list, and whether something in it is about pages.
fn is_list<'a>(document: &'a Value, side: &'a Side, operation: &'a Value, item: &'a Value) -> (bool, bool) {
    let response = resolved(document, &operation["responses"]["200"]);
    let Some(schema) = response["content"].as_object().and_then(|content| content.values().next()?.get("schema"))
    else {
        return (false, false);
    };
    let is_array = |schemas: &[&Value]| side.flat(schemas).iter().any(|schema| schema["type"] == "array");
    let named = operation["operationId"].as_str().is_some_and(|id| id.to_ascii_lowercase().starts_with("list"));
    let metadata = property(side, &[schema], "metadata");
    let linked = !metadata.is_empty() && !property(side, &metadata, "next").is_empty();
    let lists = [operation, item].map(|of| of.get("parameters").and_then(Value::as_array));
    let mut parameters = lists.into_iter().flatten().flatten().map(|value| resolved(document, value));
    let paging = ["page_token", "pageToken", "offset", "page", "cursor"];
    let has_parameter = parameters.any(|it| it["in"] == "query" && paging.iter().any(|name| it["name"] == *name));
    let data = property(side, &[schema], "data");
    let list = named || is_array(&[schema]) || (!data.is_empty() && is_array(&data)) || linked || has_parameter;
    (list, linked || has_parameter)
}

#[test]
fn every_list_that_pages_is_walked_to_its_end() {
    let Some(path) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { return };
    let loaded = openapi_build::pipeline::Loaded::path(&path).expect("the document loads").both_ways(true);
    let output = loaded.generate().expect("the document generates");
    let document = &output.documents[0]["document"];
    let bindings = openapi_build::generate::bindings(&output.code).expect("the code is a client");
    let (request, response) = (Side::request(document), Side::response(document));
    let mut code = START.to_owned();
    let (mut lists, mut whole_lists, mut missed) = (Vec::new(), Vec::new(), Vec::new());
    for binding in bindings["operations"].as_array().expect("a list") {
        let text = |key: &str| binding[key].as_str().unwrap_or_default();
        if binding.get("item").is_some() {
            let call = walk(document, &request, binding).calls.call;
            let _ = writeln!(code, "    walk({call}.pages(), {call}.items()).await;");
            lists.push(text("id"));
            continue;
        }
        let item = &document["paths"][text("path")];
        match is_list(document, &response, &item[text("method").to_ascii_lowercase()], item) {
            _ if text("method") != "GET" => {}
            (true, true) => missed.push(text("id")),
            (true, false) => whole_lists.push(text("id")),
            (false, _) => {}
        }
    }
    code.push_str("}\n");
    let printed = whole::run(env!("CARGO_TARGET_TMPDIR"), &path, "whole-api-lists", &code);
    let mut problems = Vec::new();
    for (id, line) in lists.iter().zip(printed.lines()) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [said, pages, items, failure] = parts.as_slice() else { panic!("{line}") };
        let counts = [pages, items].map(|count| count.parse::<usize>().expect("a number"));
        if said != id || counts[0] < 3 || counts[1] == 0 || !failure.is_empty() {
            problems.push(line.to_owned());
        }
    }
    println!("{} lists page by themselves, of which {} end wrongly", lists.len(), problems.len());
    println!("{} give all of their items at once: {}", whole_lists.len(), whole_lists.join(", "));
    assert_eq!(printed.lines().count(), lists.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(missed.is_empty(), "they page, and nothing follows: {}", missed.join(", "));
    assert!(lists.len() > 60, "{}", lists.len());
}
