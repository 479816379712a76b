//! The operation table of the whole API: what each row says of its operation is what the document says, read here with
//! nothing of the pipeline's. The client is built from a folder that `CONFLUENT_SPEC_DIR` names, with no change in `src/`.

use serde_json::{Value, json};
use testing::{corpus, whole};

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

#[test]
fn each_row_of_the_whole_api_says_what_the_document_says() {
    let Some(path) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { return };
    let document: Value = serde_json::from_slice(&std::fs::read(&path).expect("it can be read")).expect("it is JSON");
    let printed = whole::run(env!("CARGO_TARGET_TMPDIR"), &path, "operation-table", PROGRAM);
    let table: Value = serde_json::from_str(&printed).expect("the program writes JSON");
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
