//! Bodies as streams, and in files: over sockets, with servers that break off, stall and change their minds.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::codegen::{Call, Decoded, Documented, Reads};
use openapi_runtime::http::{self, Request, StatusCode};
use openapi_runtime::{
    Api, BearerToken, Body, BoxError, BoxFuture, ByteStream, CallOptions, Endpoint, Error, ErrorKind, HttpClient,
    HttpError, Operation, OperationError, Reply, Response, Saved,
};
use tokio::sync::Notify;

use super::scripted::{Play, Scripted, Then};
use super::{Client, OPEN, POST, TABLE, bare};

/// An operation whose success is bytes, and whose error is a text.
struct Download;
struct Upload;

#[derive(Debug, PartialEq)]
struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl Documented for Refused {
    fn decode(reply: &Reply) -> Decoded<Self> {
        (reply.status == StatusCode::CONFLICT).then(|| reply.body_text().map(Self))
    }
}

impl Endpoint for Download {
    const OPERATION: &'static Operation = TABLE[OPEN];
    type Body = Vec<u8>;
    type Headers = ();
    type Error = Refused;
    const READ: Reads<Vec<u8>> = &[(200..=200, Reply::body_bytes)];
}

impl Endpoint for Upload {
    const OPERATION: &'static Operation = TABLE[POST];
    type Body = Vec<u8>;
    type Headers = ();
    type Error = Refused;
    const READ: Reads<Vec<u8>> = &[(200..=200, Reply::body_bytes)];
}

async fn stream(client: &Client) -> Result<Response<ByteStream>, Error<Refused>> {
    Call::new::<Download>(client.transport()).send_streaming::<Download>().await
}

/// An empty folder, which is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("downloads-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("file.bin")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn save(client: &Client, folder: &Folder) -> Result<Response<Saved>, Error<Refused>> {
    Call::new::<Download>(client.transport()).save_to::<Download>(folder.file()).await
}

const BODY: &[u8] = b"0123456789";
const TAG: &str = "ETag: \"v1\"\r\n";

#[tokio::test]
async fn head_and_first_bytes_come_before_the_rest() {
    let called_for = Arc::new(Notify::new());
    let play = Play::of("200 OK", "X-Request-Id: r1\r\n", 10, b"01234");
    let server = Scripted::start(vec![play.then(Then::Rest(Arc::clone(&called_for), b"56789".to_vec()))]).await;
    let mut response = stream(&server.client().build().expect("a client")).await.expect("a response");
    assert_eq!((response.status(), response.request_id(), response.attempts()), (StatusCode::OK, Some("r1"), 1));
    assert_eq!(response.total(), Some(10));
    assert_eq!(response.next().await.expect("bytes").expect("no error"), "01234");
    called_for.notify_one();
    assert_eq!(response.try_next().await.expect("no error").expect("bytes"), "56789");
    assert_eq!((response.try_next().await.expect("the end"), response.received()), (None, 10));
    assert!(response.next().await.is_none(), "it stays at its end");
}

#[tokio::test]
async fn an_error_is_as_typed_as_that_of_a_call_that_reads_all() {
    let script = vec![Play::of("409 Conflict", "", 5, b"taken"), Play::of("202 Accepted", "", 5, b"later")];
    let server = Scripted::start(script).await;
    let client = server.client().build().expect("a client");
    let error = stream(&client).await.expect_err("a conflict");
    assert_eq!(error.documented(), Some(&Refused("taken".to_owned())));
    let error = stream(&client).await.expect_err("a success that is not documented");
    assert!(matches!(error.kind(), ErrorKind::Undocumented), "{error}");
    assert_eq!((error.status(), error.raw_body()), (Some(StatusCode::ACCEPTED), Some(&b"later"[..])));
}

