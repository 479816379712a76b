//! A third invented API, whose tokens come from people or are found by discovery: OpenID Connect, refresh tokens and device
//! authorization.

use std::sync::{Arc, Mutex};

use openapi_runtime::codegen::{Call, Reads};
use openapi_runtime::{
    Api, ApiKey, BasicAuth, BearerToken, ClientBuilder, ClientCredentials, Clock, Credential, Definition,
    DeviceAuthorization, DevicePrompt, Endpoint, ErrorKind, OAuthFlow, Operation, RefreshToken, Reply, Requirement,
    SecurityScheme, SecuritySchemeKind, TokenError, TokenExchange, Transport,
};
use serde_json::{Value, json};

use super::clock::{TestClock, run};
use super::server::{Answer, Seen, Server};
use super::{API, NotDocumented, Outcome, bare, operation, seconds};

const OIDC: usize = 0;
/// The same scheme with another scope.
const OIDC_WRITE: usize = 1;
/// The discovery document is on the server of the API.
const OIDC_HERE: usize = 2;
/// The discovery document has the scheme of the server.
const OIDC_RELATIVE: usize = 3;
const CODE: usize = 4;
const DEVICE: usize = 5;
const IMPLICIT: usize = 6;
const MACHINE: usize = 7;
/// A device that the definition has no device authorization endpoint for.
const TV: usize = 8;
const DIGEST: usize = 9;
const CERTIFICATE: usize = 10;
const OIDC_PLAIN: usize = 11;

macro_rules! operations {
    ($($id:literal $scheme:literal $scope:literal)*) => {
        [$(&operation($id, "GET", true, &[API], &[&[Requirement::of($scheme, &[$scope])]])),*]
    };
}

static TABLE: [&Operation; 12] = operations! {
    "oidc" "oidc" "read"
    "oidcWrite" "oidc" "write"
    "oidcHere" "here" "read"
    "oidcRelative" "relative" "read"
    "code" "code" "read"
    "device" "device" "read"
    "implicit" "implicit" "read"
    "machine" "machine" "read"
    "tv" "tv" "read"
    "digest" "digest" "read"
    "certificate" "certificate" "read"
    "oidcPlain" "plain" "read"
};

const SIGN_IN: OAuthFlow = OAuthFlow {
    token_url: Some("https://id.test/token"),
    refresh_url: Some("https://id.test/refresh/token"),
    ..OAuthFlow::new("authorizationCode")
};

const ON_A_DEVICE: OAuthFlow = OAuthFlow {
    token_url: Some("https://id.test/token"),
    device_authorization_url: Some("https://id.test/device"),
    ..OAuthFlow::new("deviceAuthorization")
};

const TELEVISION: OAuthFlow = OAuthFlow { device_authorization_url: None, ..ON_A_DEVICE };

const fn scheme(name: &'static str, kind: SecuritySchemeKind) -> SecurityScheme {
    SecurityScheme { name, kind }
}

const fn discovered(name: &'static str, url: &'static str) -> SecurityScheme {
    scheme(name, SecuritySchemeKind::OpenIdConnect { url })
}

static DEFINITION: Definition = Definition {
    title: "Flows",
    version: "1",
    operations: &TABLE,
    undescribed: &operation("request", "GET", true, &[API], &[]),
    security_schemes: &[
        discovered("oidc", "https://id.test/.well-known/openid-configuration"),
        discovered("here", "https://api.test/.well-known/openid-configuration"),
        discovered("relative", "//id.test/.well-known/openid-configuration"),
        discovered("plain", "http://id.test/.well-known/openid-configuration"),
        scheme("code", SecuritySchemeKind::OAuth2 { flows: &[OAuthFlow::new("implicit"), SIGN_IN] }),
        scheme("device", SecuritySchemeKind::OAuth2 { flows: &[ON_A_DEVICE] }),
        scheme("implicit", SecuritySchemeKind::OAuth2 { flows: &[OAuthFlow::new("implicit")] }),
        scheme(
            "machine",
            SecuritySchemeKind::ClientCredentials {
                token_url: "https://id.test/machine/token",
                scopes: &[],
                flows: &[OAuthFlow {
                    refresh_url: Some("https://id.test/refresh/token"),
                    ..OAuthFlow::new("clientCredentials")
                }],
            },
        ),
        scheme("tv", SecuritySchemeKind::OAuth2 { flows: &[TELEVISION] }),
        scheme("digest", SecuritySchemeKind::Http { scheme: "digest" }),
        scheme("certificate", SecuritySchemeKind::Other { kind: "mutualTLS" }),
    ],
    environment: &[],
    base_url_variable: "",
};

