//! A second invented API: API keys in each place where one can be, servers with variables, parameters of its own.

use std::sync::Arc;

use openapi_runtime::codegen::{Call, Reads, Style};
use openapi_runtime::http::Method;
use openapi_runtime::{
    Api, ApiKey, BearerToken, BuildError, ClientBuilder, CredentialPart, Definition, Endpoint, EnvironmentVariable,
    ErrorKind, Operation, Reply, RequestError, Requirement, SecurityScheme, SecuritySchemeKind, Server as Host,
    ServerVariable, Transport, UndescribedRequest,
};

use super::clock::{TestClock, run};
use super::server::{Answer, Server};
use super::{API, NotDocumented, Outcome, operation};

const HEADER: usize = 0;
const QUERY: usize = 1;
const COOKIE: usize = 2;
/// At a server whose host and path have a variable each.
pub(super) const REGION: usize = 3;
/// At a server whose variable has a default that stands for another value.
pub(super) const CLUSTER: usize = 4;
/// Its tokens come from another host, by the scheme of the server.
pub(super) const RELATIVE: usize = 5;

const fn variable(name: &'static str, default: &'static str, values: &'static [&'static str]) -> ServerVariable {
    ServerVariable { name, default, values }
}

const BY_REGION: Host = Host {
    url: "https://{region}.api.test/{version}",
    description: None,
    variables: &[variable("region", "eu", &["eu", "us"]), variable("version", "v1", &[])],
};

const BY_CLUSTER: Host = Host {
    url: "https://{cluster}.cloud.test",
    description: None,
    variables: &[variable("cluster", "lkc-00000", &[])],
};

static TABLE: [&Operation; 6] = [
    &operation("header", "GET", true, &[API], &[&[Requirement::of("header_key", &[])]]),
    &operation("query", "GET", true, &[API], &[&[Requirement::of("query_key", &[])]]),
    &operation("cookie", "GET", true, &[API], &[&[Requirement::of("cookie_key", &[])]]),
    &operation("region", "GET", true, &[BY_REGION], &[]),
    &operation("cluster", "GET", true, &[BY_CLUSTER], &[]),
    &operation("relative", "GET", true, &[API], &[&[Requirement::of("relative", &[])]]),
];

static DEFINITION: Definition = Definition {
    title: "Keys",
    version: "1",
    operations: &TABLE,
    undescribed: &operation("request", "GET", true, &[API], &[&[Requirement::of("query_key", &[])]]),
    security_schemes: &[
        SecurityScheme {
            name: "header_key",
            kind: SecuritySchemeKind::ApiKey { location: "header", name: "X-Api-Key" },
        },
        SecurityScheme { name: "query_key", kind: SecuritySchemeKind::ApiKey { location: "query", name: "api key" } },
        SecurityScheme { name: "cookie_key", kind: SecuritySchemeKind::ApiKey { location: "cookie", name: "session" } },
        SecurityScheme {
            name: "relative",
            kind: SecuritySchemeKind::ClientCredentials {
                token_url: "//auth.example.test/token",
                scopes: &[],
                flows: &[],
            },
        },
    ],
    environment: &[
        EnvironmentVariable { name: "KEYS_KEY", scheme: "header_key", part: CredentialPart::Key },
        EnvironmentVariable { name: "KEYS_TOKEN", scheme: "relative", part: CredentialPart::Token },
        EnvironmentVariable { name: "KEYS_ID", scheme: "relative", part: CredentialPart::Id },
        EnvironmentVariable { name: "KEYS_SECRET", scheme: "relative", part: CredentialPart::Secret },
    ],
    base_url_variable: "KEYS_BASE_URL",
};

/// A client of the second API.
#[derive(Clone)]
pub(super) struct Keys {
    transport: Arc<dyn Transport>,
}

as_generated!(Keys, DEFINITION, TABLE, "keys/1.0");

/// Calls the operation of that number, with parameters of its own where it has any.
pub(super) async fn call_keys(client: &Keys, operation: usize) -> Outcome {
    let transport = client.transport();
    match operation {
        HEADER => {
            Call::new::<Op<HEADER>>(transport).header("X-Tenant", "own", Style::Simple).send::<Op<HEADER>>().await
        }
        QUERY => Call::new::<Op<QUERY>>(transport).query("q", "a b", Style::FormExploded).send::<Op<QUERY>>().await,
        COOKIE => {
            let call = Call::new::<Op<COOKIE>>(transport).cookie("theme", "dark", Style::FormExploded);
            call.cookie("page", 7, Style::FormExploded).send::<Op<COOKIE>>().await
        }
        REGION => Call::new::<Op<REGION>>(transport).send::<Op<REGION>>().await,
        CLUSTER => Call::new::<Op<CLUSTER>>(transport).send::<Op<CLUSTER>>().await,
        _ => Call::new::<Op<RELATIVE>>(transport).send::<Op<RELATIVE>>().await,
    }
}

/// A builder of clients that send to `server`, without a credential.
pub(super) fn keys(server: &Server, clock: &TestClock) -> ClientBuilder<Keys> {
    Keys::builder().http(server.clone()).clock(clock.clone())
}

/// A key that needs encoding in a query.
const KEY: &str = "k&1=é 2+3/secret";

