//! Headers and query parameters that the definition does not have: of the client, and of one call.

use openapi_runtime::{Api, ApiKey, BuildError, CallOptions, ErrorKind, RequestError};

use super::clock::run;
use super::keys::{Keys, call_keys, keys};
use super::server::{Answer, Server};
use super::{GET, POST, builder, call};

const HEADER: usize = 0;
const QUERY: usize = 1;

fn options() -> CallOptions {
    CallOptions::new()
}

#[test]
fn a_default_header_is_sent_unless_the_operation_sets_it() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock)
            .credential("header_key", ApiKey::new("key"))
            .credential("query_key", ApiKey::new("key"))
            .default_header("X-Version", "1")
            .default_header("x-version", "2")
            .default_header("X-Tenant", "default")
            .build()
            .expect("a client");
        call_keys(&client, HEADER).await.expect("a success");
        call_keys(&client, QUERY).await.expect("a success");
        call_keys(&client.with(options().header("X-Tenant", "of the call")), HEADER).await.expect("a success");
        let seen = server.seen();
        assert!(seen.iter().all(|seen| seen.header("x-version") == "2"), "the later of two");
        assert!(seen.iter().all(|seen| seen.headers.get_all("x-version").iter().count() == 1));
        let tenants: Vec<&str> = seen.iter().map(|seen| seen.header("x-tenant")).collect();
        assert_eq!(tenants, ["own", "default", "of the call"]);
    });
}

#[test]
fn a_default_header_that_carries_a_credential_or_frames_the_message_is_refused() {
    for name in [
        "Authorization",
        "proxy-authorization",
        "Cookie",
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "X-API-KEY",
    ] {
        let error = Keys::builder().default_header(name, "a secret").build().map(drop).expect_err(name);
        assert!(matches!(&error, BuildError::DefaultHeader { name: named, .. } if named == name), "{error}");
        let text = error.to_string();
        assert!(text.contains("give credentials by `.credential(…)`") && !text.contains("a secret"), "{text}");
    }
    for (name, value, message) in [
        ("X-Tenant", "a\nInjected: b", "cannot hold its value"),
        ("X-Tenant", "a\0", "cannot hold its value"),
        ("X Tenant", "a", "not a header name"),
        ("", "a", "not a header name"),
        ("User-Agent", "mine", ".user_agent(…)"),
    ] {
        let error = Keys::builder().default_header(name, value).build().map(drop).expect_err("it cannot be sent");
        assert!(error.to_string().contains(message) && !error.to_string().contains("Injected"), "{error}");
    }
}

#[test]
fn headers_and_query_of_a_call_are_sent_with_every_attempt() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::status([401, 503, 200][(seen.nth - 1).min(2)]));
        let client = builder(&server, &clock).build().expect("a client");
        let tenant = client.with(options().header("X-Tenant", "acme").query("api-version", "1 & 2"));
        assert_eq!(call(&tenant, GET).await.expect("the third attempt").attempts(), 3);
        for seen in server.calls() {
            assert_eq!((seen.header("x-tenant"), seen.url.query()), ("acme", Some("api-version=1%20%26%202")));
        }
        assert!(server.tokens().iter().all(|seen| seen.header("x-tenant").is_empty() && seen.url.query().is_none()));
    });
}

#[test]
fn of_two_headers_of_one_name_the_one_that_is_set_later_is_sent() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = builder(&server, &clock).build().expect("a client");
        let outer = client.with(options().header("X-Tenant", "first").header("X-Other", "kept").query("v", "1"));
        call(&outer.with(options().header("x-tenant", "second").query("w", "2")), POST).await.expect("a success");
        let seen = server.calls().remove(0);
        assert_eq!((seen.header("x-tenant"), seen.header("x-other")), ("second", "kept"));
        assert_eq!(seen.url.query(), Some("v=1&w=2"));
    });
}

#[test]
fn what_the_client_sends_itself_is_not_for_a_call_to_set() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).credential("header_key", ApiKey::new("key")).build().expect("a client");
        let reserved = [
            options().header("authorization", "Bearer a secret"),
            options().header("Cookie", "a=secret"),
            options().header("Content-Length", "1"),
            options().header("host", "evil.test"),
            options().header("x-api-key", "a secret"),
            options().query("api key", "a secret"),
        ];
        for options in reserved {
            assert!(!format!("{options:?}").contains("secret"));
            let error = call_keys(&client.with(options), HEADER).await.expect_err("it is reserved");
            assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Reserved(_))), "{error}");
            assert!(!error.to_string().contains("secret") && error.attempts() == 0, "{error}");
        }
        let error =
            call_keys(&client.with(options().header("X-A", "a\r\nX-B: c")), HEADER).await.expect_err("no value");
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Header(_))), "{error}");
        assert!(server.seen().is_empty());
    });
}