/// A client of the third API.
#[derive(Clone)]
struct Flows {
    transport: Arc<dyn Transport>,
}

as_generated!(Flows, DEFINITION, TABLE, "flows/1.0");

async fn get<const N: usize>(client: &Flows) -> Outcome {
    Call::new::<Op<N>>(client.transport()).send::<Op<N>>().await
}

/// A builder of clients that send to `server`, and whose calls may take a day.
fn flows(server: &Server, clock: &TestClock) -> ClientBuilder<Flows> {
    Flows::builder().http(server.clone()).clock(clock.clone()).timeout(seconds(24 * 3600))
}

fn built(builder: ClientBuilder<Flows>) -> Flows {
    builder.build().expect("a client")
}

fn machine() -> ClientCredentials {
    ClientCredentials::new("an id", "a secret")
}

fn discovery(seen: &Seen) -> bool {
    seen.url.path().ends_with("/openid-configuration")
}

/// The requests for a path that ends so.
fn to(server: &Server, path: &str) -> Vec<Seen> {
    server.seen().into_iter().filter(|seen| seen.url.path().ends_with(path)).collect()
}

/// The value of a field of the form.
fn field(seen: &Seen, name: &str) -> String {
    let mut fields = form_urlencoded::parse(seen.body.as_bytes());
    fields.find(|(other, _)| other == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn oauth(code: &str) -> Answer {
    Answer::json(400, json!({"error": code}))
}

/// A token, and the refresh token that renews it.
fn renewable(token: &str, refresh_token: &str) -> Answer {
    let body =
        json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh_token});
    Answer::json(200, body)
}

#[track_caller]
fn token_error(outcome: Outcome) -> TokenError {
    let error = outcome.expect_err("no token");
    match error.kind() {
        ErrorKind::Token(token) => token.clone(),
        _ => panic!("{error}"),
    }
}

/// A server with a discovery document, whose tokens are `t1`, `t2` and so on.
fn discoverable(clock: &TestClock, document: Value) -> Server {
    Server::with_tokens(clock, move |seen| match discovery(seen) {
        true => Answer::json(200, document.clone()).after(seconds(1)),
        false => Answer::status(200),
    })
}

#[test]
fn the_token_endpoint_is_discovered_once_and_kept() {
    run(|clock| async move {
        let server = discoverable(&clock, json!({"token_endpoint": "https://id.test/oauth/token"}));
        let client = built(flows(&server, &clock).credential("oidc", machine()));
        get::<OIDC>(&client).await.expect("a success");
        get::<OIDC_WRITE>(&client).await.expect("a success");
        clock.forward(seconds(3601));
        get::<OIDC>(&client).await.expect("a new token");
        let found = to(&server, "/openid-configuration");
        assert_eq!(found.len(), 1, "both scopes share it, and it is kept");
        assert_eq!((found[0].method.as_str(), found[0].header("accept")), ("GET", "application/json"));
        assert_eq!((found[0].authorization(), found[0].header("user-agent")), ("", "flows/1.0"));
        let tokens = server.tokens();
        assert_eq!(tokens.len(), 3);
        assert!(tokens.iter().all(|seen| seen.url.as_str() == "https://id.test/oauth/token"));
        assert_eq!(field(&tokens[2], "scope"), "read");
    });
}

#[test]
fn a_discovery_that_fails_is_tried_again() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match (discovery(seen), seen.nth) {
            (false, _) => Answer::status(200),
            (true, 1) => Answer::status(503),
            (true, 2) => Answer::connect(),
            (true, 3) => Answer::status(429).header("retry-after", "7"),
            (true, 4) => Answer::status(404),
            (true, _) => Answer::json(200, json!({"token_endpoint": "https://id.test/oauth/token"})),
        });
        let client = built(flows(&server, &clock).credential("oidc", machine()));
        let error = token_error(get::<OIDC>(&client).await);
        assert!(matches!(error, TokenError::Invalid(_)), "{error}");
        assert!(error.to_string().contains("`https://id.test/.well-known/openid-configuration` did not come, but 404"));
        assert!(clock.elapsed() >= seconds(7), "as long as the server asked for");
        get::<OIDC>(&client).await.expect("the failure is not kept");
        assert_eq!(to(&server, "/openid-configuration").len(), 5);
    });
}

