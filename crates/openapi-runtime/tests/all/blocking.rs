//! Calls without `async`: over sockets, outside and inside of runtimes, by requests as generated code has them.

#![allow(unreachable_pub, reason = "requests are public, and so is what they name")]

use std::io::{self, BufRead, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use openapi_runtime::blocking::{BlockingBody, BlockingError, BlockingIter, SendBlocking};
use openapi_runtime::codegen::{Call, Decoded, Documented, Reads};
use openapi_runtime::http::{self, Method, StatusCode};
use openapi_runtime::{
    Api, Body, BoxFuture, ClientCredentials, Cursor, Endpoint, Error, ErrorKind, Event, HttpClient, HttpError, Input,
    Items, List, Operation, Paging, Reply, RequestError, StreamError, UndescribedRequest,
};
use serde_json::Value;

use super::logs::Log;
use super::{Client, GET, OPEN, TABLE, alone, bare, is_alone, seconds};

/// An error with a text, for 409.
#[derive(Debug, PartialEq)]
pub struct Conflict(String);

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a conflict")
    }
}

impl std::error::Error for Conflict {}

impl Documented for Conflict {
    fn decode(reply: &Reply) -> Decoded<Self> {
        (reply.status == StatusCode::CONFLICT).then(|| reply.body_text().map(Self))
    }
}

/// A list of numbers, which needs no credential.
pub struct Numbers;
/// Bytes, which need a token.
pub struct Export;
/// Nothing.
pub struct Ping;

impl Endpoint for Numbers {
    const OPERATION: &'static Operation = TABLE[OPEN];
    type Body = Value;
    type Headers = ();
    type Error = Conflict;
    const READ: Reads<Value> = &[(200..=200, Reply::json)];
}

impl List for Numbers {
    type Item = i64;
    const PAGING: Paging = Paging::Token { input: Input::Query("page_token"), next: "/next" };

    fn items(page: Value) -> Vec<i64> {
        page["items"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    }
}

impl Endpoint for Export {
    const OPERATION: &'static Operation = TABLE[GET];
    type Body = Vec<u8>;
    type Headers = ();
    type Error = Conflict;
    const READ: Reads<Vec<u8>> = &[(200..=200, Reply::body_bytes)];
}

impl Endpoint for Ping {
    const OPERATION: &'static Operation = TABLE[OPEN];
    type Body = ();
    type Headers = ();
    type Error = Conflict;
    const READ: Reads<()> = &[(200..=200, Reply::nothing)];
}

mod requests {
    use serde_json::Value;

    use super::{Conflict, Export, Numbers, Ping};

    openapi_runtime::codegen::request! { ListNumbers: Numbers => Value, (), Conflict; lines i64, "application/jsonl", [] }
    openapi_runtime::codegen::request! { WatchNumbers: Numbers => Value, (), Conflict; events i64, "text/event-stream", [] }
    openapi_runtime::codegen::request! { GetExport: Export => Vec<u8>, (), Conflict }
    openapi_runtime::codegen::request! { GetPing: Ping => (), (), Conflict }
}

fn numbers(client: &Client) -> requests::ListNumbers {
    requests::ListNumbers(Call::new::<Numbers>(client.transport()))
}

fn watch(client: &Client) -> requests::WatchNumbers {
    requests::WatchNumbers(Call::new::<Numbers>(client.transport()))
}

fn export(client: &Client) -> requests::GetExport {
    requests::GetExport(Call::new::<Export>(client.transport()))
}

fn ping(client: &Client) -> requests::GetPing {
    requests::GetPing(Call::new::<Ping>(client.transport()))
}

/// What the server sends for a request.
struct Answer {
    text: String,
    then: Then,
}

/// What follows it.
#[derive(Clone, Copy)]
enum Then {
    /// The end of the connection.
    Close,
    /// The next request.
    Next,
    /// Nothing, until the client goes.
    Wait,
}

fn answer(status: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    Answer { text: head + body, then: Then::Close }
}

fn json(body: &str) -> Answer {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

/// The first bytes of a body that does not end.
fn endless(media_type: &str, body: &str) -> Answer {
    Answer { text: format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n{body}"), then: Then::Wait }
}

/// A server with threads of its own, because the test blocks its thread.
struct Server {
    url: String,
    /// The first lines of the requests.
    seen: Arc<Mutex<Vec<String>>>,
    /// Receives when a client goes for which the server waits.
    gone: mpsc::Receiver<()>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Answers each request with what `answer` gives for its target.
    fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (sender, gone) = mpsc::channel();
        let server = Self { url, seen: Arc::default(), gone, connections: Arc::default() };
        let (seen, connections, answer) = (Arc::clone(&server.seen), Arc::clone(&server.connections), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::Relaxed);
                let (seen, answer, sender) = (Arc::clone(&seen), Arc::clone(&answer), sender.clone());
                thread::spawn(move || serve(&stream.expect("a connection"), &seen, &*answer, &sender));
            }
        });
        server
    }

    fn client(&self) -> Client {
        let builder = Client::builder().http_client(|builder| builder.no_proxy()).base_url(&self.url);
        builder.credential("login", ClientCredentials::new("an id", "a secret")).build().expect("a client")
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no test panics with it").clone()
    }
}

