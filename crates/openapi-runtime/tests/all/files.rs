//! Files in bodies: from memory, from paths, from streams, and what goes wrong with them.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::codegen::{Call, Field, PairStyle, Serialize, Style, serde};
use openapi_runtime::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use openapi_runtime::http::{Request, Response, StatusCode};
use openapi_runtime::retry::Backoff;
use openapi_runtime::{
    Api, Body, BodyError, BoxError, BoxFuture, ClientBuilder, ClientCredentials, ErrorKind, FilePart, HttpClient,
    HttpError, RequestError,
};

use super::{Client, OPEN, Op, Outcome, PUT, bare};

const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0xff];

/// What arrived: the media type, the announced length, and the bytes.
type Arrived = (String, Option<u64>, Vec<u8>);

/// Writes down what arrives, and answers with the statuses, one after the other; then with 204.
#[derive(Clone, Default)]
struct Recorder {
    seen: Arc<Mutex<Vec<Arrived>>>,
    statuses: Arc<Mutex<Vec<u16>>>,
    /// Whether the bytes are dropped.
    counts: bool,
}

impl HttpClient for Recorder {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            let (head, mut body) = request.into_parts();
            if head.uri.path().ends_with("/token") {
                let token = r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}"#;
                let mut response = Response::new(Body::from(token));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                return Ok(response);
            }
            let length = body.length();
            let mut bytes = Vec::new();
            while let Some(chunk) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
                let chunk = chunk.map_err(HttpError::Lost)?;
                if !self.counts {
                    bytes.extend_from_slice(&chunk);
                }
            }
            let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            self.seen.lock().expect("the log").push((content_type.to_owned(), length, bytes));
            let status = self.statuses.lock().expect("the statuses").pop().unwrap_or(204);
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            Ok(response)
        })
    }
}

impl Recorder {
    fn builder(&self) -> ClientBuilder<Client> {
        let credentials = ClientCredentials::new("an id", "a secret");
        bare().http(self.clone()).credential("login", credentials).backoff(AtOnce)
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.seen.lock().expect("the log").clone()
    }
}

struct AtOnce;

impl Backoff for AtOnce {
    fn wait(&self, _: u32) -> Duration {
        Duration::ZERO
    }
}

/// As many chunks of that size.
struct Chunks(usize, usize);

impl Stream for Chunks {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(left) = self.0.checked_sub(1) else { return Poll::Ready(None) };
        self.0 = left;
        Poll::Ready(Some(Ok(vec![0xff; self.1].into())))
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(crate = "serde")]
struct Upload {
    title: &'static str,
    files: Vec<FilePart>,
    about: serde_json::Value,
    tags: Vec<&'static str>,
}

fn upload(files: Vec<FilePart>) -> Upload {
    let about = serde_json::json!({"size": 3});
    Upload { title: "a title", files, about, tags: vec!["x", "y"] }
}

async fn send(client: &Client, upload: &Upload, fields: &[Field]) -> Outcome {
    let call = Call::new::<Op<PUT>>(client.transport());
    call.multipart_of("multipart/form-data", upload, fields).send::<Op<PUT>>().await
}

/// A file of the tests, which is removed with the folder.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("files").join(std::process::id().to_string());
    std::fs::create_dir_all(&folder).expect("a folder for tests");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file for tests");
    path
}

#[tokio::test]
async fn the_parts_of_a_body_come_in_order_with_names_media_types_and_bytes_as_they_are() {
    let recorder = Recorder::default();
    let client = recorder.builder().build().expect("a client");
    let checksum = (HeaderName::from_static("x-sum"), HeaderValue::from_static("1"));
    let files = vec![
        FilePart::from(PNG).file_name("a \"b\"\r\né.png").header(checksum.0, checksum.1),
        FilePart::path(file("notes.txt", b"from a file")),
        FilePart::stream(Chunks(2, 1), Some(2)).content_type("image/x-own"),
        FilePart::from(PNG),
    ];
    let fields = [
        Field::new("files").media_types("image/png, text/*").headers(&[("X-Kind", "upload")]),
        Field::new("tags").style(Style::Form),
    ];
    send(&client, &upload(files), &fields).await.expect("a success");
    let (content_type, length, body) = recorder.arrived().remove(0);
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let part = |head: &str, bytes: &[u8]| {
        [format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
    };
    let expected = [
        part("name=\"title\"\r\nContent-Type: text/plain", b"a title"),
        part(
            "name=\"files\"; filename=\"a %22b%22%0D%0Aé.png\"\r\nContent-Type: image/png\r\nX-Kind: upload\r\nx-sum: 1",
            PNG,
        ),
        part("name=\"files\"; filename=\"notes.txt\"\r\nContent-Type: text/plain\r\nX-Kind: upload", b"from a file"),
        part("name=\"files\"; filename=\"blob\"\r\nContent-Type: image/x-own\r\nX-Kind: upload", &[0xff, 0xff]),
        part("name=\"files\"; filename=\"blob\"\r\nContent-Type: image/png\r\nX-Kind: upload", PNG),
        part("name=\"about\"\r\nContent-Type: application/json", b"{\"size\":3}"),
        part("name=\"tags\"\r\nContent-Type: text/plain", b"x,y"),
        format!("--{boundary}--\r\n").into_bytes(),
    ]
    .concat();
    assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(&expected));
    assert_eq!((body == expected, length), (true, Some(expected.len() as u64)));
}

