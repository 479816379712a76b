//! Every operation of the whole API, each documented status of it, against the sandbox: the client built from that
//! definition, with nothing changed in `src/`, must land in the right variant.

#[path = "../crates/openapi-build/tests/support/corpus.rs"]
mod corpus;
#[allow(dead_code)] // what judges types is used elsewhere
#[path = "../crates/openapi-build/tests/support/oracle.rs"]
mod oracle;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use oracle::{Random, Side};
use serde_json::Value;

/// One call: the statement that makes it, and what each status must become.
struct Walk {
    id: String,
    call: String,
    /// What the sandbox is told to answer, and the start of what the driver then prints.
    expected: Vec<(u16, String)>,
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolved(document, document.pointer(pointer).expect("references lead somewhere")),
        None => value,
    }
}

/// A value that `schema` takes: the first of many tries, or the last.
fn valid(side: &Side, schema: &Value, seed: &str) -> Value {
    let judge = side.judge(schema, true);
    let mut random = Random::new(seed);
    let mut instance = side.instance(schema, &mut random, 0);
    for _ in 0..400 {
        if judge.is_valid(&instance) && instance != "" && !instance.is_null() {
            break;
        }
        instance = side.instance(schema, &mut random, 0);
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

fn walk(document: &Value, side: &Side, binding: &Value) -> Walk {
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
            _ => format!("&made({:?})", value.to_string()),
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
        found.map_or("no such variant".to_owned(), |variant| {
            format!("{} ", variant["name"].as_str().unwrap_or_default())
        })
    };
    let statuses = operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status.as_str());
    let mut expected: Vec<(u16, String)> = statuses
        .map(|status| match status.parse::<u16>() {
            Ok(code) if status.starts_with('2') => (code, format!("success {code}")),
            Ok(code) => (code, variant(status)),
            Err(_) if status.starts_with('5') => (555, variant(status)),
            Err(_) => (418, variant(status)),
        })
        .collect();
    // A refused token is fetched again and the request sent once more: what is left of that must not disturb the others.
    expected.sort_by_key(|(status, _)| *status == 401);
    Walk { id: text("id").to_owned(), call, expected }
}

fn driver(walks: &[Walk]) -> String {
    let mut code = String::from(
        "//! Calls every operation once for each status that it documents.\n\
         use confluent_cloud::sandbox::{Answer, Sandbox};\n\
         use confluent_cloud::support::{FromHeaders, FromJson, read_request};\n\
         use confluent_cloud::{CallOptions, Client, Error, Response, types};\n\
         fn made<T: FromJson>(json: &str) -> T {\n    \
             read_request(json).unwrap_or_else(|error| panic!(\"{json}: {error}\"))\n}\n\
         fn outcome<T, H: FromHeaders, E: std::fmt::Debug + std::fmt::Display>(result: Result<Response<T, H>, Error<E>>) -> String {\n    \
             match result {\n        \
                 Ok(response) => format!(\"success {}\", response.status().as_u16()),\n        \
                 Err(error) => match error.documented() {\n            \
                     Some(documented) => format!(\"{documented:?}\"),\n            \
                     None => format!(\"undocumented: {error}\"),\n        \
                 },\n    }\n}\n\
         #[tokio::main]\nasync fn main() {\n    \
             let sandbox = Sandbox::start().await.unwrap();\n    \
             let client = sandbox.client_builder().heed_rate_limit(false).build().unwrap().with(CallOptions::new().no_retry());\n",
    );
    for (index, _) in walks.iter().enumerate() {
        let _ = writeln!(code, "    walk_{index}(&sandbox, &client).await;");
    }
    code.push_str("}\n");
    for (index, walk) in walks.iter().enumerate() {
        let statuses: Vec<String> = walk.expected.iter().map(|(status, _)| status.to_string()).collect();
        let _ = write!(
            code,
            "#[allow(deprecated)]\nasync fn walk_{index}(sandbox: &Sandbox, client: &Client) {{\n    for status in [{}] {{\n        \
             sandbox.answer({:?}, Answer::Status(status));\n        \
             if status == 401 {{ sandbox.answer({:?}, Answer::Status(status)); }}\n        \
             let text = outcome({}.send().await);\n        \
             println!(\"{{}}\", text.replace('\\n', \" \"));\n    }}\n}}\n",
            statuses.join(", "),
            walk.id,
            walk.id,
            walk.call,
        );
    }
    code
}

/// Builds the driver against this package, made from the definition in `spec`, and runs it.
fn run(spec: &Path, code: &str) -> String {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole-api");
    std::fs::create_dir_all(root.join("src")).expect("the target folder can be written");
    let manifest = format!(
        "[package]\nname = \"whole-api\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         confluent-cloud = {{ path = {:?}, features = [\"both-ways\", \"sandbox\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::write(root.join("Cargo.toml"), manifest).expect("the target folder can be written");
    std::fs::write(root.join("src/main.rs"), code).expect("the target folder can be written");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet"])
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CONFLUENT_SPEC_DIR", spec)
        .output()
        .expect("cargo runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", error.chars().take(6000).collect::<String>());
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A folder with a copy of `document` and a manifest that names it.
fn spec_folder(document: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole-api-spec");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let bytes = std::fs::read(document).expect("the document can be read");
    std::fs::write(folder.join("whole.json"), &bytes).expect("the target folder can be written");
    let manifest = "[[document]]\nname = \"whole\"\n[[document.file]]\npath = \"whole.json\"\n\
                    origin = \"https://example.com/\"\ndate = 2023-12-01\n";
    std::fs::write(folder.join("spec.toml"), manifest).expect("the target folder can be written");
    folder
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
    let walks: Vec<Walk> = operations.iter().map(|binding| walk(document, &side, binding)).collect();
    let printed = run(&spec_folder(&path), &driver(&walks));
    let mut lines = printed.lines();
    let mut wrong = Vec::new();
    let mut steps = 0;
    for walk in &walks {
        for (status, expected) in &walk.expected {
            let line = lines.next().unwrap_or_default();
            steps += 1;
            if !line.starts_with(expected.as_str()) {
                wrong.push(format!(
                    "{} {status}: {expected}, but {}",
                    walk.id,
                    line.chars().take(300).collect::<String>()
                ));
            }
        }
    }
    println!("{} operations, {steps} statuses walked, {} wrong", walks.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {steps}:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert_eq!(document["paths"].as_object().map_or(0, |paths| paths.values().map(operations_of).sum()), walks.len());
}

fn operations_of(item: &Value) -> usize {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    item.as_object().map_or(0, |item| item.keys().filter(|key| methods.contains(&key.as_str())).count())
}
