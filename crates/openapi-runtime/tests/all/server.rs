//! A server in memory: what arrives is written down, and a function of the test says what is answered.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use openapi_runtime::http::{Method, Request, Response, StatusCode};
use openapi_runtime::{Body, BoxError, BoxFuture, Clock, HttpClient, HttpError, Reply};
use url::Url;

use super::clock::TestClock;

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    /// When, since the test began.
    pub(super) at: Duration,
    /// Its number among those to this path, from 1.
    pub(super) nth: usize,
}

impl Seen {
    pub(super) fn authorization(&self) -> &str {
        self.header(AUTHORIZATION.as_str())
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub(super) fn is_for_token(&self) -> bool {
        self.url.path().ends_with("/token")
    }
}

/// What is answered.
pub(super) enum Answer {
    Reply(Duration, Reply),
    Error(Duration, HttpError),
    /// The headers and this much of the body, and nothing more.
    Stuck(Reply),
    Never,
}

impl Answer {
    pub(super) fn status(status: u16) -> Self {
        Self::Reply(Duration::ZERO, Reply::new(code(status), HeaderMap::new(), Vec::new()))
    }

    pub(super) fn json(status: u16, body: serde_json::Value) -> Self {
        Self::status(status).body(&body.to_string()).header("content-type", "application/json")
    }

    /// A token, good for so many seconds.
    pub(super) fn token(token: &str, seconds: u64) -> Self {
        Self::json(200, serde_json::json!({"access_token": token, "token_type": "Bearer", "expires_in": seconds}))
    }

    pub(super) fn connect() -> Self {
        Self::Error(Duration::ZERO, HttpError::Connect("refused".into()))
    }

    pub(super) fn refused() -> Self {
        Self::Error(Duration::ZERO, HttpError::Refused("REFUSED_STREAM".into()))
    }

    /// The beginning of an answer.
    fn part() -> Box<Reply> {
        let mut headers = HeaderMap::new();
        headers.insert("x-part", HeaderValue::from_static("yes"));
        Box::new(Reply::new(StatusCode::CREATED, headers, b"beg".to_vec()))
    }

    pub(super) fn cut() -> Self {
        Self::Error(Duration::ZERO, HttpError::Cut { reply: Self::part(), source: "reset".into() })
    }

    pub(super) fn slow() -> Self {
        Self::Error(Duration::ZERO, HttpError::Timeout { reply: Some(Self::part()), source: "late".into() })
    }

    pub(super) fn too_large() -> Self {
        Self::Error(Duration::ZERO, HttpError::TooLarge { limit: 3, reply: Self::part() })
    }

    pub(super) fn lost() -> Self {
        Self::Error(Duration::ZERO, HttpError::Lost("reset".into()))
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Reply(_, reply) | Self::Stuck(reply) = &mut self {
            let name = HeaderName::try_from(name).expect("a header name");
            reply.headers.insert(name, HeaderValue::try_from(value).expect("a header value"));
        }
        self
    }

    pub(super) fn body(mut self, body: &str) -> Self {
        if let Self::Reply(_, reply) | Self::Stuck(reply) = &mut self {
            reply.body = body.as_bytes().to_vec();
        }
        self
    }

    pub(super) fn after(mut self, time: Duration) -> Self {
        if let Self::Reply(after, _) | Self::Error(after, _) = &mut self {
            *after = time;
        }
        self
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status")
}

type Answers = dyn Fn(&Seen) -> Answer + Send + Sync;

/// The server; clones are one.
#[derive(Clone)]
pub(super) struct Server {
    clock: TestClock,
    answers: Arc<Answers>,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    seen: Vec<Seen>,
    by_path: HashMap<String, usize>,
}

impl Server {
    pub(super) fn new(clock: &TestClock, answers: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self { clock: clock.clone(), answers: Arc::new(answers), log: Arc::default() }
    }

    /// A server whose tokens are `t1`, `t2` and so on, each good for an hour; `api` answers everything else.
    pub(super) fn with_tokens(clock: &TestClock, api: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::new(clock, move |seen| match seen.is_for_token() {
            true => Answer::token(&format!("t{}", seen.nth), 3600),
            false => api(seen),
        })
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.log.lock().expect("no test panics with it").seen.clone()
    }

    /// The requests for tokens.
    pub(super) fn tokens(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_for_token).collect()
    }

    /// The requests of operations.
    pub(super) fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_for_token()).collect()
    }

    /// How many hold this server: the test, the client, and whatever task is under way.
    pub(super) fn holders(&self) -> usize {
        Arc::strong_count(&self.log)
    }
}

impl HttpClient for Server {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let url = Url::parse(&head.uri.to_string()).expect("a whole URL");
            let body = read(body).await.map_err(HttpError::Lost)?;
            match self.answer(head.method, url, head.headers, body) {
                Answer::Reply(after, reply) => {
                    self.clock.sleep(after).await;
                    let mut response = Response::new(Body::from(reply.body));
                    *response.status_mut() = reply.status;
                    *response.headers_mut() = reply.headers;
                    Ok(response)
                }
                Answer::Stuck(reply) => {
                    let mut response = Response::new(Body::from_stream(Stuck(Some(reply.body)), None));
                    *response.status_mut() = reply.status;
                    *response.headers_mut() = reply.headers;
                    Ok(response)
                }
                Answer::Error(after, error) => {
                    self.clock.sleep(after).await;
                    Err(error)
                }
                Answer::Never => std::future::pending().await,
            }
        })
    }
}

/// A body that never ends.
struct Stuck(Option<Vec<u8>>);

impl Stream for Stuck {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(bytes.into()))))
    }
}

impl Server {
    /// Logs a request and decides its answer.
    fn answer(&self, method: Method, url: Url, headers: HeaderMap, body: Vec<u8>) -> Answer {
        let mut log = self.log.lock().expect("no test panics with it");
        let count = log.by_path.entry(url.path().to_owned()).or_default();
        *count += 1;
        let nth = *count;
        let body = String::from_utf8(body).expect("text");
        let seen = Seen { method, url, headers, body, at: self.clock.elapsed(), nth };
        let answer = (self.answers)(&seen);
        log.seen.push(seen);
        answer
    }
}

/// All bytes of a body.
pub(super) async fn read(mut body: Body) -> Result<Vec<u8>, BoxError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}
