//! The sandbox on the definition that the workspace vendors, as `openapi-build` reads it.

use std::path::Path;

use openapi_build::pipeline::Loaded;
use openapi_sandbox::{Answer, Sandbox};

#[tokio::test]
async fn every_operation_answers_with_what_it_documents() {
    let loaded = Loaded::path(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"))).expect("it reads");
    let builder =
        loaded.documents.iter().fold(Sandbox::builder(), |builder, loading| builder.document(loading.served().clone()));
    let sandbox = builder.start().await.expect("a loopback port");
    let mut answers = 0;
    for operation in sandbox.operations() {
        let pointer =
            format!("/paths/{}/{}/responses", operation.path.replace('/', "~1"), operation.method.to_lowercase());
        let responses = loaded.documents.iter().find_map(|loading| loading.served().pointer(&pointer)?.as_object());
        let path = operation.path.replace(['{', '}'], "");
        for status in responses.expect("it has responses").keys().filter_map(|status| status.parse::<u16>().ok()) {
            sandbox.answer(&operation.id, Answer::Status(status));
            let method = operation.method.parse().expect("a method");
            let request = reqwest::Client::new().request(method, format!("{}{path}", sandbox.url()));
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status().as_u16(), status, "{}", operation.id);
            if status >= 400 {
                assert!(response.headers().contains_key("x-request-id"), "{} {status}", operation.id);
            }
            answers += 1;
        }
    }
    assert!(answers > 1, "the definition documents a success and its errors");
}