#[test]
fn an_endpoint_that_secrets_must_not_go_to_is_refused_wherever_it_is_named() {
    run(|clock| async move {
        for (document, message) in [
            (json!({"token_endpoint": "http://id.test/token"}), "`http://id.test/token`, which is not https"),
            (json!({"token_endpoint": "/token"}), "`/token`, which is not a URL"),
            (json!({"issuer": "https://id.test"}), "has no `token_endpoint`"),
            (json!([]), "is not one"),
        ] {
            let server = discoverable(&clock, document);
            let client = built(flows(&server, &clock).credential("oidc", machine()));
            let error = token_error(get::<OIDC>(&client).await);
            assert!(matches!(error, TokenError::Invalid(_)) && error.to_string().contains(message), "{error}");
            assert_eq!(server.seen().len(), 1, "nothing but the discovery");
        }
        let server = Server::new(&clock, |_| Answer::status(302).header("location", "https://evil.test"));
        let error = token_error(get::<OIDC>(&built(flows(&server, &clock).credential("oidc", machine()))).await);
        assert!(error.to_string().contains("redirects are not followed"), "{error}");
        let error = flows(&server, &clock).credential("plain", machine()).build().map(drop).expect_err("plain http");
        assert!(error.to_string().contains("its openIdConnectUrl `http://id.test/"), "{error}");
        let here = flows(&server, &clock).credential("relative", machine()).base_url("http://127.0.0.1:80");
        let error = get::<OIDC_RELATIVE>(&built(here)).await.expect_err("plain http").to_string();
        assert!(error.contains("the discovery document `http://id.test/"), "{error}");
        assert_eq!(server.seen().len(), 1);
    });
}

#[test]
fn a_discovery_goes_where_requests_go_and_a_given_endpoint_spares_it() {
    run(|clock| async move {
        let here = json!({"token_endpoint": "https://api.test/oauth/token?a=b"});
        let server = discoverable(&clock, here.clone());
        let client = flows(&server, &clock).credential("here", machine()).base_url("https://base.test/v1");
        get::<OIDC_HERE>(&built(client)).await.expect("a success");
        let urls: Vec<String> = server.seen().iter().map(|seen| seen.url.to_string()).collect();
        let expected = [
            "https://base.test/.well-known/openid-configuration",
            "https://base.test/oauth/token?a=b",
            "https://base.test/v1/things",
        ];
        assert_eq!(urls, expected);
        let server = discoverable(&clock, here);
        let client = flows(&server, &clock).credential("oidc", TokenExchange::new(BearerToken::new("subject")));
        get::<OIDC>(&built(client.token_url("oidc", "https://sts.test/token"))).await.expect("a success");
        assert_eq!(server.seen()[0].url.as_str(), "https://sts.test/token");
        assert!(to(&server, "/openid-configuration").is_empty());
    });
}

#[test]
fn a_refresh_token_is_replaced_by_the_one_that_the_server_returns() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (false, _) => Answer::status(200),
            (true, 3) => renewable("t", "refresh-3"),
            (true, nth) => renewable("t", &format!("refresh-{}", nth + 1)).after(seconds(1)),
        });
        let stored = Arc::new(Mutex::new(Vec::new()));
        let store = Arc::clone(&stored);
        let credential = RefreshToken::new("refresh-1")
            .public_client("my tool")
            .on_rotation(move |newest| store.lock().expect("no panic").push(newest.to_owned()));
        // Two clients at once: the second waits for the token that the first request brings.
        let build = || built(flows(&server, &clock).credential("code", credential.clone()));
        let (one, other) = (build(), build());
        let task = tokio::spawn(async move { get::<CODE>(&other).await });
        get::<CODE>(&one).await.expect("a success");
        task.await.expect("no panic").expect("a success");
        clock.forward(seconds(3601));
        get::<CODE>(&one).await.expect("a new token");
        let seen = server.tokens();
        let sent: Vec<String> = seen.iter().map(|seen| field(seen, "refresh_token")).collect();
        assert_eq!(sent, ["refresh-1", "refresh-2", "refresh-3"]);
        assert_eq!(*stored.lock().expect("no panic"), ["refresh-2", "refresh-3"], "the third was no other");
        assert!(seen.iter().all(|seen| seen.url.as_str() == "https://id.test/refresh/token"), "the refreshUrl");
        assert_eq!(seen[0].body, "grant_type=refresh_token&refresh_token=refresh-1&client_id=my+tool");
        assert_eq!(seen[0].authorization(), "");
    });
}

