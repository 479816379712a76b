//! Every operation of the whole API, each documented status of it, against the sandbox: the client built from that
//! definition, with nothing changed in `src/`, must land in the right variant.

mod driver;
mod lists;

use driver::Calls;
use serde_json::Value;
use testing::instances::{Maker, Random, Taken, UNDECLARED};
use testing::oracle::Side;
use testing::{corpus, whole};

/// The calls of one operation, and what must come of them.
struct Walk<'a> {
    calls: Calls<'a>,
    /// What the driver must say of each status, and what the definition says of the response.
    expected: Vec<(String, &'a Value)>,
    /// The headers that the request may carry, in small letters.
    headers: Vec<String>,
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolved(document, document.pointer(pointer).expect("references lead somewhere")),
        None => value,
    }
}

/// A value that `schema` takes: the first of many tries, or the last.
fn valid(side: &Side, schema: &Value, seed: &str) -> Value {
    let judge = side.judge(&[schema], true);
    let mut maker = Maker { side, random: Random::new(seed), taken: Taken::Some };
    let mut instance = maker.value(&[schema], 0);
    for _ in 0..400 {
        if judge.is_valid(&instance) && instance != "" && !instance.is_null() {
            break;
        }
        instance = maker.value(&[schema], 0);
    }
    instance
}

/// The schema of a parameter of the operation, or of its path.
fn parameter<'a>(
    document: &'a Value,
    item: &'a Value,
    operation: &'a Value,
    name: &str,
    at: &str,
) -> Option<&'a Value> {
    let lists = [operation, item].map(|of| of.get("parameters").and_then(Value::as_array));
    let parameters = lists.into_iter().flatten().flatten().map(|value| resolved(document, value));
    let mut found = parameters.filter(|it| it["name"] == name && it["in"] == at);
    found.find_map(|it| it.get("schema"))
}

fn walk<'a>(document: &'a Value, side: &Side, binding: &'a Value) -> Walk<'a> {
    let text = |key: &str| binding[key].as_str().unwrap_or_default();
    let item = &document["paths"][text("path")];
    let operation = &item[text("method").to_ascii_lowercase()];
    let mut arguments = Vec::new();
    for argument in binding["arguments"].as_array().into_iter().flatten().filter(|it| it["required"] == true) {
        let (name, at) = (argument["name"].as_str().unwrap_or_default(), argument["in"].as_str().unwrap_or_default());
        let schema = parameter(document, item, operation, name, at).expect("every argument is a parameter");
        let value = valid(side, schema, name);
        arguments.push(match argument["type"].as_str().unwrap_or_default() {
            "str" => format!("{:?}", value.as_str().unwrap_or("a")),
            "bool" | "i32" | "i64" | "f32" | "f64" => value.to_string(),
            ty if argument["reference"] == true => format!("&made::<{ty}>({:?})", value.to_string()),
            _ => format!("made({:?})", value.to_string()),
        });
    }
    let body = &binding["body"];
    if body["required"] == true {
        let media_type = body["media_type"].as_str().unwrap_or_default();
        let content = &resolved(document, &operation["requestBody"])["content"][media_type];
        arguments.push(match body["type"].as_str().unwrap_or_default() {
            ty if ty.starts_with("impl") => "\"bytes\"".to_owned(),
            _ => format!("made({:?})", valid(side, &content["schema"], text("id")).to_string()),
        });
    }
    let method = text("rust").rsplit("::").next().unwrap_or_default();
    let call = format!("client.{method}({})", arguments.join(", "));
    let variants = binding["error"]["variants"].as_array();
    let variant = |status: &str| {
        let mut variants = variants.into_iter().flatten();
        let found = variants
            .find(|variant| variant["status"] == status || (status == "default" && variant["name"] == "Default"));
        found.and_then(|variant| variant["name"].as_str()).unwrap_or("no such variant").to_owned()
    };
    let responses = operation["responses"].as_object().into_iter().flatten();
    let mut steps: Vec<(u16, String, &Value)> = responses
        .map(|(status, response)| {
            let (code, what) = match status.parse::<u16>() {
                Ok(code) if status.starts_with('2') => (code, format!("success {code}")),
                Ok(code) => (code, variant(status)),
                Err(_) if status.starts_with('5') => (555, variant(status)),
                Err(_) => (418, variant(status)),
            };
            (code, what, resolved(document, response))
        })
        .collect();
    // A refused token is fetched again and the request sent once more: what is left of that must not disturb the others.
    steps.sort_by_key(|(status, ..)| *status == 401);
    let lists = [operation, item].map(|of| of.get("parameters").and_then(Value::as_array));
    let parameters = lists.into_iter().flatten().flatten().map(|value| resolved(document, value));
    let headers = parameters.filter(|it| it["in"] == "header").filter_map(|it| it["name"].as_str());
    Walk {
        headers: headers.chain(["accept", "content-type"]).map(str::to_ascii_lowercase).collect(),
        calls: Calls {
            id: binding["id"].as_str().unwrap_or_default(),
            binding,
            call,
            statuses: steps.iter().map(|(status, ..)| *status).collect(),
        },
        expected: steps.into_iter().map(|(_, what, response)| (what, response)).collect(),
    }
}