#[tokio::test]
async fn a_file_from_a_path_is_sent_again_with_each_attempt() {
    let recorder = Recorder::default();
    recorder.statuses.lock().expect("the statuses").extend([204, 503, 500]);
    let client = recorder.builder().build().expect("a client");
    let large = vec![7; 300_000];
    let answer = send(&client, &upload(vec![FilePart::path(file("large.bin", &large))]), &[]).await;
    assert_eq!(answer.expect("the third attempt").attempts(), 3);
    let arrived = recorder.arrived();
    assert!(arrived.iter().all(|one| *one == arrived[0]) && arrived.len() == 3);
    assert_eq!(arrived[0].1, Some(arrived[0].2.len() as u64));
    assert!(arrived[0].2.windows(large.len()).any(|window| window == large));
    let body = Body::path(file("alone.bin", &large));
    let sent = Call::new::<Op<PUT>>(client.transport()).bytes("application/octet-stream", body).send::<Op<PUT>>().await;
    assert!(sent.is_ok());
    assert_eq!(recorder.arrived()[3], ("application/octet-stream".to_owned(), Some(300_000), large));
}

#[tokio::test]
async fn a_file_that_is_missing_fails_the_call_before_anything_is_sent() {
    let recorder = Recorder::default();
    let client = recorder.builder().build().expect("a client");
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no such file.png");
    for path in [missing, PathBuf::from(env!("CARGO_TARGET_TMPDIR"))] {
        let error = send(&client, &upload(vec![FilePart::path(&path)]), &[]).await.expect_err("there is no file");
        let ErrorKind::Request(RequestError::Body(BodyError::Part { name, source })) = error.kind() else {
            panic!("{error}")
        };
        assert!(name == "files" && matches!(&**source, BodyError::File { path: of, .. } if *of == path), "{error}");
        assert!(error.to_string().contains(&*path.to_string_lossy()) && error.attempts() == 0, "{error}");
        let call = Call::new::<Op<PUT>>(client.transport()).bytes("image/png", Body::path(&path));
        let error = call.send::<Op<PUT>>().await.expect_err("there is no file");
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Body(BodyError::File { .. }))), "{error}");
    }
    assert!(recorder.arrived().is_empty());
}

#[tokio::test]
async fn a_stream_whose_length_lies_fails_the_call_and_is_not_sent_again() {
    let recorder = Recorder::default();
    let client = recorder.builder().build().expect("a client");
    for (announced, short) in [(5, true), (3, false)] {
        let body = upload(vec![FilePart::stream(Chunks(2, 2), Some(announced))]);
        let error = send(&client, &body, &[]).await.expect_err("four bytes");
        let ErrorKind::Request(RequestError::Body(BodyError::Part { source, .. })) = error.kind() else {
            panic!("{error}")
        };
        let fits = match **source {
            BodyError::Short { sent, length } => short && (sent, length) == (4, 5),
            BodyError::Long { length } => !short && length == 3,
            _ => false,
        };
        assert!(fits && error.attempts() == 1, "{error}");
        let again = send(&client, &body, &[]).await.expect_err("the stream is gone");
        assert!(again.to_string().contains("sent before") && again.attempts() == 0, "{again}");
        let call = Call::new::<Op<PUT>>(client.transport());
        let body = Body::from_stream(Chunks(2, 2), Some(announced));
        let error = call.bytes("image/png", body).send::<Op<PUT>>().await.expect_err("four bytes");
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Body(_))), "{error}");
    }
    assert!(recorder.arrived().is_empty());
    // A stream without a length may end anywhere.
    let whole = send(&client, &upload(vec![FilePart::stream(Chunks(2, 2), None)]), &[]).await;
    assert!(whole.is_ok() && recorder.arrived()[0].1.is_none());
}