#[test]
fn a_refresh_token_counts_though_the_token_beside_it_is_of_no_use() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, 1) => {
                let kind = "mac of token-9 and refresh-2";
                Answer::json(200, json!({"access_token": "token-9", "token_type": kind, "refresh_token": "refresh-2"}))
            }
            (true, _) => Answer::token("t", 60),
            (false, _) => Answer::status(200),
        });
        let client = built(flows(&server, &clock).credential("machine", RefreshToken::new("refresh-1")));
        let error = token_error(get::<MACHINE>(&client).await).to_string();
        assert!(error.contains("`mac of … and …`"), "{error}");
        get::<MACHINE>(&client).await.expect("a success");
        assert_eq!(field(&server.tokens()[1], "refresh_token"), "refresh-2");
        assert_eq!(server.tokens()[1].url.path(), "/refresh/token");
    });
}

#[test]
fn the_client_of_a_refresh_token_says_who_it_is() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match discovery(seen) {
            true => Answer::json(200, json!({"token_endpoint": "https://id.test/oauth/token"})),
            false => Answer::status(200),
        });
        let token = || RefreshToken::new("r").client("id", "a secret").scopes(["read", "write"]);
        for credential in [token(), token().in_body()] {
            get::<OIDC>(&built(flows(&server, &clock).credential("oidc", credential))).await.expect("a success");
        }
        let seen = server.tokens();
        assert_eq!(seen[0].authorization(), "Basic aWQ6YStzZWNyZXQ=");
        assert_eq!(seen[0].body, "grant_type=refresh_token&refresh_token=r&scope=read+write");
        let form = "grant_type=refresh_token&refresh_token=r&client_id=id&client_secret=a+secret&scope=read+write";
        assert_eq!((seen[1].authorization(), seen[1].body.as_str()), ("", form));
    });
}

/// What a person was shown.
type Shown = Arc<Mutex<Vec<DevicePrompt>>>;

/// A credential that remembers its prompts.
fn device() -> (DeviceAuthorization, Shown) {
    let shown = Shown::default();
    let show = Arc::clone(&shown);
    let prompt = move |prompt: &DevicePrompt| show.lock().expect("no panic").push(prompt.clone());
    (DeviceAuthorization::new("my-tool", prompt), shown)
}

/// A server with a device authorization endpoint; `token` answers the other requests for tokens.
fn devices(clock: &TestClock, token: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Server {
    Server::new(clock, move |seen| match seen.url.path() {
        "/device" => Answer::json(
            200,
            json!({
                "device_code": format!("device-code-{}", seen.nth),
                "user_code": "WDJB-MJHT\u{1b}[2J",
                "verification_uri": "https://id.test/activate",
                "verification_uri_complete": "https://id.test/activate?user_code=WDJB-MJHT",
                "expires_in": 900,
            }),
        ),
        path if path.ends_with("/token") => token(seen),
        _ => Answer::status(200),
    })
}

#[test]
fn a_person_signs_in_on_another_device_while_the_client_waits() {
    run(|clock| async move {
        let server = devices(&clock, |seen| match seen.nth {
            1 => oauth("authorization_pending"),
            2 => oauth("slow_down"),
            // As one well-known server has it.
            3 => Answer::json(200, json!({"error": "authorization_pending"})),
            4 => Answer::status(503),
            5 => oauth("authorization_pending"),
            6 => Answer::status(429).header("retry-after", "100"),
            _ => renewable("t", "refresh-1"),
        });
        let (credential, shown) = device();
        let client = built(flows(&server, &clock).credential("device", credential.client_secret("a secret")));
        get::<DEVICE>(&client).await.expect("a success");
        let shown = shown.lock().expect("no panic").clone();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].user_code, "WDJB-MJHT\\u{1b}[2J", "it does nothing to a terminal");
        assert_eq!(shown[0].verification_uri, "https://id.test/activate");
        let complete = shown[0].verification_uri_complete.as_deref();
        assert_eq!(complete, Some("https://id.test/activate?user_code=WDJB-MJHT"));
        assert_eq!(shown[0].expires_in, seconds(900));
        let asked = &to(&server, "/device")[0];
        assert_eq!((asked.body.as_str(), asked.authorization()), ("scope=read", "Basic bXktdG9vbDphK3NlY3JldA=="));
        let polls = server.tokens();
        let at: Vec<u64> = polls.iter().map(|seen| seen.at.as_secs()).collect();
        assert_eq!(at, [5, 10, 20, 30, 50, 70, 170]);
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=device-code-1";
        assert!(polls.iter().all(|seen| seen.body == form), "{}", polls[0].body);
        assert_eq!(to(&server, "/things")[0].authorization(), "Bearer t");
    });
}

