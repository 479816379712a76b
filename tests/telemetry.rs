//! What is seen from outside: spans and events with OpenTelemetry's names, and never a secret, all logs at trace level.

use std::fmt::Write;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use confluent_cloud::retry::Backoff;
use confluent_cloud::sandbox::{self, Answer};
use confluent_cloud::{
    BearerToken, BoxFuture, CallOptions, Client, ClientCredentials, CloudApiKey, Credential, Direct, Reply, Request,
    Token, TokenError, TokenExchange, TokenRequest, TokenSource, Transport, types,
};
use openapi_runtime::{Failure, ReqwestClient};
use tracing_subscriber::fmt::format::FmtSpan;

/// All that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The log, switched on.
    fn on() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Log::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_span_events(FmtSpan::CLOSE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log
        })
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics with it").clone()).expect("text")
    }

    /// The lines that have all of `parts`.
    fn lines(&self, parts: &[&str]) -> Vec<String> {
        let text = self.text();
        text.lines().filter(|line| parts.iter().all(|part| line.contains(part))).map(str::to_owned).collect()
    }
}

fn request(organization: &str) -> types::ActivatePartnerSignupRequest {
    let user = types::V2User::new(types::V2UserRequired {
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        email: "ada@example.com".into(),
    });
    let organization_id = organization.to_owned();
    types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired { user, organization_id })
}

const OPERATION: &str = "activateSignup";
const SECRET: &str = "s3cr3t-of-the-client/+%";
const TOKEN: &str = "t0k3n-of-the-service";
const KEY: &str = "k3y-of-the-cluster";
const SUBJECT: &str = "subj3ct-token";

/// What must not be seen, in each form in which it is sent.
fn secrets() -> Vec<String> {
    use base64::Engine;
    let encode = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let escaped: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let plain = [SECRET, TOKEN, KEY, SUBJECT].map(str::to_owned);
    plain.into_iter().chain([encode(format!("id:{escaped}")), encode(format!("id:{KEY}")), escaped]).collect()
}

/// An answer of the token endpoint.
fn grants(status: u16, body: String) -> Answer {
    let headers = vec![("content-type".into(), "application/json".into())];
    Answer::Raw { status, headers, body: body.into_bytes() }
}

/// Shows each request before it is sent, as a transport of a user's own may.
struct Shown(Direct, Arc<Mutex<String>>);

impl Transport for Shown {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let mut shown = self.1.lock().expect("no test panics with it");
        write!(shown, "{request:?}").expect("a string takes all");
        drop(shown);
        self.0.send(request)
    }
}

/// Tries again at once.
struct NoWait;

impl Backoff for NoWait {
    fn wait(&self, _: u32) -> Duration {
        Duration::ZERO
    }
}

struct Fails(TokenError);

impl TokenSource for Fails {
    fn token<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}