#[test]
fn a_stream_is_never_held_in_memory() {
    const SIZE: usize = 64 << 20;
    let recorder = Recorder { counts: true, ..Recorder::default() };
    let client = recorder.builder().build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let used = allocation_counter::measure(|| {
        runtime.block_on(async {
            let file = FilePart::stream(Chunks(SIZE >> 16, 1 << 16), Some(SIZE as u64));
            send(&client, &upload(vec![file]), &[]).await.expect("a success");
        });
    });
    assert!(recorder.arrived()[0].1.is_some_and(|length| length > SIZE as u64));
    assert!(used.bytes_max < 1 << 20, "{used:?}");
}

#[test]
fn a_file_shows_no_bytes_and_is_written_in_multipart_bodies_only() {
    let shown = format!("{:?}", upload(vec![FilePart::from("a secret").file_name("a.txt"), FilePart::path("b/c.csv")]));
    assert!(shown.contains("a.txt") && shown.contains("c.csv") && !shown.contains("a secret"), "{shown}");
    let error = serde_json::to_string(&FilePart::from(PNG)).expect_err("bytes are no JSON");
    assert!(error.to_string().contains("multipart"), "{error}");
    // A text that looks like what stands for a file is a text.
    assert_eq!(Style::Field.pairs("a", &"file 0 0".into()), [("a".to_owned(), "file 0 0".to_owned())]);
    let stream = FilePart::stream(Chunks(1, 1), None);
    assert_eq!(stream.clone(), stream);
    assert_ne!(stream, FilePart::stream(Chunks(1, 1), None));
    assert_ne!(FilePart::path("a"), FilePart::path("a").file_name("b"));
}

/// Takes one request over a socket and counts the bytes of its body, as `Content-Length` says.
#[cfg(feature = "reqwest")]
fn counting_server() -> (String, std::thread::JoinHandle<u64>) {
    use std::io::{BufReader, Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let counted = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        let mut reader = BufReader::new(socket.try_clone().expect("a second handle"));
        let length = testing::loopback::Head::read(&mut reader).expect("a request").length();
        let read = std::io::copy(&mut reader.take(length), &mut std::io::sink()).expect("the body");
        socket.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").expect("an answer");
        read
    });
    (url, counted)
}

/// The client's own allocations: the server, and what reads the file, are on other threads.
#[cfg(feature = "reqwest")]
#[test]
fn a_large_body_goes_over_a_socket_in_bounded_memory() {
    const SIZE: u64 = 256 << 20;
    let path = file("large.tmp", b"");
    std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(SIZE)).expect("a file with a hole");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stream = || FilePart::stream(Chunks((SIZE >> 16) as usize, 1 << 16), Some(SIZE));
    for part in [FilePart::path(&path), stream()] {
        let (url, counted) = counting_server();
        let direct = openapi_runtime::Direct::new(openapi_runtime::ReqwestClient::new().expect("a client"));
        let client = Client::from_transport(Arc::new(direct.server(&url).expect("a URL")));
        let used = allocation_counter::measure(|| {
            runtime.block_on(async { send(&client, &upload(vec![part]), &[]).await.expect("a success") });
        });
        assert!(counted.join().expect("the server") > SIZE);
        assert!(used.bytes_max < 8 << 20, "{used:?}");
    }
    std::fs::remove_file(path).expect("the file");
}

/// The HTTP stack alone would report a lost connection, after which an idempotent request is sent again.
#[cfg(feature = "reqwest")]
#[tokio::test]
async fn over_a_socket_a_length_that_lies_aborts_the_request_and_is_not_retried() {
    use std::io::Read;

    for announced in [1 << 20, 10] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let read = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("a connection");
            let mut bytes = Vec::new();
            // The client may reset the connection.
            let _ = socket.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).to_ascii_lowercase()
        });
        let http = openapi_runtime::ReqwestClient::new().expect("a client");
        let client = Client::builder().http(http).base_url(&url).backoff(AtOnce).build().expect("a client");
        let call = Call::new::<Op<OPEN>>(client.transport());
        let body = Body::from_stream(Chunks(4, 1000), Some(announced));
        let error = call.bytes("image/png", body).send::<Op<OPEN>>().await.expect_err("4000 bytes");
        let expected =
            if announced > 4000 { "ended after 4000 of the 1048576 bytes" } else { "more than the 10 bytes" };
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Body(_))), "{error:?}");
        assert!(error.to_string().contains(expected) && error.attempts() == 1, "{error}");
        drop(client);
        let arrived = read.join().expect("the server");
        assert!(arrived.is_empty() || arrived.contains(&format!("content-length: {announced}\r\n")), "{arrived}");
    }
}