#[test]
fn a_refusal_and_an_expired_code_end_the_wait() {
    run(|clock| async move {
        type Token = fn(&Seen) -> Answer;
        let table: [(Token, &str); 4] = [
            (|_| oauth("access_denied"), "access_denied"),
            (|_| oauth("expired_token"), "expired_token"),
            (|_| oauth("authorization_pending"), "expired_token: nobody signed in within 900.0s"),
            (
                |_| Answer::status(429).header("retry-after", &u64::MAX.to_string()),
                "expired_token: nobody signed in within 900.0s",
            ),
        ];
        for (token, message) in table {
            let server = devices(&clock, token);
            let (credential, shown) = device();
            let client = built(flows(&server, &clock).credential("device", credential));
            let start = clock.elapsed();
            let error = token_error(get::<DEVICE>(&client).await);
            assert!(matches!(&error, TokenError::Refused(said) if said.starts_with(message)), "{error}");
            assert!(clock.elapsed() - start <= seconds(900), "as long as the code is good");
            assert_eq!(shown.lock().expect("no panic").len(), 1);
            let _ = get::<DEVICE>(&client).await.expect_err("refused again");
            assert_eq!(shown.lock().expect("no panic").len(), 2, "the next call asks again");
        }
    });
}

#[test]
fn a_refresh_token_spares_the_person_until_it_is_refused() {
    run(|clock| async move {
        let server = devices(&clock, |seen| {
            let refreshed = field(seen, "grant_type") == "refresh_token";
            match (refreshed, field(seen, "refresh_token").as_str(), seen.nth) {
                (false, ..) => renewable("t", "refresh-1"),
                (true, "refresh-1", _) => renewable("t", "refresh-2"),
                (true, _, 3) => Answer::status(503),
                (true, _, 4) => Answer::token("t", 3600),
                (true, ..) => oauth("invalid_grant"),
            }
        });
        let (credential, shown) = device();
        let client = built(flows(&server, &clock).credential("device", credential.scopes(["read", "offline_access"])));
        for prompts in [1, 1, 1, 2] {
            get::<DEVICE>(&client).await.expect("a success");
            assert_eq!(shown.lock().expect("no panic").len(), prompts);
            clock.forward(seconds(3601));
        }
        let sent: Vec<String> = server.tokens().iter().map(|seen| field(seen, "refresh_token")).collect();
        assert_eq!(sent, ["", "refresh-1", "refresh-2", "refresh-2", "refresh-2", ""]);
        assert_eq!(server.tokens()[1].body, "grant_type=refresh_token&refresh_token=refresh-1&client_id=my-tool");
        assert_eq!(to(&server, "/device")[1].body, "client_id=my-tool&scope=read+offline_access");
    });
}

#[test]
fn a_call_that_runs_out_of_time_leaves_the_wait_to_the_next() {
    run(|clock| async move {
        let server = devices(&clock, |seen| match seen.at.as_secs() {
            ..200 => oauth("authorization_pending"),
            _ => Answer::token("t", 3600),
        });
        let (credential, shown) = device();
        let builder = flows(&server, &clock).credential("device", credential).timeout(seconds(120));
        let client = built(builder.attempt_timeout(seconds(3)));
        let error = get::<DEVICE>(&client).await.expect_err("nobody has signed in");
        assert!(matches!(error.kind(), ErrorKind::Deadline(_)), "{error}");
        assert_eq!(clock.elapsed(), seconds(120));
        get::<DEVICE>(&client).await.expect("the person has signed in meanwhile");
        assert_eq!(clock.elapsed(), seconds(200));
        clock.sleep(seconds(60)).await;
        get::<DEVICE>(&client).await.expect("the token is kept");
        assert_eq!(shown.lock().expect("no panic").len(), 1);
    });
}

