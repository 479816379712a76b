//! The test-only driver of a generated client: a program that calls each operation once for each status that it
//! documents, and writes a line for each call: what came of it, its body as the typed value gives it, the body as it was
//! sent, and the names and values of the request's headers.

use std::fmt::Write as _;

use serde_json::Value;

/// One operation: the expression that starts a call of it, and the statuses that the sandbox is told to answer.
pub(crate) struct Calls<'a> {
    pub(crate) id: &'a str,
    /// What `generate::bindings` says of it.
    pub(crate) binding: &'a Value,
    pub(crate) call: String,
    pub(crate) statuses: Vec<u16>,
}

/// What is the same for all operations.
const START: &str = r#"//! Calls every operation once for each status that it documents.
#![allow(deprecated, unreachable_patterns, unused_imports, clippy::all)]

use std::sync::{Arc, Mutex};

use confluent_cloud::sandbox::{self, Answer, Sandbox};
use confluent_cloud::{CallOptions, Client, Transport, types};
use openapi_runtime::codegen::read;
use openapi_runtime::{Api, BoxFuture, Failure, FromJson, OperationError, Reply, Request};

fn made<T: FromJson>(json: &str) -> T {
    read(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// The headers of the last request, and the body of its answer.
static LAST: Mutex<(String, Vec<u8>)> = Mutex::new((String::new(), Vec::new()));

struct Recording(Arc<dyn Transport>);

impl Transport for Recording {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        Box::pin(async move {
            let headers = request.headers.iter();
            let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
            let sent = self.0.send(request).await;
            let body = sent.as_ref().map(|reply| reply.body.clone()).unwrap_or_default();
            *LAST.lock().unwrap() = (headers.join("\u{1f}"), body);
            sent
        })
    }
}

fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap()
}

fn text(value: &[u8]) -> serde_json::Value {
    String::from_utf8_lossy(value).into_owned().into()
}

fn say(what: &str, body: serde_json::Value) {
    let (headers, sent) = &*LAST.lock().unwrap();
    println!("{what}\t{body}\t{}\t{headers}", text(sent));
}

fn unexpected(error: &dyn OperationError) {
    say(&format!("undocumented: {error}").replace(['\n', '\t'], " "), serde_json::Value::Null);
}

#[tokio::main]
async fn main() {
    let sandbox = sandbox::start().await.unwrap();
    let client = sandbox.client_builder::<Client>().wait_for_rate_limit(false).build().unwrap().with(CallOptions::new().no_retry());
    let client = Client::with_transport(Recording(Arc::clone(client.transport())));
"#;

/// The program.
pub(crate) fn program(operations: &[&Calls<'_>]) -> String {
    let mut code = START.to_owned();
    for (index, _) in operations.iter().enumerate() {
        let _ = writeln!(code, "    walk_{index}(&sandbox, &client).await;");
    }
    code.push_str("}\n");
    let mut errors: Vec<&Value> = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let error = &operation.binding["error"];
        let known = errors.iter().position(|other| *other == error).unwrap_or(errors.len());
        if known == errors.len() {
            errors.push(error);
        }
        walk(&mut code, index, operation, known);
    }
    for (index, error) in errors.iter().enumerate() {
        shown(&mut code, index, error);
    }
    code
}

/// The function that makes the calls of one operation.
fn walk(code: &mut String, index: usize, operation: &Calls<'_>, error: usize) {
    let statuses: Vec<String> = operation.statuses.iter().map(u16::to_string).collect();
    let success = &operation.binding["success"];
    let body = value("body", success["type"].as_str().unwrap_or_default(), success.get("variants"));
    let _ = write!(
        code,
        "async fn walk_{index}(sandbox: &Sandbox, client: &Client) {{
    for status in [{}] {{
        // A refused token is fetched again, and the request sent once more.
        for _ in 0..=usize::from(status == 401) {{
            sandbox.answer({:?}, Answer::Status(status));
        }}
        match {}.send().await {{
            Ok(response) => {{
                let body = &*response;
                say(&format!(\"success {{}}\", response.status().as_u16()), {body});
            }}
            Err(error) => match error.documented() {{
                Some(documented) => error_{error}(documented),
                None => unexpected(&error),
            }},
        }}
    }}
}}
",
        statuses.join(", "),
        operation.id,
        operation.call,
    );
}

/// The function that says which variant of an enum of errors it is given.
fn shown(code: &mut String, index: usize, error: &Value) {
    let ty = error["type"].as_str().unwrap_or_default();
    let _ = writeln!(
        code,
        "fn error_{index}(error: &confluent_cloud::{ty}) {{\n    use confluent_cloud::{ty} as E;\n    match error {{"
    );
    for variant in error["variants"].as_array().into_iter().flatten() {
        let name = variant["name"].as_str().unwrap_or_default();
        let (field, body) = match variant["body"].as_str() {
            Some(ty) => ("body, ", value("body", ty, variant.get("variants"))),
            None => ("", "serde_json::Value::Null".to_owned()),
        };
        let _ = writeln!(code, "        E::{name} {{ {field}.. }} => say({name:?}, {body}),");
    }
    let _ = writeln!(code, "        _ => say(\"no variant\", serde_json::Value::Null),\n    }}\n}}");
}

/// An expression of the JSON of `name`, a reference to a `ty`, which may be one of several.
fn value(name: &str, ty: &str, variants: Option<&Value>) -> String {
    match variants.and_then(Value::as_array) {
        None if ty.starts_with("::std::vec::Vec<u8>") || ty == "Vec<u8>" => format!("text({name})"),
        None => format!("json({name})"),
        Some(variants) => {
            let arms = variants.iter().map(|variant| {
                let of = variant["name"].as_str().unwrap_or_default();
                match variant["body"].as_str() {
                    Some(inner) => {
                        let inner = value("body", inner, variant.get("variants"));
                        format!("confluent_cloud::{ty}::{of}(body) => {inner}, ")
                    }
                    None => format!("confluent_cloud::{ty}::{of} => serde_json::Value::Null, "),
                }
            });
            let arms: String = arms.collect();
            format!("match {name} {{ {arms}_ => serde_json::Value::Null }}")
        }
    }
}
