//! Requests to paths that the definition does not have.

use std::collections::BTreeMap;

use openapi_runtime::http::Method;
use openapi_runtime::{CallOptions, ErrorKind, RequestError, UndescribedRequest};
use serde_json::json;

use super::clock::run;
use super::server::{Answer, Server};
use super::{Client, builder, seconds};

fn request(client: &Client, method: Method, path: &str) -> UndescribedRequest {
    UndescribedRequest::new(client, method, path)
}

#[test]
fn it_has_the_tokens_and_the_retries_of_operations() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match (seen.authorization(), seen.nth) {
            ("Bearer t1", _) => Answer::status(401),
            (_, 2) => Answer::status(500),
            _ => Answer::json(200, json!({"state": "up"})),
        });
        let client = builder(&server, &clock).build().expect("a client");
        let answer = request(&client, Method::GET, "/internal/status").query("verbose", "a&b").await;
        let answer = answer.expect("the third attempt");
        assert_eq!(answer.attempts(), 3);
        assert_eq!(answer.json::<BTreeMap<String, String>>().expect("JSON")["state"], "up");
        let error = answer.json::<Vec<u8>>().expect_err("it is not a list");
        assert!(error.to_string().contains("expected a sequence"), "{error}");
        let seen = server.calls();
        assert_eq!(seen[2].url.as_str(), "https://api.test/internal/status?verbose=a%26b");
        assert_eq!((seen[2].header("user-agent"), seen[2].authorization()), ("things/1.0", "Bearer t2"));
    });
}

#[test]
fn it_is_sent_again_only_where_its_method_is_idempotent_or_the_caller_says_so() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(500));
        let client = builder(&server, &clock).build().expect("a client");
        for (method, attempts) in
            [(Method::GET, 4), (Method::PUT, 4), (Method::DELETE, 4), (Method::POST, 1), (Method::PATCH, 1)]
        {
            let error = request(&client, method.clone(), "/x").json(&json!({"a": 1})).await.expect_err("a 500");
            assert_eq!(error.attempts(), attempts, "{method}");
            assert_eq!(error.is_retryable(), attempts > 1, "{method}");
        }
        let again = request(&client, Method::POST, "/x").with(CallOptions::new().idempotent(true));
        let error = again.await.expect_err("a 500");
        assert_eq!((error.attempts(), error.is_retryable()), (4, true));
        let last = server.calls().pop().expect("a call");
        assert_eq!(last.method, Method::POST);
    });
}

#[test]
fn it_sends_what_it_is_given() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(202).body("bytes"));
        let client = builder(&server, &clock).build().expect("a client");
        let json = request(&client, Method::POST, "/a%20b/c").json(&json!({"a": [1]})).header("X-Trace", "1");
        assert_eq!(json.await.expect("a success").into_body(), "bytes");
        request(&client, Method::PUT, "/d").body("text/plain", "text").await.expect("a success");
        let seen = server.calls();
        assert_eq!((seen[0].url.path(), seen[0].body.as_str()), ("/a%20b/c", r#"{"a":[1]}"#));
        assert_eq!((seen[0].header("content-type"), seen[0].header("x-trace")), ("application/json", "1"));
        assert_eq!((seen[1].header("content-type"), seen[1].body.as_str()), ("text/plain", "text"));
    });
}

#[test]
fn its_path_stays_below_the_server() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = builder(&server, &clock).base_url("https://api.test/v1/").build().expect("a client");
        for path in [
            "",
            "x",
            "..",
            "/..",
            "/../admin",
            "/a/../../admin",
            "/./a",
            "/%2e%2e/admin",
            "/%2E./admin",
            "/.%2e",
            "//evil.test",
            "//evil.test/a",
            "/\\evil.test",
            "/a?b",
            "/a#b",
            "/a b",
            "/a\nb",
            "/é",
            "https://evil.test/a",
            "@evil.test/",
            ":8080/",
        ] {
            let error = request(&client, Method::GET, path).await.expect_err(path);
            assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Path(_))), "{path:?}: {error}");
        }
        assert!(server.seen().is_empty());
        request(&client, Method::GET, "/a..b/...//c").await.expect("a success");
        assert_eq!(server.calls()[0].url.as_str(), "https://api.test/v1/a..b/...//c");
    });
}

#[test]
fn it_carries_no_header_that_is_the_clients_own() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = builder(&server, &clock).build().expect("a client");
        for name in ["Authorization", "Cookie", "Host", "Content-Length"] {
            let error = request(&client, Method::GET, "/a").header(name, "a secret").await.expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Reserved(_))), "{error}");
            assert!(!error.to_string().contains("a secret"));
        }
        let shown = format!("{:?}", request(&client, Method::GET, "/a").query("key", "a secret"));
        assert!(!shown.contains("a secret"), "{shown}");
        let patient = request(&client, Method::GET, "/a").with(CallOptions::new().timeout(seconds(1)));
        patient.send().await.expect("a success");
    });
}