/// Answers the requests of a connection.
fn serve(
    stream: &TcpStream,
    seen: &Mutex<Vec<String>>,
    answer: &dyn Fn(&str) -> Answer,
    gone: &mpsc::Sender<()>,
) -> Option<()> {
    let mut reader = io::BufReader::new(stream);
    loop {
        let mut lines = reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty());
        let first = lines.next()?;
        let length = lines.filter_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let length: u64 = length.last().unwrap_or(0);
        io::copy(&mut reader.by_ref().take(length), &mut io::sink()).ok()?;
        let (method, target) = first.strip_suffix(" HTTP/1.1")?.split_once(' ')?;
        seen.lock().expect("no test panics with it").push(format!("{method} {target}"));
        let Answer { text, then } = answer(target);
        (&*stream).write_all(text.as_bytes()).ok()?;
        match then {
            Then::Close => return Some(()),
            Then::Next => {}
            Then::Wait => {
                while reader.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
                return gone.send(()).ok();
            }
        }
    }
}

/// Three pages, a token, and an export.
fn api(target: &str) -> Answer {
    match target {
        "/things" => json(r#"{"items": [1, 2], "next": "a"}"#),
        "/things?page_token=a" => json(r#"{"items": [], "next": "b"}"#),
        "/things?page_token=b" => json(r#"{"items": [3]}"#),
        "/oauth/token" => json(r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}"#),
        "/conflict" => answer("409 Conflict", "", "taken"),
        other => answer("404 Not Found", "", other),
    }
}

/// Calls of every kind.
fn calls() {
    let server = Server::start(api);
    let client = server.client();
    assert_eq!(numbers(&client).send_blocking().expect("a page")["items"][1], 2);
    ping(&client).send_blocking().expect("a success");
    let items = numbers(&client).items_blocking().collect::<Result<Vec<i64>, _>>();
    assert_eq!(items.expect("no error"), [1, 2, 3]);
    let pages = numbers(&client).pages_blocking().map(|page| page.expect("a page").status().as_u16());
    assert_eq!(pages.collect::<Vec<_>>(), [200; 3]);
    let undescribed = UndescribedRequest::new(&client, Method::GET, "/nowhere").send_blocking().expect_err("404");
    assert_eq!(undescribed.status(), Some(StatusCode::NOT_FOUND));
    let token = export(&client).send_blocking().expect("a success");
    assert_eq!(token.status(), 200);
}

#[test]
fn a_thread_without_a_runtime_makes_calls() {
    calls();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_a_multi_thread_runtime_makes_calls() {
    calls();
    tokio::spawn(async { calls() }).await.expect("no panic");
}

#[tokio::test(flavor = "current_thread")]
async fn the_thread_of_a_current_thread_runtime_makes_calls() {
    calls();
    let local = tokio::task::LocalSet::new();
    local.run_until(async { tokio::task::spawn_local(async { calls() }).await.expect("no panic") }).await;
}

/// A connection that was opened by awaiting is still there, but moves only when the blocked thread does.
#[tokio::test(flavor = "current_thread")]
async fn a_client_that_is_awaited_makes_blocking_calls_too() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned();
    let server = Server::start(move |_| Answer { text: text.clone(), then: Then::Next });
    let client = server.client();
    for _ in 0..2 {
        assert_eq!(ping(&client).await.expect("a success").attempts(), 1);
        tokio::task::yield_now().await;
    }
    let opened = server.connections.load(Ordering::Relaxed);
    assert_eq!(ping(&client).send_blocking().expect("a success").attempts(), 1);
    assert_eq!(server.connections.load(Ordering::Relaxed), opened + 1, "a connection of its own");
    ping(&client).await.expect("a success");
}

#[test]
fn several_threads_make_calls_at_once_and_share_a_token() {
    // Nobody gets an answer before all have asked.
    let arrived = std::sync::Barrier::new(4);
    let server = Server::start(move |target| {
        if target == "/things" {
            arrived.wait();
        }
        api(target)
    });
    let client = server.client();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| export(&client).send_blocking().expect("a success"));
        }
    });
    let mut seen = server.seen();
    seen.sort();
    assert_eq!(seen, ["GET /things", "GET /things", "GET /things", "GET /things", "POST /oauth/token"]);
}