#[tokio::test]
async fn nothing_is_retried_once_the_head_has_come_and_the_error_has_it() {
    let play = Play::of("200 OK", "X-Request-Id: r1\r\n", 10, b"01234");
    for (then, stalls) in [(Then::Close, false), (Then::Stall, true)] {
        let server = Scripted::start(vec![play.clone().then(then)]).await;
        let mut response = stream(&server.client().build().expect("a client")).await.expect("a response");
        assert_eq!(response.try_next().await.expect("no error").expect("bytes"), "01234");
        if stalls {
            server.clock.0.notify_one();
        }
        let error = response.try_next().await.expect_err("the rest does not come");
        match error.kind() {
            ErrorKind::Transport(HttpError::Cut { .. }) => assert!(!stalls, "{error}"),
            ErrorKind::Transport(HttpError::Timeout { .. }) => assert!(stalls, "{error}"),
            other => panic!("{other:?}"),
        }
        assert_eq!((error.status(), error.request_id()), (Some(StatusCode::OK), Some("r1")));
        let error: &dyn OperationError = &error;
        assert!(error.to_string().contains("200 OK"), "{error}");
        assert!(response.next().await.is_none(), "it has ended");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_limit_that_is_set_holds_for_streams() {
    let chunked = Play::chunked("", &["01234", "56789"], true);
    for (play, bytes) in [(Play::of("200 OK", "", 10, BODY), None), (chunked, Some("01234"))] {
        let server = Scripted::start(vec![play.clone(), play]).await;
        let client = server.client().body_limit(9).build().expect("a client");
        let mut response = stream(&client).await.expect("a response");
        let mut come = Vec::new();
        let error = loop {
            match response.try_next().await {
                Ok(bytes) => come.extend(bytes.expect("it is too long")),
                Err(error) => break error,
            }
        };
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::TooLarge { limit: 9, .. })), "{error}");
        assert!(come.len() <= 9 && bytes.is_none_or(|bytes| come.starts_with(bytes.as_bytes())), "{come:?}");
        let longer = CallOptions::new().body_limit(10);
        let call = Call::new::<Download>(client.transport()).with(longer);
        let mut response = call.send_streaming::<Download>().await.expect("a response");
        while response.try_next().await.expect("it is not too long").is_some() {}
        assert_eq!(response.received(), 10);
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_cancels_the_call() {
    let play = Play::of("200 OK", "", usize::MAX / 4, b"0").then(Then::Repeat(vec![b'0'; 1 << 16]));
    let server = Scripted::start(vec![play]).await;
    let mut response = stream(&server.client().build().expect("a client")).await.expect("a response");
    response.try_next().await.expect("no error");
    drop(response);
    server.gone.notified().await;
}

#[tokio::test]
async fn a_download_that_goes_on_runs_its_hooks_again() {
    let rest = Play::of("206 Partial Content", &format!("{TAG}Content-Range: bytes 5-9/10\r\n"), 5, b"56789");
    let server = Scripted::start(vec![Play::of("200 OK", TAG, 10, b"01234"), rest]).await;
    let ranges = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ranges);
    let hook = super::hooks::by(move |mut outbound, next| {
        let range = outbound.request.headers().get("range").map(|value| value.to_str().expect("text").to_owned());
        seen.lock().expect("what it saw").push(range);
        outbound.request.headers_mut().insert("x-hook", http::HeaderValue::from_static("yes"));
        next.run(outbound)
    });
    let (folder, hour) = (Folder::new("hooks"), std::time::Duration::from_secs(3600));
    let client = server.client().clock(super::hooks::Hand::new()).attempt_timeout(hour).stall_timeout(hour).hook(hook);
    save(&client.build().expect("a client"), &folder).await.expect("all of it");
    assert_eq!(std::fs::read(folder.file()).expect("a file"), BODY);
    assert_eq!(*ranges.lock().expect("what it saw"), [None, Some("bytes=5-".to_owned())]);
    assert!(server.requests().iter().all(|request| request.contains("x-hook: yes")), "{:?}", server.requests());
}