#[test]
fn an_api_key_is_sent_where_its_scheme_says_beside_what_the_operation_sends() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| Answer::status(if seen.nth % 2 == 1 { 503 } else { 200 }));
        let client = keys(&server, &clock)
            .credential("header_key", ApiKey::new("header secret"))
            .credential("query_key", ApiKey::new(KEY))
            .credential("cookie_key", ApiKey::new("cookie-secret"));
        assert!(!format!("{client:?}").contains("secret"), "{client:?}");
        let client = client.build().expect("a client");
        for operation in [HEADER, QUERY, COOKIE] {
            call_keys(&client, operation).await.expect("the second attempt");
        }
        let seen = server.seen();
        // Each was sent twice: the second time it is the same.
        for seen in &seen[..2] {
            assert_eq!((seen.header("x-api-key"), seen.url.query()), ("header secret", None));
        }
        for seen in &seen[2..4] {
            assert_eq!(seen.url.query(), Some("q=a%20b&api%20key=k%261%3D%C3%A9%202%2B3%2Fsecret"));
        }
        for seen in &seen[4..] {
            assert_eq!(seen.header("cookie"), "theme=dark; page=7; session=cookie-secret");
        }
        for seen in &seen {
            assert!(!format!("{:?}", seen.headers).contains("secret"), "headers with keys are marked as sensitive");
            assert_eq!(seen.authorization(), "");
        }
    });
}

#[test]
fn an_api_key_fits_its_own_schemes_only() {
    let build = |scheme: &str| Keys::builder().credential(scheme, BearerToken::new("t")).build().map(drop);
    assert!(matches!(build("header_key"), Err(BuildError::WrongCredential { .. })));
    let ambiguous = Keys::builder().credentials(ApiKey::new("k")).build().map(drop).expect_err("three fit");
    assert!(ambiguous.to_string().contains("header_key, query_key, cookie_key"), "{ambiguous}");
    let client = super::bare().credential("key", ApiKey::new("k")).build().expect_err("HTTP Basic takes two parts");
    assert!(client.to_string().contains("BasicAuth::new"), "{client}");
}

#[test]
fn no_error_shows_a_credential_even_where_the_server_repeats_it() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| {
            let sent = format!("{} {} {}", seen.header("x-api-key"), seen.header("cookie"), seen.url.as_str());
            let echo = serde_json::json!({"detail": format!("not {sent}\u{1b}[2J\n{}", "or x-secret-é&")});
            Answer::json(403, echo).header("x-request-id", "x-secret-1")
        });
        let client = keys(&server, &clock)
            .credential("header_key", ApiKey::new("x-secret-1"))
            .credential("query_key", ApiKey::new("x-secret-é&"))
            .credential("cookie_key", ApiKey::new("x-secret-2"))
            .build()
            .expect("a client");
        for operation in [HEADER, QUERY, COOKIE] {
            let error = call_keys(&client, operation).await.expect_err("a 403");
            let own = ["x-secret-1", "x-secret-é&", "x-secret-2"][operation];
            for shown in [error.to_string(), format!("{error:?}"), error.detail().expect("a detail")] {
                assert!(!shown.contains(own) && !shown.contains("x-secret-%C3%A9%26"), "{shown}");
                assert!(!shown.contains(char::is_control), "{shown}");
            }
            assert!(error.raw_body().is_some_and(|body| !body.is_empty()), "the body is the caller's, as it came");
        }
    });
}

#[test]
fn a_key_that_its_place_cannot_hold_fails_the_call_and_is_not_shown() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        for (operation, scheme, key) in [
            (HEADER, "header_key", "bad\nkey"),
            (COOKIE, "cookie_key", "bad\nkey"),
            // It would be another cookie.
            (COOKIE, "cookie_key", "bad; admin=1"),
        ] {
            let client = keys(&server, &clock).credential(scheme, ApiKey::new(key)).build().expect("a client");
            let error = call_keys(&client, operation).await.expect_err("it cannot be sent");
            assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Credential)), "{error}");
            assert!(!error.to_string().contains("bad"), "{error}");
        }
        assert!(server.seen().is_empty());
    });
}

#[test]
fn without_a_key_the_error_says_how_to_give_one() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).build().expect("a client");
        let error = call_keys(&client, COOKIE).await.expect_err("no credential");
        assert!(error.to_string().contains(".credential(\"cookie_key\", ApiKey::new(…))"), "{error}");
    });
}

#[test]
fn an_undescribed_request_takes_the_key_in_its_query() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).credential("query_key", ApiKey::new("k 1")).build().expect("a client");
        UndescribedRequest::new(&client, Method::GET, "/new").query("a", "b").await.expect("a success");
        UndescribedRequest::new(&client, Method::GET, "/new").await.expect("a success");
        let urls: Vec<String> = server.seen().iter().map(|seen| seen.url.to_string()).collect();
        assert_eq!(urls, ["https://api.test/new?a=b&api%20key=k%201", "https://api.test/new?api%20key=k%201"]);
        let error = UndescribedRequest::new(&client, Method::GET, "/new").query("api key", "mine").await;
        assert!(matches!(error.expect_err("a key").kind(), ErrorKind::Request(RequestError::Reserved(_))));
    });
}
