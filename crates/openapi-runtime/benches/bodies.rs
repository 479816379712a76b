//! What bodies cost that are not held in memory, beside what they cost without this crate: `cargo bench --bench bodies`.
//!
//! - A download of 1 GiB over loopback, as a stream and into a file: the ratio to bare reqwest, and the peak of memory above that
//!   of a client that has done nothing. Each measurement is a process of its own, and so is the server.
//! - 100,000 events: the ratio to the parser's own time.
//!
//! `BODIES_MIB` sets another size of the download, and `BODIES_ROUNDS` how often each is measured; the median counts.

use std::future::poll_fn;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::codegen::{Call, Decoded, Documented, Reads};
use openapi_runtime::http::{HeaderMap, HeaderValue, Method, StatusCode};
use openapi_runtime::{
    Api, Body, BoxFuture, Definition, Endpoint, Failure, Opened, Operation, Reply, Request, Transport,
    UndescribedRequest,
};
use tokio::io::AsyncWriteExt;

/// Says what a process does that measures one thing.
const PART: &str = "BODIES_PART";

fn main() {
    match std::env::var(PART).as_deref() {
        Ok("serve") => serve(),
        Ok(part) => measure(part),
        Err(_) => report(),
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs each part in a process of its own, in turns, so that what else the machine does is spread over all.
fn report() {
    let (mib, rounds) = (setting("BODIES_MIB", 1024), setting("BODIES_ROUNDS", 5));
    let server = Server::start();
    let url = format!("http://127.0.0.1:{}/{}", server.port, mib << 20);
    let parts = ["idle", "reqwest stream", "our stream", "reqwest file", "our file"];
    let mut all: Vec<Vec<(f64, u64)>> = vec![Vec::new(); parts.len()];
    for _ in 0..rounds {
        for (part, seen) in parts.iter().zip(&mut all) {
            seen.push(run(part, &url));
        }
    }
    let times = all.iter().map(|seen| median(seen.iter().map(|(seconds, _)| *seconds).collect())).collect::<Vec<_>>();
    let peaks = all.iter().map(|seen| seen.iter().map(|(_, peak)| *peak).max().unwrap_or(0)).collect::<Vec<_>>();
    let above = |part: usize| peaks[part].saturating_sub(peaks[0]);
    println!("download of {mib} MiB, the median of {rounds}:");
    for (name, bare, ours) in [("stream", 1, 2), ("file", 3, 4)] {
        println!(
            "  {name:<7} {:.2} of reqwest's time ({:.0} ms, {:.0} ms); {} MiB above an idle client (reqwest {} MiB)",
            times[ours] / times[bare],
            times[ours] * 1e3,
            times[bare] * 1e3,
            above(ours),
            above(bare),
        );
    }
    drop(server);
    events(rounds);
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The seconds that a part takes, and the peak of its memory in MiB.
fn run(part: &str, url: &str) -> (f64, u64) {
    let output = this(part).env("BODIES_URL", url).output().expect("the bench runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut words = text.split_whitespace();
    let seconds = words.next().and_then(|word| word.parse().ok());
    let peak = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    (seconds.unwrap_or_else(|| panic!("{part}: {}", String::from_utf8_lossy(&output.stderr))), peak)
}

fn this(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the program of the bench"));
    command.env(PART, part);
    command
}

/// A process that serves bodies, until it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let mut child = this("serve").stdout(Stdio::piped()).spawn().expect("the bench runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("a line");
        Self { child, port: line.trim().parse().expect("a port") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers each request for `/n` with n bytes.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    println!("{}", listener.local_addr().expect("an address").port());
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let mut left: usize = path.trim_start_matches('/').parse().unwrap_or(0);
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {left}\r\nETag: \"1\"\r\n\r\n")?;
    let part = vec![7; 1 << 18];
    while left > 0 {
        let length = part.len().min(left);
        stream.write_all(&part[..length])?;
        left -= length;
    }
    Ok(())
}

/// Does one part, and prints its seconds and the peak of memory.
fn measure(part: &str) {
    let url = std::env::var("BODIES_URL").expect("the report sets it");
    let (server, path) = url.rsplit_once('/').expect("a URL with a path");
    let file = std::env::temp_dir().join(format!("bodies-{}.bin", std::process::id()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let client = Client::builder().base_url(server).build().expect("a client");
    let bare = reqwest::Client::builder().no_proxy().build().expect("a client");
    // What both have once they have done anything.
    runtime.block_on(async {
        bare.get(format!("{server}/1")).send().await.expect("a response").bytes().await.expect("a byte");
        UndescribedRequest::new(&client, Method::GET, "/1").await.expect("a byte");
    });
    let start = Instant::now();
    runtime.block_on(async {
        let ours = || UndescribedRequest::new(&client, Method::GET, format!("/{path}"));
        let theirs = async || bare.get(&url).send().await.expect("a response");
        match part {
            "reqwest stream" => {
                let mut response = theirs().await;
                while let Some(bytes) = response.chunk().await.expect("bytes") {
                    std::hint::black_box(bytes);
                }
            }
            "our stream" => {
                let mut response = ours().send_streaming().await.expect("a response");
                while let Some(bytes) = response.try_next().await.expect("bytes") {
                    std::hint::black_box(bytes);
                }
            }
            "reqwest file" => {
                let mut response = theirs().await;
                let mut file = tokio::fs::File::create(&file).await.expect("a file");
                while let Some(bytes) = response.chunk().await.expect("bytes") {
                    file.write_all(&bytes).await.expect("the disk has room");
                }
                file.flush().await.expect("the disk has room");
            }
            "our file" => drop(ours().save_to(&file).await.expect("it is saved")),
            _ => {}
        }
    });
    println!("{} {}", start.elapsed().as_secs_f64(), testing::measured::peak().unwrap_or(0));
    let _ = std::fs::remove_file(PathBuf::from(&file));
}

#[derive(Clone)]
struct Client(Arc<dyn Transport>);

static REQUEST: Operation = Operation::new("request", "GET", "");

impl Api for Client {
    const DEFINITION: &'static Definition = &Definition {
        title: "Bodies",
        version: "1",
        operations: &[],
        undescribed: &REQUEST,
        security_schemes: &[],
        environment: &[],
        base_url_variable: "BODIES_BASE_URL",
    };
    const USER_AGENT: &'static str = "bodies/1";

    fn from_transport(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.0
    }
}

/// An operation whose success is an event stream.
struct Feed;

#[derive(Debug)]
enum NoError {}

impl Documented for NoError {
    fn decode(_: &Reply) -> Decoded<Self> {
        None
    }
}

impl Endpoint for Feed {
    const OPERATION: &'static Operation = &REQUEST;
    type Body = String;
    type Headers = ();
    type Error = NoError;
    const READ: Reads<String> = &[(200..=200, Reply::body_text)];
}

/// The chunks of a body, as a connection gives them.
#[derive(Clone)]
struct Chunks(Bytes);

impl Stream for Chunks {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let length = self.0.len().min(1 << 14);
        Poll::Ready((length > 0).then(|| Ok(self.0.split_to(length))))
    }
}

impl Transport for Chunks {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let reply = Reply::new(StatusCode::OK, HeaderMap::new(), self.0.to_vec());
        Box::pin(std::future::ready(Ok(reply)))
    }

    fn open(&self, _: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        let media_type = [("content-type".parse().expect("a name"), HeaderValue::from_static("text/event-stream"))];
        let head = Reply::new(StatusCode::OK, HeaderMap::from_iter(media_type), Vec::new());
        Box::pin(std::future::ready(Ok(Opened::new(head, Body::from_stream(self.clone(), None)))))
    }
}

/// Reads 100,000 events by the parser alone, and by a client.
fn events(rounds: u64) {
    const COUNT: usize = 100_000;
    let event = |number: usize| {
        format!("id: {number}\nevent: reading\ndata: {{\"sensor\": \"attic\", \"value\": {number}}}\n\n")
    };
    let chunks = Chunks((0..COUNT).map(event).collect::<String>().into());
    let transport: Arc<dyn Transport> = Arc::new(chunks.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let time = |read: &dyn Fn() -> usize| {
        let start = Instant::now();
        assert_eq!(read(), COUNT);
        start.elapsed()
    };
    let alone = || {
        runtime.block_on(async {
            let mut events = sse_stream::SseByteStream::new(chunks.clone());
            let mut count = 0;
            while let Some(event) = poll_fn(|context| Pin::new(&mut events).poll_next(context)).await {
                std::hint::black_box(event.expect("an event"));
                count += 1;
            }
            count
        })
    };
    let ours = || {
        runtime.block_on(async {
            let call = Call::new::<Feed>(&transport).send_texts::<Feed>("text/event-stream", &[]);
            let Ok(mut events) = call.await else { return 0 };
            let mut count = 0;
            while let Some(event) = events.try_next().await.expect("an event") {
                std::hint::black_box(event);
                count += 1;
            }
            count
        })
    };
    let (mut of_parser, mut of_client) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) * 4 {
        of_parser.push(time(&alone));
        of_client.push(time(&ours));
    }
    let median = |times: Vec<Duration>| median(times.iter().map(Duration::as_secs_f64).collect());
    let (parser, client) = (median(of_parser), median(of_client));
    println!("{COUNT} events:");
    println!("  {:.2} of the parser's own time ({:.1} ms, {:.1} ms)", client / parser, client * 1e3, parser * 1e3);
}