#[tokio::test]
async fn a_body_is_saved_and_its_progress_reported() {
    let folder = Folder::new("saved");
    std::fs::write(folder.file(), "what was there before").expect("a file");
    let server = Scripted::start(vec![Play::of("200 OK", "", 10, BODY), Play::of("200 OK", "", 0, b"")]).await;
    let client = server.client().build().expect("a client");
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reports);
    let saving = Call::new::<Download>(client.transport()).save_to::<Download>(folder.file());
    let saving = saving.on_progress(move |at| seen.lock().expect("no panic").push((at.received, at.total)));
    let saved = saving.await.expect("it is saved");
    assert_eq!((saved.length, saved.resumed, saved.path.as_path()), (10, 0, folder.file().as_path()));
    assert_eq!(std::fs::read(folder.file()).expect("a file"), BODY);
    assert_eq!(folder.names(), ["file.bin"]);
    let reports = reports.lock().expect("no panic").clone();
    assert_eq!((reports.first(), reports.last()), (Some(&(0, Some(10))), Some(&(10, Some(10)))));
    assert!(server.requests()[0].contains("accept-encoding: identity\r\n"), "{:?}", server.requests());
    assert!(!server.requests()[0].contains("range:"));
    assert_eq!(save(&client, &folder).await.expect("it is saved").length, 0);
    assert_eq!(std::fs::read(folder.file()).expect("a file"), b"");
}

#[tokio::test]
async fn a_download_goes_on_where_the_connection_broke() {
    let folder = Folder::new("resumed");
    let server = Scripted::start(vec![
        Play::of("200 OK", TAG, 10, b"012"),
        Play::of("206 Partial Content", "Content-Range: bytes 3-9/10\r\nETag: \"v1\"\r\n", 7, b"345").then(Then::Stall),
        Play::of("503 Service Unavailable", "", 0, b""),
        Play::of("206 Partial Content", "Content-Range: bytes 6-9/10\r\n", 4, b"6789"),
    ])
    .await;
    let client = server.client().build().expect("a client");
    let clock = server.clock.clone();
    let saving = Call::new::<Download>(client.transport()).save_to::<Download>(folder.file());
    // The second answer stalls in the middle.
    let saving = saving.on_progress(move |at| {
        if at.received == 6 {
            clock.0.notify_one()
        }
    });
    let saved = saving.await.expect("it is saved");
    assert_eq!((saved.length, saved.resumed), (10, 2));
    assert_eq!(std::fs::read(folder.file()).expect("a file"), BODY);
    let ranges: Vec<bool> = server
        .requests()
        .iter()
        .zip(["", "range: bytes=3-\r\n", "range: bytes=6-\r\n", "range: bytes=6-\r\n"])
        .map(|(request, range)| {
            let is_first = range.is_empty();
            request.contains(range) && request.contains("if-range: \"v1\"\r\n") != is_first
        })
        .collect();
    assert_eq!(ranges, [true; 4], "{:?}", server.requests());
    assert_eq!(folder.names(), ["file.bin"]);
}

#[tokio::test]
async fn a_file_that_has_changed_is_fetched_anew() {
    let folder = Folder::new("anew");
    let server = Scripted::start(vec![
        Play::of("200 OK", TAG, 10, b"012"),
        Play::of("200 OK", "ETag: \"v2\"\r\n", 4, b"ab"),
        Play::of("206 Partial Content", "Content-Range: bytes 2-3/4\r\n", 2, b"cd"),
    ])
    .await;
    let saved = save(&server.client().build().expect("a client"), &folder).await.expect("it is saved");
    assert_eq!((saved.length, saved.resumed), (4, 2));
    assert_eq!(std::fs::read(folder.file()).expect("a file"), b"abcd");
    assert!(
        server.requests()[2].contains("range: bytes=2-\r\n") && server.requests()[2].contains("if-range: \"v2\"\r\n")
    );
}

/// What comes of a download whose connection broke after `begun`, and then of `next`.
async fn broken(name: &str, begun: Play, next: Option<Play>) -> (Error<Refused>, usize) {
    let folder = Folder::new(name);
    std::fs::write(folder.file(), "what was there before").expect("a file");
    let server = Scripted::start([begun].into_iter().chain(next).collect()).await;
    let error = save(&server.client().build().expect("a client"), &folder).await.expect_err("it is broken");
    assert_eq!(folder.names(), ["file.bin"], "{name}");
    assert_eq!(std::fs::read(folder.file()).expect("a file"), b"what was there before", "{name}");
    (error, server.requests().len())
}

