//! The main job, over real sockets, against the sandbox.

use confluent_cloud::errors::ActivateSignupError;
use confluent_cloud::sandbox::{self, Answer};
use confluent_cloud::{BoxFuture, BuildError, Client, ClientCredentials, Clock, ErrorKind, types};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

const OPERATION: &str = "activateSignup";

fn request(organization: &str) -> types::ActivatePartnerSignupRequest {
    let user = types::V2User::new(types::V2UserRequired {
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        email: "ada@example.com".into(),
    });
    let organization_id = organization.to_owned();
    types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired { user, organization_id })
}

/// A clock on which a wait takes no time, and is remembered.
#[derive(Clone, Default)]
struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Clock for Waits {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration >= Duration::from_secs(25) {
            // The limit of an attempt or of the call: it never comes first here.
            return Box::pin(std::future::pending());
        }
        self.0.lock().expect("no test panics with it").push(duration);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_signup_is_activated_and_a_second_time_is_the_documented_conflict() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    let signup = client.activate_signup(request("a")).send().await.expect("the documented 201");
    assert_eq!(signup.status(), 201);
    assert!(signup.sso_url.starts_with("https://"));
    let error = client.activate_signup(request("a")).send().await.expect_err("the same organization");
    let Some(ActivateSignupError::Conflict { body, headers }) = error.documented() else { panic!("{error}") };
    assert_eq!(body.errors[0].code.as_deref(), Some("resource_already_exists"));
    assert_eq!(headers.location.as_deref(), Some("https://api.confluent.cloud/{object}/{id}"));
    assert_eq!(headers.x_request_id.as_deref(), error.request_id());
    assert_eq!(error.status().map(|status| status.as_u16()), Some(409));
    assert!(!error.raw_body().expect("a body").is_empty());
    client.activate_signup(request("b")).send().await.expect("another organization");
    let tokens = sandbox.arrived().iter().filter(|arrived| arrived.operation == "token").count();
    assert_eq!(tokens, 1, "the token is kept");
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_as_the_server_says() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let waits = Waits::default();
    let client = sandbox.client_builder::<Client>().clock(waits.clone()).build().expect("a client");
    sandbox.answer(OPERATION, Answer::RateLimit(7));
    let signup = client.activate_signup(request("a")).send().await.expect("the second attempt");
    assert_eq!(signup.attempts(), 2);
    // What the server asks for, and at most a tenth longer.
    let asked = Duration::from_secs(7)..=Duration::from_millis(7_700);
    assert_eq!(waits.0.lock().expect("no panic").iter().filter(|wait| asked.contains(*wait)).count(), 1);
}

#[tokio::test]
async fn a_429_without_end_comes_back_typed() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().clock(Waits::default()).build().expect("a client");
    for _ in 0..4 {
        sandbox.answer(OPERATION, Answer::RateLimit(7));
    }
    let error = client.activate_signup(request("a")).send().await.expect_err("four refusals");
    let Some(ActivateSignupError::TooManyRequests { headers }) = error.documented() else { panic!("{error}") };
    assert_eq!(headers.retry_after, Some(7));
    assert_eq!(error.attempts(), 4);
}

#[tokio::test]
async fn what_cannot_be_retried_is_sent_once() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    for (answer, status) in [(Answer::Status(500), 500), (Answer::Status(403), 403)] {
        sandbox.answer(OPERATION, answer);
        let error = client.activate_signup(request("a")).send().await.expect_err("the scripted answer");
        assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(status), 1));
        assert!(error.documented().is_some());
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    client.activate_signup(request("a")).send().await.expect("the first call");
    sandbox.expire_tokens();
    client.activate_signup(request("b")).send().await.expect("a new token");
    for _ in 0..2 {
        sandbox.answer(OPERATION, Answer::Status(401));
    }
    let error = client.activate_signup(request("c")).send().await.expect_err("two refusals");
    assert!(matches!(error.documented(), Some(ActivateSignupError::Unauthorized { .. })), "{error}");
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn no_information_is_lost_where_the_definition_is_left() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    let raw = |status, body: &str| Answer::Raw {
        status,
        headers: vec![("X-Request-Id".into(), "r1".into())],
        body: body.as_bytes().to_vec(),
    };
    for (answer, status, body) in
        [(raw(418, "tea"), 418, "tea"), (raw(409, "{\"errors\":"), 409, "{\"errors\":"), (raw(201, ""), 201, "")]
    {
        sandbox.answer(OPERATION, answer);
        let error = client.activate_signup(request("a")).send().await.expect_err("not what is documented");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.raw_body(), Some(body.as_bytes()));
        assert_eq!(error.request_id(), Some("r1"));
        assert_eq!(matches!(error.kind(), ErrorKind::Undecodable(_)), status != 418);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_transport_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Client::builder().base_url(url).credentials(ClientCredentials::new("id", "secret"));
    let client = client.clock(Waits::default()).build().expect("a client");
    let error = client.activate_signup(request("a")).send().await.expect_err("nobody listens");
    assert!(matches!(error.kind(), ErrorKind::Token(_)), "{error}");
}