#[test]
fn the_device_authorization_endpoint_is_the_definitions_or_discovered_or_given() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.url.path() {
            "/.well-known/openid-configuration" => Answer::json(
                200,
                json!({
                    "token_endpoint": "https://id.test/oauth/token",
                    "device_authorization_endpoint": "https://id.test/oauth/device",
                }),
            ),
            // Google's name of the page.
            "/oauth/device" | "/given" => Answer::json(
                200,
                json!({
                    "device_code": "d",
                    "user_code": "u",
                    "verification_url": "https://id.test/a",
                    "interval": 0,
                    "expires_in": "60",
                }),
            ),
            path if path.ends_with("/token") => Answer::token("t", 60),
            _ => Answer::status(200),
        });
        let (credential, _) = device();
        get::<OIDC>(&built(flows(&server, &clock).credential("oidc", credential.clone()))).await.expect("a success");
        assert_eq!(clock.elapsed(), seconds(1), "not without a wait");
        let given = credential.clone().authorization_url("https://id.test/given");
        get::<TV>(&built(flows(&server, &clock).credential("tv", given))).await.expect("a success");
        let urls: Vec<String> = server.seen().iter().map(|seen| seen.url.path().to_owned()).collect();
        let discovered = ["/.well-known/openid-configuration", "/oauth/device", "/oauth/token", "/things"];
        assert_eq!(urls, [&discovered[..], &["/given", "/token", "/things"]].concat());
        let plain = credential.authorization_url("http://id.test/given");
        let error = flows(&server, &clock).credential("tv", plain).build().map(drop).expect_err("plain http");
        assert!(error.to_string().contains("it must be https, or loopback"), "{error}");
    });
}

#[test]
fn what_is_no_answer_to_a_device_is_said_and_nobody_is_sent_to_an_unsafe_page() {
    run(|clock| async move {
        let code = |page: &str| json!({"device_code": "a device code", "user_code": "u", "verification_uri": page});
        for (answer, message) in [
            (code("http://id.test/a"), "the page where the person would sign in is not https"),
            (code("javascript:alert(1)"), "the page where the person would sign in is not https"),
            (json!({"user_code": "u", "verification_uri": "https://id.test/a"}), "has no `device_code`"),
            (json!("no"), "is not one"),
            (json!({"error": "invalid_scope"}), "refused: invalid_scope"),
        ] {
            let server = Server::new(&clock, move |_| Answer::json(200, answer.clone()));
            let (credential, shown) = device();
            let client = built(flows(&server, &clock).credential("device", credential));
            let error = token_error(get::<DEVICE>(&client).await).to_string();
            assert!(error.contains(message) && !error.contains("a device code"), "{error}");
            assert_eq!((shown.lock().expect("no panic").len(), server.seen().len()), (0, 1));
        }
    });
}

#[test]
fn a_credential_that_cannot_serve_is_told_what_can() {
    let (credential, _) = device();
    let table: [(Credential, &str, &[&str]); 12] = [
        (machine().into(), "code", &["from a person who signs in", "`RefreshToken`", "with an `authorization_url`"]),
        (machine().into(), "device", &["a `RefreshToken`, a `DeviceAuthorization` or a token source of your own"]),
        (
            machine().into(),
            "implicit",
            &["a person who signs in: give a token source of your own (`Credential::source`)"],
        ),
        (RefreshToken::new("secret-r").into(), "implicit", &["no token endpoint", "`token_url`"]),
        (credential.clone().into(), "code", &["`DeviceAuthorization::authorization_url`"]),
        (credential.clone().into(), "machine", &["`DeviceAuthorization::authorization_url`"]),
        (credential.into(), "digest", &["cannot present `digest`"]),
        (
            BasicAuth::new("u", "p").into(),
            "digest",
            &["cannot present `digest`", "an HTTP client of your own (`http`)"],
        ),
        (BearerToken::new("secret-t").into(), "digest", &["cannot present `digest`", "by an overlay"]),
        (Credential::source(BearerToken::new("secret-t")), "certificate", &["`mutualTLS`", "give the certificate"]),
        (ApiKey::new("secret-k").into(), "certificate", &["`mutualTLS`", "(`http_client` or `http`)"]),
        (RefreshToken::new("secret-r").into(), "plain", &["its openIdConnectUrl", "is not https", "`token_url`"]),
    ];
    for (credential, scheme, parts) in table {
        let builder = Flows::builder().credential(scheme, credential);
        let said = builder.build().map(drop).expect_err("it cannot serve").to_string();
        for part in parts {
            assert!(said.contains(part) && !said.contains("secret-"), "{scheme}: `{said}` does not say `{part}`");
        }
    }
    assert!(bare().credential("login", RefreshToken::new("r")).build().is_ok(), "who names it may know better");
    let said = bare().credential("key", RefreshToken::new("r")).build().map(drop).expect_err("HTTP Basic").to_string();
    assert!(said.contains("does not give it this grant"), "{said}");
}