/// Takes a number of chunks of each body, and no more; then answers nothing.
struct Stuck {
    chunks: usize,
    /// How often it was asked.
    asked: Arc<Mutex<usize>>,
}

impl HttpClient for Stuck {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            *self.asked.lock().expect("the number") += 1;
            let mut body = request.into_body();
            for _ in 0..self.chunks {
                let chunk = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await;
                chunk.expect("a chunk").map_err(HttpError::Lost)?;
            }
            std::future::pending().await
        })
    }
}

#[test]
fn a_server_that_stops_reading_ends_the_upload_within_the_stall_limit() {
    let hour = Duration::from_secs(3600);
    for (chunks, length, stalls) in
        [(2, Some(5 * 10), true), (2, None, true), (5, Some(5 * 10), false), (0, None, false)]
    {
        super::clock::run(move |clock| async move {
            let asked = Arc::new(Mutex::new(0));
            let http = Stuck { chunks, asked: Arc::clone(&asked) };
            let client = Client::builder().http(http).clock(clock.clone()).backoff(AtOnce).attempt_timeout(hour);
            let client = client.timeout(hour * 2).stall_timeout(Duration::from_secs(40)).build().expect("a client");
            let options = openapi_runtime::CallOptions::new().no_retry();
            let call = Call::new::<Op<OPEN>>(client.transport()).with(options);
            let body = Body::from_stream(Chunks(5, 10), length);
            let error = call.bytes("image/png", body).send::<Op<OPEN>>().await.expect_err("no answer");
            match error.kind() {
                ErrorKind::Transport(HttpError::Stalled { sent, limit }) => {
                    assert!(stalls && (*sent, limit.as_secs()) == (20, 40), "{error}");
                    assert_eq!(clock.elapsed(), Duration::from_secs(40));
                    assert!(error.to_string().contains("the server read no more of the body for 40.0s"), "{error}");
                }
                // A whole body is followed by the answer, and a body that was never asked for has no part in it.
                ErrorKind::Transport(HttpError::Timeout { .. }) => {
                    assert!(!stalls && clock.elapsed() == hour, "{error}")
                }
                _ => panic!("{error}"),
            }
        });
    }
    // What can be sent again is, where the operation allows it; the limit can be that of one call.
    super::clock::run(move |clock| async move {
        let asked = Arc::new(Mutex::new(0));
        let http = Stuck { chunks: 1, asked: Arc::clone(&asked) };
        let client = Client::builder().http(http).clock(clock.clone()).backoff(AtOnce).attempt_timeout(hour);
        let client = client.timeout(hour * 2).build().expect("a client");
        let options = openapi_runtime::CallOptions::new().stall_timeout(Duration::from_secs(3)).idempotent(true);
        let call = Call::new::<Op<OPEN>>(client.transport()).with(options);
        let body = Body::from_source(Again);
        let error = call.bytes("image/png", body).send::<Op<OPEN>>().await.expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Stalled { sent: 10, .. })), "{error}");
        assert_eq!((error.attempts(), *asked.lock().expect("the number")), (4, 4));
        assert_eq!(clock.elapsed(), Duration::from_secs(12));
    });
}

/// Reads each body at 64 KiB in 10 s, as long as it has more; then answers.
struct Slow(super::clock::TestClock);

impl HttpClient for Slow {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            let mut body = request.into_body();
            while let Some(chunk) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
                let chunk = chunk.map_err(HttpError::Lost)?;
                let time = Duration::from_secs(10) * u32::try_from(chunk.len()).expect("a chunk") / (64 << 10);
                openapi_runtime::Clock::sleep(&self.0, time).await;
            }
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        })
    }
}

const LARGE: usize = 1 << 20;

