//! The operation table of the whole API: what each row says of its operation is what the document says, read here with
//! nothing of the pipeline's. The client is built from a folder that `CONFLUENT_SPEC_DIR` names, with no change in `src/`.

#[path = "../crates/openapi-build/tests/support/corpus.rs"]
mod corpus;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// A program that writes the operation table, and the security schemes, as JSON.
const PROGRAM: &str = r#"//! Writes the operation table.
use confluent_cloud::DEFINITION;
use serde_json::{Value, json};

fn main() {
    let rows = DEFINITION.operations.iter().map(|row| {
        let servers = row.servers.iter().map(|server| {
            let variables = server.variables.iter().map(|variable| json!([variable.name, variable.default]));
            json!({"url": server.url, "variables": variables.collect::<Vec<Value>>()})
        });
        let security = row.security.iter().map(|alternative| {
            let requirements = alternative.iter().map(|it| (it.scheme.to_owned(), json!(it.scopes)));
            Value::Object(requirements.collect())
        });
        json!({
            "id": row.id, "method": row.method, "path": row.path, "stage": row.lifecycle_stage,
            "idempotent": row.idempotent, "statuses": row.statuses,
            "servers": servers.collect::<Vec<Value>>(), "security": security.collect::<Vec<Value>>(),
        })
    });
    let schemes: Vec<&str> = DEFINITION.security_schemes.iter().map(|scheme| scheme.name).collect();
    println!("{}", json!({"rows": rows.collect::<Vec<Value>>(), "schemes": schemes}));
}
"#;

/// What the document says of each operation, in the order of its paths.
fn rows(document: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let method = method.to_ascii_uppercase();
            let idempotent = match method.as_str() {
                "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE" => true,
                "POST" | "PATCH" => operation["x-idempotent"] == true,
                _ => continue,
            };
            let nearest = |key: &str| [operation, item, document].into_iter().find_map(|it| it.get(key)?.as_array());
            let servers = nearest("servers").into_iter().flatten().map(|server| {
                let variables = server["variables"].as_object().into_iter().flatten();
                let variables = variables.map(|(name, variable)| json!([name, variable["default"]]));
                json!({"url": server["url"], "variables": variables.collect::<Vec<Value>>()})
            });
            // A Path Item Object has no `security`.
            let security = [operation, document].into_iter().find_map(|it| it.get("security")).cloned();
            let statuses = operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status);
            rows.push(json!({
                "id": operation["operationId"], "method": method, "path": path,
                "stage": operation["x-lifecycle-stage"], "idempotent": idempotent,
                "statuses": statuses.collect::<Vec<_>>(), "servers": servers.collect::<Vec<Value>>(),
                "security": security.unwrap_or(json!([])),
            }));
        }
    }
    rows
}

/// A folder with a copy of `document` and a manifest that names it: the one that the walk of the whole API uses too, so
/// that the client is built once.
fn spec_folder(document: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole-api-spec");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let manifest = "[[document]]\nname = \"whole\"\n[[document.file]]\npath = \"whole.json\"\n\
                    origin = \"https://example.com/\"\ndate = 2023-12-01\n";
    let bytes = std::fs::read(document).expect("the document can be read");
    for (name, bytes) in [("whole.json", bytes.as_slice()), ("spec.toml", manifest.as_bytes())] {
        let path = folder.join(name);
        if std::fs::read(&path).map_or(true, |old| old != bytes) {
            std::fs::write(path, bytes).expect("the target folder can be written");
        }
    }
    folder
}

/// Builds the program against this package, made from the definition in `spec`, and runs it.
fn run(spec: &Path) -> Value {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let root = temporary.join("operation-table");
    std::fs::create_dir_all(root.join("src")).expect("the target folder can be written");
    let manifest = format!(
        "[package]\nname = \"operation-table\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         confluent-cloud = {{ path = {:?}, features = [\"both-ways\", \"sandbox\"] }}\n\
         serde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::write(root.join("Cargo.toml"), manifest).expect("the target folder can be written");
    std::fs::write(root.join("src/main.rs"), PROGRAM).expect("the target folder can be written");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet"])
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", temporary.join("whole-api/target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CONFLUENT_SPEC_DIR", spec)
        .output()
        .expect("cargo runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", error.chars().take(6000).collect::<String>());
    serde_json::from_slice(&output.stdout).expect("the program writes JSON")
}

#[test]
fn each_row_of_the_whole_api_says_what_the_document_says() {
    let Some(path) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { return };
    let document: Value = serde_json::from_slice(&std::fs::read(&path).expect("it can be read")).expect("it is JSON");
    let table = run(&spec_folder(&path));
    let (rows, expected) = (table["rows"].as_array().expect("a list"), rows(&document));
    assert_eq!(rows.len(), expected.len(), "a row for each operation");
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(row, expected);
    }
    let schemes = document["components"]["securitySchemes"].as_object().expect("there are schemes");
    assert_eq!(table["schemes"], json!(schemes.keys().collect::<Vec<_>>()));
    let said = |key: &str| rows.iter().filter(|row| !row[key].is_null() && row[key] != json!([])).count();
    println!(
        "{} rows; servers of {}, security of {}, a lifecycle stage of {}",
        rows.len(),
        said("servers"),
        said("security"),
        said("stage")
    );
    assert!(said("servers") == rows.len() && said("security") > 0);
}