#[test]
fn without_a_credential_each_kind_of_scheme_names_its_own() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(200));
        let client = built(flows(&server, &clock));
        let all = "`ClientCredentials::new(…)`, `RefreshToken::new(…)` or `DeviceAuthorization::new(…)`";
        let device =
            "`device` (`.credential(\"device\", …)` with `RefreshToken::new(…)` or `DeviceAuthorization::new(…)`)";
        for (outcome, message) in [
            (get::<OIDC>(&client).await, all),
            (get::<OIDC_PLAIN>(&client).await, "Credential::source(…)"),
            (get::<CODE>(&client).await, "`code` (`.credential(\"code\", RefreshToken::new(…))`)"),
            (get::<DEVICE>(&client).await, device),
            (get::<IMPLICIT>(&client).await, "Credential::source(…)"),
            (get::<MACHINE>(&client).await, "ClientCredentials::new(…)"),
            (get::<DIGEST>(&client).await, "`digest`, which this client cannot present"),
            (get::<CERTIFICATE>(&client).await, "`certificate`, which this client cannot present"),
        ] {
            let said = outcome.expect_err("no credential").to_string();
            assert!(said.contains(message), "`{said}` does not say `{message}`");
        }
        assert!(server.seen().is_empty());
    });
}

#[test]
fn no_secret_is_shown() {
    run(|clock| async move {
        // It repeats whatever it was sent.
        let server = Server::new(&clock, |seen| match seen.url.path() {
            "/device" => Answer::json(
                200,
                json!({
                    "device_code": "device-secret",
                    "user_code": "u",
                    "verification_uri": "https://id.test/a",
                }),
            ),
            _ => {
                let said = format!("{} {}", seen.body, seen.authorization());
                Answer::json(400, json!({"error": "invalid_grant", "error_description": said}))
            }
        });
        let refresh = RefreshToken::new("refresh-secret").client("id", "client-secret");
        let (device, _) = device();
        let device = device.client_secret("client-secret");
        let credentials: [(Credential, &str); 4] = [
            (refresh.clone().into(), "code"),
            (refresh.in_body().into(), "code"),
            (device.clone().into(), "device"),
            (device.in_body().into(), "device"),
        ];
        for (credential, scheme) in credentials {
            let mut shown = format!("{credential:?}");
            let builder = flows(&server, &clock).credential(scheme, credential);
            shown += &format!("{builder:?}");
            let client = built(builder);
            let error = if scheme == "code" { get::<CODE>(&client).await } else { get::<DEVICE>(&client).await };
            let error = error.expect_err("refused");
            shown += &format!("{error} {error:?} {:?}", error.kind());
            assert!(shown.contains("invalid_grant: "), "{shown}");
            for secret in ["-secret", "aWQ6Y2xpZW50LXNlY3JldA", "bXktdG9vbDpjbGllbnQtc2VjcmV0"] {
                assert!(!shown.contains(secret), "`{secret}` is in {shown}");
            }
        }
    });
}

#[test]
fn a_scheme_that_names_the_flow_comes_before_one_whose_flows_are_discovered() {
    let builder = || Flows::builder().http(super::Nowhere);
    assert!(builder().credentials(machine()).build().is_ok(), "`machine`");
    let said = builder().credentials(RefreshToken::new("r")).build().map(drop).expect_err("several").to_string();
    assert!(said.contains("several security schemes: oidc, here, relative, code, device, machine, tv"), "{said}");
    assert!(builder().credentials(device().0).build().is_ok(), "`device`");
    let exchange = TokenExchange::new(BearerToken::new("subject"));
    let said = builder().credentials(exchange).build().map(drop).expect_err("several").to_string();
    assert!(said.contains("several security schemes: oidc, here, relative;"), "{said}");
}