/// A client that gives up on a server that reads nothing for 40 s.
fn impatient(http: impl HttpClient, clock: &super::clock::TestClock) -> Client {
    let hour = Duration::from_secs(3600);
    let client = bare().http(http).clock(clock.clone()).attempt_timeout(hour).timeout(hour);
    client.stall_timeout(Duration::from_secs(40)).build().expect("a client")
}

#[test]
fn a_server_that_reads_slowly_but_steadily_has_not_stalled_however_large_the_chunks_are() {
    super::clock::run(|clock| async move {
        let client = impatient(Slow(clock.clone()), &clock);
        let options = || openapi_runtime::CallOptions::new().no_retry();
        let parts = upload(vec![FilePart::from(vec![7; LARGE]), FilePart::from(PNG)]);
        let call = Call::new::<Op<OPEN>>(client.transport()).with(options());
        call.multipart_of("multipart/form-data", &parts, &[]).send::<Op<OPEN>>().await.expect("a slow success");
        assert!(clock.elapsed() >= Duration::from_secs(160), "{:?}", clock.elapsed());
        let call = Call::new::<Op<OPEN>>(client.transport()).with(options());
        let body = Body::from_stream(Chunks(2, LARGE), None);
        call.bytes("image/png", body).send::<Op<OPEN>>().await.expect("a slow success");
        assert!(clock.elapsed() >= Duration::from_secs(480), "{:?}", clock.elapsed());
    });
    // One that stops within a chunk has stalled.
    super::clock::run(|clock| async move {
        let client = impatient(Stuck { chunks: 3, asked: Arc::default() }, &clock);
        let call = Call::new::<Op<OPEN>>(client.transport()).with(openapi_runtime::CallOptions::new().no_retry());
        let body = Body::from_stream(Chunks(1, LARGE), Some(LARGE as u64));
        let error = call.bytes("image/png", body).send::<Op<OPEN>>().await.expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Stalled { sent: 196_608, .. })), "{error}");
    });
}

#[test]
fn a_hook_sees_that_the_server_stopped_reading() {
    let hour = Duration::from_secs(3600);
    super::clock::run(move |clock| async move {
        let http = Stuck { chunks: 2, asked: Arc::default() };
        let client = Client::builder().http(http).clock(clock.clone()).timeout(hour * 2).attempt_timeout(hour);
        let seen = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&seen);
        let hook = super::hooks::by(move |outbound, next| {
            let kept = Arc::clone(&kept);
            Box::pin(async move {
                let answered = next.run(outbound).await;
                *kept.lock().expect("what it saw") = answered.as_ref().err().map(ToString::to_string);
                answered
            })
        });
        let client = client.stall_timeout(Duration::from_secs(40)).hook(hook).build().expect("a client");
        let call = Call::new::<Op<OPEN>>(client.transport());
        let error = call.bytes("image/png", Body::from_stream(Chunks(5, 10), None)).send::<Op<OPEN>>().await;
        let error = error.expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Stalled { sent: 20, .. })), "{error}");
        assert_eq!(clock.elapsed(), Duration::from_secs(40));
        let seen = seen.lock().expect("what it saw").take().expect("an error");
        assert_eq!(seen, "the server read no more of the body for 40.0s, after 20 bytes were sent");
    });
}

/// Fifty bytes in five chunks, as often as they are wanted.
struct Again;

impl openapi_runtime::BodySource for Again {
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
        Box::pin(std::future::ready(Ok(Body::from_stream(Chunks(5, 10), Some(50)))))
    }
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn over_a_socket_a_server_that_stops_reading_ends_the_upload() {
    let path = file("stuck.tmp", b"");
    let hole = std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(256 << 20));
    hole.expect("a file with a hole");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    // It takes the connection, and reads nothing.
    let accepted = std::thread::spawn(move || listener.accept().expect("a connection"));
    let http = openapi_runtime::ReqwestClient::new().expect("a client");
    let client = Client::builder().http(http).base_url(&url).stall_timeout(Duration::from_millis(200));
    let client = client.build().expect("a client");
    let call = Call::new::<Op<OPEN>>(client.transport()).with(openapi_runtime::CallOptions::new().no_retry());
    let error = call.bytes("image/png", Body::path(&path)).send::<Op<OPEN>>().await.expect_err("it is not read");
    let stalled = matches!(error.kind(), ErrorKind::Transport(HttpError::Stalled { sent, .. }) if *sent < 256 << 20);
    assert!(stalled, "{error}");
    drop(accepted.join().expect("the server"));
    std::fs::remove_file(path).expect("the file");
}
