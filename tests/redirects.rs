//! No credential follows a redirect: another origin never sees a request, whichever endpoint points at it.

use confluent_cloud::sandbox::{self, Answer, Sandbox};
use confluent_cloud::{Client, ClientBuilder, ErrorKind, types};

fn request() -> types::ActivatePartnerSignupRequest {
    let user = types::V2User::new(types::V2UserRequired {
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        email: "ada@example.com".into(),
    });
    let organization_id = "a".to_owned();
    types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired { user, organization_id })
}

/// As it is, and with a reqwest client that would follow redirects.
fn builders(sandbox: &Sandbox) -> [ClientBuilder; 2] {
    let follows = |http: reqwest::ClientBuilder| http.redirect(reqwest::redirect::Policy::limited(10)).no_proxy();
    [sandbox.client_builder::<Client>(), sandbox.client_builder::<Client>().http_client(follows)]
}

fn to(other: &Sandbox, status: u16) -> Answer {
    let location = format!("{}/partner/v2/signup/activate", other.url());
    Answer::Raw { status, headers: vec![("location".into(), location)], body: Vec::new() }
}

#[tokio::test]
async fn an_operation_that_redirects_is_an_error_and_nothing_is_sent_elsewhere() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let other = sandbox::start().await.expect("a loopback port");
    for status in [301, 302, 303, 307, 308] {
        for builder in builders(&sandbox) {
            sandbox.answer("activateSignup", to(&other, status));
            let client = builder.build().expect("a client");
            let error = client.activate_signup(request()).send().await.expect_err("a redirect");
            assert!(matches!(error.kind(), ErrorKind::Undocumented), "{error}");
            assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(status), 1));
            let location = error.raw_headers().and_then(|headers| headers.get("location"));
            assert!(location.is_some(), "the caller may see where to");
        }
    }
    assert!(other.arrived().is_empty(), "{:?}", other.arrived());
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_gives_no_token() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let other = sandbox::start().await.expect("a loopback port");
    for status in [302, 307] {
        for builder in builders(&sandbox) {
            sandbox.answer("token", to(&other, status));
            let client = builder.build().expect("a client");
            let error = client.activate_signup(request()).send().await.expect_err("a redirect");
            assert!(matches!(error.kind(), ErrorKind::Token(_)), "{error}");
            assert!(error.to_string().contains("redirects are not followed"), "{error}");
        }
    }
    assert!(other.arrived().is_empty(), "{:?}", other.arrived());
    assert!(sandbox.arrived().iter().all(|arrived| arrived.operation == "token"), "no call without a token");
}