#[tokio::test]
async fn no_secret_is_seen_whatever_goes_wrong() {
    let log = Log::on();
    let sandbox = sandbox::start().await.expect("a loopback port");
    let credentials = ClientCredentials::new("id", SECRET);
    let token = |kind: &str| format!(r#"{{"access_token":"{TOKEN}","token_type":"{kind}","expires_in":3600}}"#);
    let forms = secrets();
    let refused = |sent: &[&str]| {
        let sent = sent.join(" or ");
        grants(401, format!(r#"{{"error":"invalid_client","error_description":"{sent} is wrong"}}"#))
    };
    // What the token endpoint answers, then what the operation does.
    let scripts: Vec<(Answer, Option<Answer>)> = vec![
        (grants(200, token("Bearer")), None),
        (grants(200, token("mac")), None),
        (grants(200, token(SECRET)), None),
        (grants(200, token(TOKEN)), None),
        (Answer::Raw { status: 200, headers: vec![("content-type".into(), SECRET.into())], body: "-".into() }, None),
        (grants(200, format!("not JSON: {TOKEN}")), None),
        (grants(200, format!(r#"{{"access_token":"{TOKEN}","token_type":7}}"#)), None),
        (grants(200, format!(r#"{{"access_token":["{TOKEN}"],"token_type":"Bearer"}}"#)), None),
        (grants(200, token("Bearer").replace(TOKEN, &format!("{TOKEN}\\n"))), None),
        (refused(&[SECRET, &forms[4], &forms[6]]), None),
        (grants(500, format!("{SECRET} {TOKEN}")), None),
        (grants(307, token("Bearer")), None),
        (grants(200, token("Bearer")), Some(Answer::Status(409))),
        (grants(200, token("Bearer")), Some(Answer::Close)),
        (grants(200, token("Bearer")), Some(Answer::Raw { status: 418, headers: vec![], body: TOKEN.into() })),
        (grants(200, token("Bearer")), Some(Answer::Raw { status: 409, headers: vec![], body: TOKEN.into() })),
        (grants(200, token("Bearer")), Some(grants(201, format!(r#""{TOKEN}""#)))),
    ];
    let mut seen = String::new();
    for (granted, answered) in scripts {
        for in_body in [false, true] {
            let http = |http: reqwest::ClientBuilder| http.connection_verbose(true);
            let credentials = if in_body { credentials.clone().in_body() } else { credentials.clone() };
            let builder = Client::builder().base_url(sandbox.url()).http_client(http).credentials(credentials);
            write!(seen, "{builder:?}").expect("a string takes all");
            let client = builder.build().expect("a client").with(CallOptions::new().no_retry());
            sandbox.answer("token", granted.clone());
            if let Some(answer) = &answered {
                sandbox.answer(OPERATION, answer.clone());
            }
            let call = client.activate_signup(request("a"));
            write!(seen, "{client:?} {call:?}").expect("a string takes all");
            match call.send().await {
                Ok(signup) => write!(seen, "{signup:?}"),
                Err(error) => write!(seen, "{error} {error:?} {error:#?} {:?}", error.kind()),
            }
            .expect("a string takes all");
        }
    }
    let sources: Vec<Credential> = vec![
        BearerToken::new(TOKEN).into(),
        BearerToken::new(format!("{TOKEN}\n")).into(),
        Credential::source(BearerToken::new(TOKEN)),
        Credential::source(Fails(TokenError::unavailable("no answer"))),
        credentials.clone().into(),
        CloudApiKey::new("id", KEY).into(),
        TokenExchange::new(BearerToken::new(SUBJECT)).field("client_secret", SECRET).into(),
    ];
    for source in sources {
        write!(seen, "{source:?} {source:#?}").expect("a string takes all");
        let builder = Client::builder().base_url(sandbox.url());
        if let Ok(client) = builder.credential("oauth", source).build() {
            let options = CallOptions::new().no_retry();
            let error = client.with(options).activate_signup(request("a")).send().await.expect_err("none is good");
            write!(seen, "{error:?} {:?}", error.kind()).expect("a string takes all");
        }
    }
    // One of what is sent is a part of the other.
    let longer = format!("{SUBJECT}-{SECRET}");
    let exchange = TokenExchange::new(BearerToken::new(SUBJECT)).field("client_secret", &longer);
    let client = Client::builder().base_url(sandbox.url()).credential("oauth", exchange).build().expect("a client");
    let escaped: String = form_urlencoded::byte_serialize(longer.as_bytes()).collect();
    sandbox.answer("token", refused(&[SUBJECT, &longer, &escaped]));
    let error = client.activate_signup(request("a")).send().await.expect_err("the exchange is refused").to_string();
    assert!(error.contains("invalid_client: … or … or … is wrong"), "{error}");
    let options = CallOptions::new().token_source(BearerToken::new(TOKEN));
    let token = Token::new(TOKEN, Duration::from_secs(60));
    write!(seen, "{credentials:?} {options:?} {token:?} {sandbox:?}").expect("a string takes all");
    let shown = Arc::new(Mutex::new(String::new()));
    let direct = Direct::new(ReqwestClient::new().expect("a client")).server(sandbox.url()).expect("a URL");
    let client = Client::with_transport(Shown(direct, Arc::clone(&shown)));
    client.activate_signup(request(SECRET)).send().await.expect_err("no credential");
    seen.push_str(&shown.lock().expect("no test panics with it"));

    let logged = log.text();
    assert!(logged.contains("invalid_client"), "the log has what happened");
    assert!(logged.contains("hyper_util"), "and what the libraries say");
    for secret in secrets() {
        assert!(!seen.contains(&secret), "`{secret}` is shown");
        assert!(!logged.contains(&secret), "`{secret}` is logged: {:?}", log.lines(&[&secret]).first());
    }
}

#[tokio::test]
async fn each_call_is_a_span_with_an_event_for_each_attempt_and_token_fetch() {
    let log = Log::on();
    let sandbox = sandbox::start().await.expect("a loopback port");
    // The port tells the lines of this test from those of others.
    let port = sandbox.url().rsplit(':').next().expect("a port").to_owned();
    let port = format!("server.port={port}");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    sandbox.answer(OPERATION, Answer::RateLimit(0));
    client.activate_signup(request("a")).send().await.expect("the second attempt");
    client.activate_signup(request("a")).send().await.expect_err("the documented conflict");
    let name = r#"HTTP{otel.kind="client" otel.name=POST /partner/v2/signup/activate http.request.method="POST" "#;
    let where_to = r#"url.template="/partner/v2/signup/activate" server.address="127.0.0.1" "#;
    let closed = log.lines(&["close", name, where_to, &port]);
    assert_eq!(closed.len(), 2, "{closed:#?}");
    assert!(closed[0].contains("http.request.resend_count=1 http.response.status_code=201}"), "{}", closed[0]);
    assert!(closed[1].contains(r#"http.response.status_code=409 error.type="409"}"#), "{}", closed[1]);
    let attempts: Vec<String> = log.lines(&["openapi_runtime", "attempt attempt=", &port]);
    let statuses: Vec<_> = attempts.iter().filter_map(|line| line.split("attempt attempt=").nth(1)).collect();
    assert_eq!(statuses, ["1 status=429", "2 status=201", "1 status=409"]);
    assert_eq!(log.lines(&["openapi_runtime", "retry wait=", &port]).len(), 1);
    assert!(!log.lines(&["token fetched", r#"scheme="oauth" attempt=1"#]).is_empty());

    // A port that nobody listens on: it was ours a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let client = Client::builder().base_url(format!("http://127.0.0.1:{port}")).backoff(NoWait);
    let client = client.credential("oauth", BearerToken::new("t")).build().expect("a client");
    client.activate_signup(request("b")).send().await.expect_err("nobody is there");
    let failed = log.lines(&["close", &format!("server.port={port}"), "http.request.resend_count=3"]);
    assert!(failed.len() == 1 && failed[0].contains(r#"error.type="transport"}"#), "{failed:?}");
}
