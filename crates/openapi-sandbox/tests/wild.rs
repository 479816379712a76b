//! Every published document in the folder that `OPENAPI_WILD` names starts, and answers each of its operations. Without the
//! variable there is nothing to do.

mod common;

use std::path::{Path, PathBuf};

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_sandbox::{Sandbox, ServedOperation};
use serde_json::Value;

const MAX_BYTES: u64 = 1024 * 1024;

#[tokio::test]
async fn every_published_document_is_served() {
    let Some(folder) = std::env::var_os("OPENAPI_WILD") else {
        println!("skipped: OPENAPI_WILD names no folder of documents");
        return;
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES));
    paths.sort();
    let mut failures = Vec::new();
    for path in &paths {
        let started = std::time::Instant::now();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let document = read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let sandbox = Sandbox::serve(document).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let operations = sandbox.operations();
        let client = reqwest::Client::new();
        for operation in &operations {
            if let Some(failure) = call(&client, &sandbox, operation).await {
                failures.push(format!("{name}: {} {}: {failure}", operation.method, operation.path));
            }
        }
        println!("{name}: {} operations, {:.1} s", operations.len(), started.elapsed().as_secs_f64());
    }
    assert!(!paths.is_empty(), "the folder has no documents");
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}

/// Reads a document as the command does. What the generator refuses is served all the same.
fn read(path: &Path) -> Result<Value, String> {
    let loaded = Loaded::path(path).map(|mut loaded| loaded.documents.remove(0));
    match loaded {
        Ok(loading) => Ok(loading.served().clone()),
        Err(_) => SourceFile::read(path).and_then(|file| file.parse()).map_err(|error| error.to_string()),
    }
}

/// Calls an operation with every credential that the sandbox accepts; what is wrong with the answer.
async fn call(client: &reqwest::Client, sandbox: &Sandbox, operation: &ServedOperation) -> Option<String> {
    let template = operation.path.split('#').next().unwrap_or_default();
    let path: String =
        template.chars().map(|character| if "{}<>\"".contains(character) { '1' } else { character }).collect();
    let path = format!("/{}", path.trim_start_matches('/')).replace(' ', "%20");
    let bearer = format!("Bearer {}", sandbox.bearer_token());
    let answer = common::send_by(client, sandbox, &operation.method, &path, &[("authorization", &bearer)], "").await;
    let arrived = sandbox.arrived().last().map(|arrived| arrived.operation.clone());
    match answer.status {
        500.. => Some(format!("{}: {}", answer.status, answer.text)),
        404 if arrived.is_none() => Some("no operation is found".to_owned()),
        _ => None,
    }
}