/// What is wrong with a line of the driver.
fn wrong(side: &Side, walk: &Walk<'_>, (what, response): &(String, &Value), line: &str) -> Option<String> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [said, typed, sent, headers] = parts.as_slice() else { return Some("no such line".into()) };
    if said != what {
        return Some(format!("{what}, but {said}"));
    }
    for header in headers.split('\u{1f}').filter(|header| !header.is_empty()) {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        if !walk.headers.iter().any(|known| known == name) {
            return Some(format!("nothing asks for the header {name}: {value}"));
        }
    }
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let (typed, sent) = (parse(typed), parse(sent));
    let sent = sent.as_str().unwrap_or_default();
    let content = response["content"].as_object().into_iter().flatten().next();
    match content {
        _ if walk.calls.binding["method"] == "HEAD" => (typed != Value::Null).then(|| "a body".into()),
        None => (typed != Value::Null).then(|| format!("no body is documented, but there is {typed}")),
        Some((media_type, media)) if media_type.contains("json") => {
            differs(side, &[&media["schema"]], &parse(sent), &typed).map(|at| format!("{at}: {sent} became {typed}"))
        }
        Some(_) => (typed.as_str() != Some(sent)).then(|| format!("{sent} became {typed}")),
    }
}

/// Where `typed` is not what was `sent`, what the definition does not declare aside: such members are dropped.
fn differs(side: &Side, schemas: &[&Value], sent: &Value, typed: &Value) -> Option<String> {
    let mut flat = side.flat(schemas);
    for key in ["oneOf", "anyOf"] {
        let alternatives: Vec<&Value> =
            flat.iter().filter_map(|schema| schema.get(key)?.as_array()).flatten().collect();
        flat.extend(side.flat(&alternatives));
    }
    let instant = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok();
    match (sent, typed) {
        (Value::Object(sent), Value::Object(typed)) => {
            if let Some(name) = typed.keys().find(|name| !sent.contains_key(*name)) {
                return Some(format!("/{name}"));
            }
            sent.iter().find_map(|(name, value)| {
                let property = side.property(&flat, name);
                let at = match typed.get(name) {
                    Some(typed) => differs(side, &property, value, typed),
                    None => (name != UNDECLARED && !property.is_empty()).then(String::new),
                };
                at.map(|at| format!("/{name}{at}"))
            })
        }
        (Value::Array(sent), Value::Array(typed)) if sent.len() == typed.len() => {
            let items: Vec<&Value> = flat.iter().filter_map(|schema| schema.get("items")).collect();
            let mut both = sent.iter().zip(typed).enumerate();
            both.find_map(|(at, (sent, typed))| Some(format!("/{at}{}", differs(side, &items, sent, typed)?)))
        }
        (Value::Number(sent), Value::Number(typed)) if sent.as_f64() == typed.as_f64() => None,
        _ if sent == typed => None,
        _ => (instant(sent).is_none() || instant(sent) != instant(typed)).then(String::new),
    }
}

#[test]
fn every_documented_status_of_every_operation_is_its_variant() {
    let Some(path) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { return };
    let loaded = openapi_build::pipeline::Loaded::path(&path).expect("the document loads").both_ways(true);
    let output = loaded.generate().expect("the document generates");
    let document = &output.documents[0]["document"];
    let bindings = openapi_build::generate::bindings(&output.code).expect("the code is a client");
    let side = Side::request(document);
    let operations = bindings["operations"].as_array().expect("a list");
    let walks: Vec<Walk<'_>> = operations.iter().map(|binding| walk(document, &side, binding)).collect();
    let calls: Vec<&Calls<'_>> = walks.iter().map(|walk| &walk.calls).collect();
    let printed = whole::run(env!("CARGO_TARGET_TMPDIR"), &path, "whole-api", &driver::program(&calls));
    let responses = Side::response(document);
    let mut lines = printed.lines();
    let mut problems = Vec::new();
    let mut steps = 0;
    for walk in &walks {
        for (status, expected) in walk.calls.statuses.iter().zip(&walk.expected) {
            steps += 1;
            if let Some(problem) = wrong(&responses, walk, expected, lines.next().unwrap_or_default()) {
                let problem: String = problem.chars().take(600).collect();
                problems.push(format!("{} {status}: {problem}", walk.calls.id));
            }
        }
    }
    println!("{} operations, {steps} statuses walked, {} wrong", walks.len(), problems.len());
    assert!(problems.is_empty(), "{} of {steps}:\n{}", problems.len(), problems[..problems.len().min(20)].join("\n"));
    assert_eq!(document["paths"].as_object().map_or(0, |paths| paths.values().map(operations_of).sum()), walks.len());
}

fn operations_of(item: &Value) -> usize {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    item.as_object().map_or(0, |item| item.keys().filter(|key| methods.contains(&key.as_str())).count())
}