#[tokio::test]
async fn without_a_credential_nothing_is_sent() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let client = Client::builder().base_url(sandbox.url()).build().expect("a client");
    let error = client.activate_signup(request("a")).send().await.expect_err("no credential");
    assert!(matches!(error.kind(), ErrorKind::NoCredential(_)));
    assert!(error.to_string().contains("`oauth`"), "{error}");
    assert!(sandbox.arrived().is_empty());
}

#[tokio::test]
async fn a_body_past_the_limit_is_not_read() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let signup = Answer::Raw { status: 201, headers: Vec::new(), body: vec![b' '; 2000] };
    for (limit, fine) in [(1999, false), (2000, true)] {
        sandbox.answer(OPERATION, signup.clone());
        let client = sandbox.client_builder::<Client>().body_limit(limit).build().expect("a client");
        let error = client.activate_signup(request("a")).send().await.expect_err("no JSON");
        assert_eq!(error.to_string().contains("the body is longer than 1999 bytes"), !fine, "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(201));
        assert_eq!(error.raw_body().map(<[u8]>::len), Some(if fine { 2000 } else { 0 }));
        assert_eq!(error.attempts(), 1);
    }
}

#[tokio::test]
async fn the_token_endpoint_takes_what_the_client_sends_and_refuses_it_once_for_all() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let (id, secret) = (sandbox.client_id(), sandbox.client_secret());
    let table = [
        (ClientCredentials::new(id, secret), None),
        (ClientCredentials::new(id, secret).in_body(), None),
        (ClientCredentials::new(id, secret).scopes(["partner:create"]), None),
        (ClientCredentials::new(id, "wrong"), Some("refused: invalid_client: the client is unknown")),
        (ClientCredentials::new("wrong", secret).in_body(), Some("refused: invalid_client: the client is unknown")),
        (ClientCredentials::new(id, secret).scopes(["no:such"]), Some("refused: invalid_scope")),
    ];
    for (number, (credentials, refusal)) in table.into_iter().enumerate() {
        let before = sandbox.arrived().len();
        let client = Client::builder().base_url(sandbox.url()).credentials(credentials).build().expect("a client");
        let result = client.activate_signup(request(&number.to_string())).send().await;
        let arrived: Vec<String> = sandbox.arrived().split_off(before).into_iter().map(|one| one.operation).collect();
        match (result, refusal) {
            (Ok(_), None) => assert_eq!(arrived, ["token", OPERATION]),
            (Err(error), Some(refusal)) => {
                assert!(error.to_string().contains(refusal), "{error}");
                assert_eq!(arrived, ["token"], "asked once");
            }
            (result, _) => panic!("{number}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn no_secret_is_printed() {
    let sandbox = sandbox::start().await.expect("a loopback port");
    let secret = "s3cr3t-that-nobody-sees";
    let credentials = ClientCredentials::new("id", secret);
    let builder = Client::builder().base_url(sandbox.url()).credentials(credentials.clone());
    let mut shown = format!("{credentials:?} {builder:?} {sandbox:?}");
    let client = builder.build().expect("a client");
    let error = client.activate_signup(request("a")).send().await.expect_err("the secret is wrong");
    assert!(error.to_string().contains("invalid_client"), "{error}");
    shown.push_str(&format!("{client:?} {error:?} {error} {:?}", error.kind()));
    assert!(!shown.contains(secret), "{shown}");
}

#[test]
fn the_environment_is_read_whole_or_not_at_all() {
    let lookup = |pairs: &'static [(&str, &str)]| {
        move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    let problem = |pairs| match Client::builder().env(lookup(pairs)) {
        Err(BuildError::Environment { name, problem }) => format!("{name} {problem}"),
        other => panic!("{other:?}"),
    };
    let Err(BuildError::NoCredentialInEnvironment { ways }) = Client::builder().env(lookup(&[])) else {
        panic!("nothing is set")
    };
    assert_eq!(ways, ["CONFLUENT_CLIENT_ID and CONFLUENT_CLIENT_SECRET"]);
    assert_eq!(
        problem(&[("CONFLUENT_CLIENT_ID", "a")]),
        "CONFLUENT_CLIENT_SECRET is not set, and CONFLUENT_CLIENT_ID is"
    );
    assert_eq!(
        problem(&[("CONFLUENT_CLIENT_ID", " "), ("CONFLUENT_CLIENT_SECRET", "b")]),
        "CONFLUENT_CLIENT_ID is empty"
    );
    let whole = lookup(&[("CONFLUENT_CLIENT_ID", "a"), ("CONFLUENT_CLIENT_SECRET", "b")]);
    assert!(Client::builder().env(whole).and_then(|builder| builder.build()).is_ok());
}

#[test]
fn plain_http_is_refused_but_on_loopback() {
    for (url, fine) in
        [("https://a.example", true), ("http://a.example", false), ("http://127.0.0.1:1", true), ("x", false)]
    {
        assert_eq!(Client::builder().base_url(url).build().is_ok(), fine, "{url}");
    }
}
