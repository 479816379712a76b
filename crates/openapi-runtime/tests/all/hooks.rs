//! Hooks around attempts: what they see, what they change, and what they answer.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use openapi_runtime::http::{HeaderValue, Response, Uri};
use openapi_runtime::{Body, BoxFuture, Clock, Hook, HttpError, Next, Outbound};

use super::clock;
use super::server::{Answer, Server};
use super::{GET, OPEN, POST, bare, builder, call, seconds};

type Answered = Result<Response<Body>, HttpError>;

/// A clock that only the test moves. Waits of up to a minute take no time, and longer ones do not end.
#[derive(Clone)]
pub(super) struct Hand(Arc<Mutex<Instant>>);

impl Hand {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    #[cfg(all(feature = "opentelemetry", feature = "rustls"))]
    pub(super) fn forward(&self, by: Duration) {
        *self.0.lock().expect("no test panics with it") += by;
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        *self.0.lock().expect("no test panics with it")
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration > seconds(60) { Box::pin(std::future::pending()) } else { Box::pin(std::future::ready(())) }
    }
}

/// A hook that is a function.
pub(super) struct By<F>(pub(super) F);

impl<F> Hook for By<F>
where
    F: for<'a> Fn(Outbound, Next<'a>) -> BoxFuture<'a, Answered> + Send + Sync + 'static,
{
    fn around<'a>(&'a self, outbound: Outbound, next: Next<'a>) -> BoxFuture<'a, Answered> {
        self.0(outbound, next)
    }
}

/// Makes a hook of a function.
pub(super) fn by<F>(function: F) -> By<F>
where
    F: for<'a> Fn(Outbound, Next<'a>) -> BoxFuture<'a, Answered> + Send + Sync + 'static,
{
    By(function)
}

type Log = Arc<Mutex<Vec<String>>>;

fn logged(log: &Log) -> Vec<String> {
    log.lock().expect("no test panics with it").clone()
}

/// Writes down what it sees, and adds a header of its name.
fn recorder(name: &'static str, log: &Log) -> impl Hook {
    let log = Arc::clone(log);
    by(move |mut outbound, next| {
        let log = Arc::clone(&log);
        Box::pin(async move {
            let write = |text: String| log.lock().expect("no test panics with it").push(format!("{name}: {text}"));
            let Outbound { operation, attempt, .. } = outbound;
            write(format!("{attempt} {} {} {}", operation.id, operation.method, operation.path));
            outbound.request.headers_mut().insert(name, HeaderValue::from(attempt));
            let answered = next.run(outbound).await;
            write(match &answered {
                Ok(response) => response.status().as_str().to_owned(),
                Err(error) => error.to_string(),
            });
            answered
        })
    })
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn hooks_run_in_their_order_around_each_attempt() {
    use super::scripted::{Play, Scripted};

    let script = vec![Play::of("503 Unavailable", "Retry-After: 0\r\n", 0, b""), Play::of("200 OK", "", 0, b"")];
    let server = Scripted::start(script).await;
    let log = Log::default();
    let client = server.client().clock(Hand::new()).attempt_timeout(seconds(3600)).default_header("x-tenant", "blue");
    let client = client.hook(recorder("x-first", &log)).hook(recorder("x-second", &log)).build().expect("a client");
    assert_eq!(call(&client, OPEN).await.expect("the second attempt").attempts(), 2);
    let around = |attempt: u32, status: u16| {
        [
            format!("x-first: {attempt} open GET /things"),
            format!("x-second: {attempt} open GET /things"),
            format!("x-second: {status}"),
            format!("x-first: {status}"),
        ]
    };
    assert_eq!(logged(&log), [around(1, 503), around(2, 200)].concat());
    for (request, attempt) in server.requests().iter().zip(1..) {
        for header in ["x-first", "x-second"] {
            assert!(request.contains(&format!("{header}: {attempt}\r\n")), "{request}");
        }
    }
    assert_eq!(server.requests().len(), 2);
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn the_last_hook_signs_what_the_server_gets() {
    use openapi_runtime::BasicAuth;
    use openapi_runtime::http::header::{AUTHORIZATION, HOST, HeaderMap};

    use super::KEY_WEST;
    use super::scripted::{Play, Scripted};

    /// The names and values of all headers.
    fn signature(headers: &HeaderMap) -> String {
        let mut lines: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect();
        lines.sort();
        lines.join("; ").to_ascii_lowercase()
    }

    let server = Scripted::start(vec![Play::of("200 OK", "", 0, b"")]).await;
    let signed = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&signed);
    let sign = by(move |mut outbound, next| {
        let headers = outbound.request.headers_mut();
        assert!(headers.get(AUTHORIZATION).is_some_and(HeaderValue::is_sensitive), "nobody prints it by accident");
        *kept.lock().expect("no test panics with it") = signature(headers);
        headers.insert("x-signature", HeaderValue::from_static("s"));
        next.run(outbound)
    });
    let client =
        server.client().clock(Hand::new()).attempt_timeout(seconds(3600)).credential("key", BasicAuth::new("u", "p"));
    let client = client.default_header("x-tenant", "blue").hook(recorder("x-first", &Log::default())).hook(sign);
    call(&client.build().expect("a client"), KEY_WEST).await.expect("a 200");
    let request = server.requests().concat();
    let sent = request.trim_end().split("\r\n").skip(1);
    let mut sent: Vec<&str> =
        sent.filter(|line| !line.starts_with(HOST.as_str()) && *line != "x-signature: s").collect();
    // Those of reqwest alone.
    sent.retain(|line| !line.starts_with("accept-encoding") && *line != "accept: */*");
    sent.sort_unstable();
    assert_eq!(*signed.lock().expect("no test panics with it"), sent.join("; "), "{request}");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_hook_sees_the_response_before_its_body_is_read() {
    use openapi_runtime::http::StatusCode;
    use tokio::sync::Notify;

    use super::scripted::{Play, Scripted, Then};

    // The server sends the body when the hook has seen the head.
    let called_for = Arc::new(Notify::new());
    let play =
        Play::of("200 OK", "X-Kind: yes\r\n", 4, b"").then(Then::Rest(Arc::clone(&called_for), b"body".to_vec()));
    let server = Scripted::start(vec![play]).await;
    let hook = by(move |outbound, next| {
        let called_for = Arc::clone(&called_for);
        Box::pin(async move {
            let mut response = next.run(outbound).await?;
            assert_eq!(response.headers()["x-kind"], "yes");
            *response.status_mut() = StatusCode::ACCEPTED;
            called_for.notify_one();
            Ok(response)
        })
    });
    let client =
        server.client().clock(Hand::new()).attempt_timeout(seconds(3600)).hook(hook).build().expect("a client");
    let response = call(&client, OPEN).await.expect("a success");
    assert_eq!(response.status(), StatusCode::ACCEPTED, "as the hook has changed it");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_hook_changes_path_and_query_and_sends_to_no_other_server() {
    use openapi_runtime::ErrorKind;

    use super::scripted::{Play, Scripted};

    let to = |uri: String| {
        by(move |mut outbound, next| {
            *outbound.request.uri_mut() = Uri::try_from(&uri).expect("a URI");
            next.run(outbound)
        })
    };
    let server = Scripted::start(vec![Play::of("200 OK", "", 0, b"")]).await;
    let other = Scripted::start(vec![Play::of("200 OK", "", 0, b"")]).await;
    let client =
        |hook| server.client().clock(Hand::new()).attempt_timeout(seconds(3600)).hook(hook).build().expect("a client");
    call(&client(to(server.url("/other?signed=yes"))), OPEN).await.expect("a 200");
    assert!(server.requests()[0].starts_with("get /other?signed=yes http/1.1\r\n"), "{:?}", server.requests());
    let error = call(&client(to(other.url("/things"))), OPEN).await.expect_err("it is another server");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Request(_))), "{error}");
    assert!(error.to_string().contains("a hook changed the server"), "{error}");
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_hook_answers_by_itself() {
    let client =
        bare().base_url("http://127.0.0.1:1").hook(by(|_, _| Box::pin(std::future::ready(Ok(Response::default())))));
    assert_eq!(call(&client.build().expect("a client"), OPEN).await.expect("a 200").status(), 200);
}

#[test]
fn an_error_of_a_hook_is_tried_again_as_one_of_the_network_is() {
    clock::run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let once = by(|outbound: Outbound, next| match outbound.attempt {
            1 => Box::pin(std::future::ready(Err(HttpError::Connect("not yet".into())))),
            _ => next.run(outbound),
        });
        let client = builder(&server, &clock).hook(once).build().expect("a client");
        assert_eq!(call(&client, POST).await.expect("a 200").attempts(), 2);
        assert_eq!(server.calls().len(), 1);
    });
}