#[test]
fn an_error_is_that_of_the_operation() {
    let server = Server::start(|_| answer("409 Conflict", "", "taken"));
    let client = server.client();
    let error = numbers(&client).send_blocking().expect_err("a conflict");
    assert_eq!((error.documented(), error.status()), (Some(&Conflict("taken".into())), Some(StatusCode::CONFLICT)));
    let error = numbers(&client).send_items().send_blocking().expect_err("a conflict");
    assert_eq!(error.documented(), Some(&Conflict("taken".into())));
    let client = bare().build().expect("a client");
    let error = ping(&client).send_blocking().expect_err("nobody is there");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
}

#[test]
fn a_list_ends_with_its_error_and_is_resumed_from_the_cursor() {
    let server = Server::start(|target| match target {
        "/things?page_token=b" => answer("409 Conflict", "", "taken"),
        other => api(other),
    });
    let mut items = numbers(&server.client()).items_blocking();
    let error = items.find_map(Result::err).expect("an error");
    assert_eq!(error.documented(), Some(&Conflict("taken".into())));
    let cursor = items.cursor().expect("that of the page that failed").clone();
    assert_eq!((cursor.as_str(), items.next().is_none()), ("b", true));
    let server = Server::start(api);
    let resumed: BlockingIter<_> =
        Items::<Numbers>::new(Call::new::<Numbers>(server.client().transport())).starting_at(cursor).into();
    assert_eq!(resumed.map(|item| item.expect("no error")).collect::<Vec<_>>(), [3]);
    assert_eq!(server.seen(), ["GET /things?page_token=b"]);
}

#[test]
fn a_list_that_is_dropped_asks_for_no_further_page() {
    let server = Server::start(api);
    let mut items = numbers(&server.client()).items_blocking();
    assert_eq!(server.seen(), [""; 0], "nothing is fetched before it is asked for");
    assert_eq!(items.by_ref().take(2).map(|item| item.expect("no error")).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(items.cursor().map(Cursor::as_str), Some("a"));
    drop(items);
    assert_eq!(server.seen(), ["GET /things"]);
}

#[test]
fn events_come_one_by_one_and_dropping_them_closes_the_connection() {
    let body = "id: e1\ndata: 1\n\ndata: none\n\ndata: 3\n\n";
    let server = Server::start(|_| endless("text/event-stream", body));
    let mut events = watch(&server.client()).send_events().send_blocking().expect("a stream");
    let first: Event<i64> = events.next().expect("an event").expect("a number");
    assert_eq!((first.data, events.last_event_id()), (1, Some("e1")));
    let error: StreamError = events.next().expect("an event").expect_err("no number");
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
    let mut events = events.into_body();
    assert_eq!(events.next().expect("an event").expect("the next one follows").data, 3);
    drop(events);
    server.gone.recv_timeout(seconds(60)).expect("the connection is closed");
}

#[test]
fn lines_come_to_their_end() {
    let server = Server::start(|_| answer("200 OK", "Content-Type: application/jsonl\r\n", "1\n2\n3"));
    let lines = numbers(&server.client()).send_items().send_blocking().expect("a stream");
    assert_eq!(lines.into_body().map(|line| line.expect("a number")).collect::<Vec<_>>(), [1, 2, 3]);
}

fn exported(target: &str) -> Answer {
    if target == "/oauth/token" { api(target) } else { answer("200 OK", "", &"0123456789\n".repeat(20_000)) }
}

#[test]
fn a_body_is_read_as_a_reader() {
    let server = Server::start(exported);
    let mut body = export(&server.client()).send_streaming().send_blocking().expect("a stream");
    assert_eq!((body.status(), body.total()), (StatusCode::OK, Some(220_000)));
    let mut begin = [0; 4];
    body.read_exact(&mut begin).expect("bytes");
    assert_eq!(&begin, b"0123");
    let lines: Vec<String> = body.by_ref().lines().map(|line| line.expect("a line")).collect();
    assert_eq!((lines.len(), &*lines[0], &*lines[19_999]), (20_000, "456789", "0123456789"));
    assert_eq!((body.received(), body.read(&mut begin).expect("the end")), (220_000, 0));
}

#[test]
fn a_body_that_breaks_off_is_an_error_with_the_response() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012".to_owned();
    let server = Server::start(move |target| match target {
        "/oauth/token" => api(target),
        _ => Answer { text: cut.clone(), then: Then::Close },
    });
    let mut body: BlockingBody = export(&server.client()).send_streaming().send_blocking().expect("a head").into_body();
    let mut text = String::new();
    let error = body.read_to_string(&mut text).expect_err("the rest does not come");
    let error = error.get_ref().and_then(|error| error.downcast_ref::<StreamError>()).expect("its reason");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Cut { .. })), "{error}");
    assert_eq!((error.status(), body.received()), (Some(StatusCode::OK), 3));
    assert_eq!(body.read(&mut [0; 8]).expect("it has ended"), 0);
}