#[tokio::test]
async fn anything_but_the_rest_of_the_same_file_fails() {
    let begun = Play::of("200 OK", TAG, 10, b"012");
    for (name, next) in [
        ("another-place", Play::of("206 Partial Content", "Content-Range: bytes 2-9/10\r\n", 8, b"23456789")),
        ("another-length", Play::of("206 Partial Content", "Content-Range: bytes 3-9/11\r\n", 7, b"3456789")),
        ("no-range", Play::of("206 Partial Content", "", 7, b"3456789")),
        (
            "another-tag",
            Play::of("206 Partial Content", "Content-Range: bytes 3-9/10\r\nETag: \"v2\"\r\n", 7, b"3456789"),
        ),
        ("no-content", Play::of("204 No Content", "", 0, b"")),
    ] {
        let (error, requests) = broken(name, begun.clone(), Some(next)).await;
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Continue(_))), "{name}: {error}");
        assert_eq!((error.status(), requests), (Some(StatusCode::OK), 2), "{name}");
    }
    let (error, _) = broken("416", begun, Some(Play::of("416 Range Not Satisfiable", "", 0, b""))).await;
    assert_eq!(error.status(), Some(StatusCode::RANGE_NOT_SATISFIABLE), "{error}");
}

#[tokio::test]
async fn what_cannot_be_asked_for_by_range_is_not() {
    for (name, headers) in
        [("weak", "ETag: W/\"v1\"\r\n"), ("no-tag", ""), ("coded", "ETag: \"v1\"\r\nContent-Encoding: br\r\n")]
    {
        let (error, requests) = broken(name, Play::of("200 OK", headers, 10, b"012"), None).await;
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Cut { .. })), "{name}: {error}");
        assert_eq!((error.status(), requests), (Some(StatusCode::OK), 1), "{name}");
    }
}

#[tokio::test]
async fn only_a_get_goes_on_and_only_within_the_policy() {
    let folder = Folder::new("policy");
    let server = Scripted::start(vec![Play::of("200 OK", TAG, 10, b"012"), Play::of("200 OK", TAG, 10, b"012")]).await;
    let client = server.client().build().expect("a client");
    let options = CallOptions::new().token_source(BearerToken::new("t")).idempotent(true);
    let call = Call::new::<Upload>(client.transport()).with(options);
    let error = call.save_to::<Upload>(folder.file()).await.expect_err("a POST is not sent again");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Cut { .. })), "{error}");
    let call = Call::new::<Download>(client.transport()).with(CallOptions::new().no_retry());
    let error = call.save_to::<Download>(folder.file()).await.expect_err("nothing is sent again");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Cut { .. })), "{error}");
    assert_eq!(server.requests().len(), 2);
    // Each answer breaks off: there is an end to it.
    let part = |from: usize| {
        let range = format!("Content-Range: bytes {from}-9/10\r\n");
        Play::of("206 Partial Content", &range, 10 - from, &BODY[from..=from])
    };
    let script = vec![Play::of("200 OK", TAG, 10, b"0"), part(1), part(2), part(3), part(4), part(5)];
    let server = Scripted::start(script).await;
    let error = save(&server.client().build().expect("a client"), &folder).await.expect_err("too many breaks");
    assert_eq!((error.attempts(), server.requests().len()), (4, 4));
    assert_eq!(folder.names(), [""; 0]);
}

