//! Variables of servers' URLs.

use openapi_runtime::{Api, BuildError, ErrorKind, RequestError, ServerError};

use super::Nowhere;
use super::clock::run;
use super::keys::{CLUSTER, Keys, REGION, call_keys, keys};
use super::server::{Answer, Server};

#[test]
fn a_variable_has_the_value_that_is_given_else_its_default() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).build().expect("a client");
        call_keys(&client, REGION).await.expect("a success");
        let client = keys(&server, &clock).server_variable("region", "us").server_variable("version", "v2/beta");
        call_keys(&client.build().expect("a client"), REGION).await.expect("a success");
        let urls: Vec<String> = server.seen().iter().map(|seen| seen.url.to_string()).collect();
        assert_eq!(urls, ["https://eu.api.test/v1/things", "https://us.api.test/v2/beta/things"]);
    });
}

#[test]
fn a_server_that_is_a_placeholder_is_usable_with_the_value_of_its_variable() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = keys(&server, &clock).build().expect("a client");
        let error = call_keys(&client, CLUSTER).await.expect_err("nobody is there");
        let ErrorKind::Request(RequestError::Server(ServerError::Placeholder { .. })) = error.kind() else {
            panic!("{error}")
        };
        let client = keys(&server, &clock).server_variable("cluster", "lkc-7").build().expect("a client");
        call_keys(&client, CLUSTER).await.expect("a success");
        assert_eq!(server.seen()[0].url.as_str(), "https://lkc-7.cloud.test/things");
    });
}

#[test]
fn a_value_that_is_not_listed_or_would_lead_to_another_host_is_refused() {
    let refused = |name: &str, value: &str| {
        let error = Keys::builder().server_variable(name, value).build().map(drop).expect_err(value);
        assert!(matches!(error, BuildError::ServerVariable { .. }), "{error}");
        error.to_string()
    };
    assert!(refused("region", "mars").contains("it can be eu, us"));
    assert!(refused("planet", "mars").contains("no server of the definition has it"));
    for value in [
        "evil.test/",
        "evil.test#",
        "evil.test?",
        "evil.test\\",
        "a@b",
        "user:pass@evil.test",
        "evil.test:443",
        "evil.test%2f",
        "evil.test／",
        "evil.test＃",
        "a＠b",
        "evil.test℀",
        "a\tb",
        "a b",
        "{region}",
        "",
    ] {
        let text = refused("cluster", value);
        assert!(text.contains("which part of the URL is the host"), "{value:?}: {text}");
    }
    for value in ["lkc-1", "lkc_1", "a.b", "münchen"] {
        assert!(Keys::builder().http(Nowhere).server_variable("cluster", value).build().is_ok(), "{value}");
    }
}