#[test]
fn a_body_that_is_dropped_closes_the_connection() {
    let server = Server::start(|_| endless("application/json", "[1,"));
    let mut body = numbers(&server.client()).send_streaming().send_blocking().expect("a head");
    assert_eq!(body.fill_buf().expect("the first bytes"), b"[1,");
    drop(body);
    server.gone.recv_timeout(seconds(60)).expect("the connection is closed");
}

#[test]
fn a_body_is_saved_to_a_file() {
    let server = Server::start(exported);
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (client, path) = (server.client(), folder.join("blocking.bin"));
    let saved = export(&client).save_to_blocking(&path).expect("it is saved");
    assert_eq!((saved.length, std::fs::metadata(&path).expect("a file").len()), (220_000, 220_000));
    let (sender, progress) = mpsc::channel();
    let saving =
        export(&client).save_to(&path).on_progress(move |at| sender.send(at.received).expect("it is received"));
    saving.send_blocking().expect("it is saved");
    assert_eq!(progress.iter().last(), Some(220_000));
    std::fs::remove_file(path).expect("it was saved");
    let error = export(&client).save_to_blocking(folder.join("missing/blocking.bin")).expect_err("no such folder");
    assert!(matches!(error.kind(), ErrorKind::File(_)), "{error}");
}

/// Panics for each request.
struct Panics;

impl HttpClient for Panics {
    fn execute(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async { panic!("the test's own") })
    }
}

#[test]
fn a_panic_goes_on_in_the_caller_and_the_next_call_succeeds() {
    let client = bare().http(Panics).build().expect("a client");
    let message = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<&str>().expect("a text");
    let panic = catch_unwind(AssertUnwindSafe(|| ping(&client).send_blocking())).expect_err("a panic");
    assert_eq!(message(panic), "the test's own");
    let mut items = numbers(&client).items_blocking();
    let panic = catch_unwind(AssertUnwindSafe(|| items.next())).expect_err("a panic");
    assert_eq!((message(panic), items.next().is_none()), ("the test's own", true));
    calls();
}

/// Makes a blocking call for each request.
struct Nests;

impl HttpClient for Nests {
    fn execute(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async {
            let client = bare().build().expect("a client");
            let error: Error<Conflict> = ping(&client).send_blocking().expect_err("it would wait for itself");
            let expected = RequestError::Blocking(BlockingError::Nested).to_string();
            assert!(
                matches!(error.kind(), ErrorKind::Request(RequestError::Blocking(BlockingError::Nested))),
                "{error}"
            );
            let items: Vec<_> = numbers(&client).items_blocking().map(|item| item.map_err(|e| e.to_string())).collect();
            assert_eq!(items, [Err(format!("open: the request cannot be built: {expected}"))]);
            Ok(http::Response::new(Body::empty()))
        })
    }
}

#[test]
fn a_call_within_a_call_is_an_error_and_does_not_wait_for_itself() {
    let client = bare().http(Nests).build().expect("a client");
    ping(&client).send_blocking().expect("a success");
}

/// In a process of its own: tracing remembers for all threads together who listens.
#[test]
fn what_a_call_logs_goes_where_the_calling_thread_logs() {
    if !is_alone() {
        let output = alone("blocking::what_a_call_logs_goes_where_the_calling_thread_logs").output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        ping(&Server::start(api).client()).send_blocking().expect("a success");
    });
    let text = log.0.lock().expect("no test panics with it").clone();
    assert!(text.contains("http.response.status_code=200"), "{text}");
}