#[tokio::test]
async fn a_download_that_is_dropped_leaves_no_file() {
    let folder = Folder::new("dropped");
    let server =
        Scripted::start(vec![Play::of("200 OK", "", 10, b"012").then(Then::Rest(Arc::default(), Vec::new()))]).await;
    let client = server.client().build().expect("a client");
    let begun = Arc::new(Notify::new());
    let at = Arc::clone(&begun);
    let saving = Call::new::<Download>(client.transport()).save_to::<Download>(folder.file());
    let saving = saving.on_progress(move |at_bytes| {
        if at_bytes.received == 3 {
            at.notify_one()
        }
    });
    tokio::select! {
        _ = saving.into_future() => panic!("the rest does not come"),
        () = begun.notified() => {}
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_an_error_with_the_response() {
    let folder = Folder::new("unwritable");
    for path in [folder.0.join("missing/file.bin"), folder.0.join("..")] {
        let server = Scripted::start(vec![Play::of("200 OK", "", 10, BODY)]).await;
        let client = server.client().build().expect("a client");
        let error = stream(&client).await.expect("a response").save_to(&path).await.expect_err("no such folder");
        assert!(matches!(error.kind(), ErrorKind::File(_)) && error.status() == Some(StatusCode::OK), "{error}");
        assert!(!error.is_retryable() && error.to_string().contains("the file cannot be written"), "{error}");
    }
    // A folder has the name of the file: it is still there, and nothing was left beside it.
    std::fs::create_dir(folder.file()).expect("a folder");
    let server = Scripted::start(vec![Play::of("200 OK", "", 10, BODY)]).await;
    let error = save(&server.client().build().expect("a client"), &folder).await.expect_err("a folder is there");
    assert!(matches!(error.kind(), ErrorKind::File(_)), "{error}");
    assert_eq!(folder.names(), ["file.bin"]);
}

#[tokio::test]
async fn what_was_read_before_is_not_saved_and_not_asked_for_again() {
    let folder = Folder::new("read-before");
    let called_for = Arc::new(Notify::new());
    let play = Play::of("200 OK", TAG, 10, b"012").then(Then::Rest(Arc::clone(&called_for), b"3456789".to_vec()));
    let server = Scripted::start(vec![play]).await;
    let mut response = stream(&server.client().build().expect("a client")).await.expect("a response");
    response.try_next().await.expect("no error");
    called_for.notify_one();
    assert_eq!(response.save_to(folder.file()).await.expect("it is saved").length, 7);
    assert_eq!(std::fs::read(folder.file()).expect("a file"), b"3456789");
    assert!(!server.requests()[0].contains("identity"), "the caller may want it compressed");
}

/// Answers each request with pieces of those lengths, each of which is a part of a buffer of 1 MiB.
struct Pieces(&'static [usize]);

impl Pieces {
    fn client(lengths: &'static [usize]) -> Client {
        bare().http(Self(lengths)).build().expect("a client")
    }
}

impl HttpClient for Pieces {
    fn execute(&self, _: Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let body = Body::from_stream(Parts { left: self.0, number: 0 }, None);
        Box::pin(std::future::ready(Ok(http::Response::new(body))))
    }
}

struct Parts {
    left: &'static [usize],
    number: u8,
}

impl Stream for Parts {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some((length, left)) = self.left.split_first() else { return Poll::Ready(None) };
        self.left = left;
        let mut buffer = vec![0; 1 << 20];
        buffer[..*length].fill(self.number);
        self.number += 1;
        Poll::Ready(Some(Ok(Bytes::from(buffer).split_to(*length))))
    }
}

#[tokio::test]
async fn pieces_of_every_length_are_saved_in_order() {
    const LENGTHS: &[usize] =
        &[1, 65_535, 65_536, 10, 300_000, 262_143, 2, 70_000, 70_000, 65_535, 65_535, 65_535, 65_535, 5];
    let folder = Folder::new("pieces");
    let saved = save(&Pieces::client(LENGTHS), &folder).await.expect("it is saved");
    let expected: Vec<u8> = (0..).zip(LENGTHS).flat_map(|(number, length)| vec![number; *length]).collect();
    assert_eq!(saved.length, expected.len() as u64);
    assert!(std::fs::read(folder.file()).expect("a file") == expected, "the bytes are others");
}

/// The buffers are allocated on the thread of the test.
#[test]
fn small_pieces_do_not_keep_the_buffers_that_they_came_in() {
    let folder = Folder::new("kept");
    let client = Pieces::client(&[1 << 10; 200]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let used = allocation_counter::measure(|| {
        runtime.block_on(async { save(&client, &folder).await.expect("it is saved") });
    });
    assert!(used.bytes_total > 200 << 20 && used.bytes_max < 4 << 20, "{used:?}");
}