#[test]
fn a_hook_learns_that_the_time_for_the_attempt_ran_out() {
    clock::run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::Never,
            _ => Answer::status(200),
        });
        let log = Log::default();
        let client = builder(&server, &clock).attempt_timeout(seconds(7)).hook(recorder("x-first", &log));
        let before = clock.elapsed();
        let response = call(&client.build().expect("a client"), GET).await.expect("a 200");
        assert_eq!(response.attempts(), 2);
        assert_eq!(logged(&log)[1], "x-first: the attempt timed out");
        assert_eq!(server.calls()[0].at, before);
        assert!(server.calls()[1].at >= before + seconds(7));
    });
}

#[test]
fn requests_for_tokens_run_no_hooks() {
    clock::run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let log = Log::default();
        let client = builder(&server, &clock).hook(recorder("x-first", &log)).build().expect("a client");
        call(&client, GET).await.expect("a 200");
        assert_eq!(logged(&log).len(), 2);
        assert_eq!(server.tokens()[0].header("x-first"), "");
        assert_eq!(server.calls()[0].header("x-first"), "1");
    });
}

#[test]
fn what_a_hook_gets_prints_no_secret() {
    clock::run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let printed = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&printed);
        let hook = by(move |outbound, next| {
            *kept.lock().expect("no test panics with it") =
                format!("{outbound:?} {next:?} {:?}", outbound.request.headers());
            next.run(outbound)
        });
        let client = builder(&server, &clock).hook(hook).build().expect("a client");
        call(&client, GET).await.expect("a 200");
        assert_eq!(server.calls()[0].authorization(), "Bearer t1");
        let printed = printed.lock().expect("no test panics with it").clone();
        assert!(printed.contains("\"get\"") && !printed.contains("t1"), "{printed}");
    });
}

#[test]
fn what_a_hook_marks_as_sensitive_is_hidden_where_the_server_repeats_it() {
    for sensitive in [true, false] {
        clock::run(move |clock| async move {
            let server = Server::with_tokens(&clock, |seen| {
                Answer::json(403, serde_json::json!({"detail": format!("not {}", seen.header("x-session"))}))
            });
            let hook = by(move |mut outbound, next| {
                let mut value = HeaderValue::from_static("s-0123456789");
                value.set_sensitive(sensitive);
                outbound.request.headers_mut().insert("x-session", value);
                next.run(outbound)
            });
            let client = builder(&server, &clock).hook(hook).build().expect("a client");
            let error = call(&client, GET).await.expect_err("a 403").to_string();
            assert_eq!(error.contains("s-0123456789"), !sensitive, "{error}");
        });
    }
}
