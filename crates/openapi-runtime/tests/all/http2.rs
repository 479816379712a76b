//! HTTP/2 servers that refuse streams, go away, say nothing or say too much. Each is a few frames on a loopback socket
//! ([RFC 9113, 6](https://www.rfc-editor.org/rfc/rfc9113#section-6)).

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use openapi_runtime::retry::{Backoff, StandardPolicy};
use openapi_runtime::{Api, BearerToken, CallOptions, Credential, ErrorKind, HttpError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Client, GET, Outcome, POST, call};

/// What a server does with a stream.
#[derive(Clone, Copy, PartialEq)]
enum Reaction {
    /// 200 without a body.
    Answer,
    /// `RST_STREAM` with that error code.
    Reset(u32),
    /// `GOAWAY` with that error code: this stream is not processed.
    GoAway(u32),
    /// Nothing more is read or written on the connection, which stays open.
    Die,
    /// The stream is not answered; pings are.
    Ignore,
    /// 10,000 pings before the answer.
    Flood,
}

const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    streams: AtomicUsize,
}

/// Starts a server that reacts as `react` says to the connection and the stream of those numbers, both from 1.
async fn start(react: impl Fn(usize, usize) -> Reaction + Send + Sync + 'static) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Seen::default());
    let (counted, react) = (Arc::clone(&seen), Arc::new(react));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let nth = counted.connections.fetch_add(1, Ordering::SeqCst) + 1;
            let (counted, react) = (Arc::clone(&counted), Arc::clone(&react));
            // Errors are the client's, who has gone away.
            tokio::spawn(async move {
                serve(stream, || react(nth, counted.streams.fetch_add(1, Ordering::SeqCst) + 1)).await
            });
        }
    });
    (url, seen)
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

async fn serve(mut socket: TcpStream, react: impl Fn() -> Reaction) -> std::io::Result<()> {
    let mut preface = [0; 24];
    socket.read_exact(&mut preface).await?;
    write(&mut socket, SETTINGS, 0, 0, &[]).await?;
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        socket.read_exact(&mut payload).await?;
        let id = u32::from_be_bytes(id);
        match (kind, flags & 1) {
            (SETTINGS, 0) => write(&mut socket, SETTINGS, 1, 0, &[]).await?,
            (PING, 0) => write(&mut socket, PING, 1, 0, &payload).await?,
            (HEADERS, _) => match react() {
                Reaction::Answer => answer(&mut socket, id).await?,
                Reaction::Reset(code) => write(&mut socket, RST_STREAM, 0, id, &code.to_be_bytes()).await?,
                Reaction::GoAway(code) => {
                    let last = [0_u32.to_be_bytes(), code.to_be_bytes()].concat();
                    write(&mut socket, GOAWAY, 0, 0, &last).await?;
                }
                Reaction::Die => std::future::pending().await,
                Reaction::Ignore => {}
                Reaction::Flood => {
                    for _ in 0..10_000 {
                        write(&mut socket, PING, 1, 0, &[7; 8]).await?;
                    }
                    answer(&mut socket, id).await?;
                }
            },
            _ => {}
        }
    }
}

async fn answer(socket: &mut TcpStream, id: u32) -> std::io::Result<()> {
    // `:status: 200`, by its number in the static table of HPACK (RFC 7541, A), and the end of headers and stream.
    write(socket, HEADERS, 0b101, id, &[0x88]).await
}

async fn write(socket: &mut TcpStream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    socket.write_all(&[&head, payload].concat()).await
}

/// No wait.
struct AtOnce;

impl Backoff for AtOnce {
    fn wait(&self, _: u32) -> Duration {
        Duration::ZERO
    }
}

/// A client that speaks HTTP/2 from the first byte, and whose pings are so far apart.
fn client(url: &str, keep_alive: Duration) -> Client {
    let http = move |builder: reqwest::ClientBuilder| {
        builder.http2_prior_knowledge().http2_keep_alive_interval(keep_alive).http2_keep_alive_timeout(keep_alive)
    };
    let token = Credential::source(BearerToken::new("t"));
    let builder = Client::builder().http_client(http).base_url(url).credential("login", token);
    builder.backoff(AtOnce).build().expect("a client")
}

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(3600);

/// The number of attempts, and how the call ended.
fn end(outcome: &Outcome) -> (u32, &'static str) {
    match outcome {
        Ok(reply) => (reply.attempts(), "success"),
        Err(error) => {
            let end = match error.kind() {
                ErrorKind::Transport(HttpError::Refused(_)) => "refused",
                ErrorKind::Transport(HttpError::Lost(_)) => "lost",
                ErrorKind::Transport(HttpError::Timeout { .. }) => "timeout",
                _ => "another error",
            };
            (error.attempts(), end)
        }
    }
}

#[tokio::test]
async fn a_refused_stream_and_a_server_that_goes_away_count_as_never_sent() {
    for (reaction, post, get) in [
        (Reaction::Reset(REFUSED_STREAM), (4, "refused"), (4, "refused")),
        (Reaction::GoAway(NO_ERROR), (4, "refused"), (4, "refused")),
        (Reaction::Reset(INTERNAL_ERROR), (1, "lost"), (4, "lost")),
        (Reaction::GoAway(INTERNAL_ERROR), (1, "lost"), (4, "lost")),
    ] {
        for (method, expected) in [(POST, post), (GET, get)] {
            let (url, seen) = start(move |_, _| reaction).await;
            let outcome = call(&client(&url, LONG), method).await;
            assert_eq!(end(&outcome), expected);
            assert_eq!(seen.streams.load(Ordering::SeqCst), expected.0 as usize, "each attempt is told of");
            // Where it happens once, the next attempt is answered, if there is one.
            let (url, _) = start(move |_, stream| if stream == 1 { reaction } else { Reaction::Answer }).await;
            let outcome = call(&client(&url, LONG), method).await;
            assert_eq!(end(&outcome), if expected.0 > 1 { (2, "success") } else { expected });
        }
    }
}

#[tokio::test]
async fn there_are_no_retries_but_those_of_the_budget() {
    let (url, seen) = start(|_, _| Reaction::Reset(REFUSED_STREAM)).await;
    let client = client(&url, LONG).with(CallOptions::new().retry_policy(StandardPolicy { attempts: 3 }));
    let mut attempts = 0;
    for _ in 0..50 {
        attempts += call(&client, GET).await.expect_err("refused").attempts() as usize;
    }
    assert_eq!((attempts, seen.streams.load(Ordering::SeqCst)), (attempts, attempts));
    assert!((50..=150).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn a_silent_http2_connection_is_found_dead_by_its_pings() {
    let (url, seen) = start(|connection, _| if connection == 1 { Reaction::Die } else { Reaction::Answer }).await;
    let start = Instant::now();
    let outcome = call(&client(&url, SHORT), GET).await;
    assert_eq!(end(&outcome), (2, "success"));
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn after_a_timeout_new_requests_go_by_new_connections_and_the_old_one_ends_what_it_carries() {
    // The first connection answers its first two streams, and then ignores all but pings.
    let (url, seen) = start(|connection, stream| match (connection, stream) {
        (1, 3..) => Reaction::Ignore,
        _ => Reaction::Answer,
    })
    .await;
    let client = client(&url, LONG);
    call(&client, GET).await.expect("a success");
    call(&client, GET).await.expect("a success");
    assert_eq!(seen.connections.load(Ordering::SeqCst), 1);
    let waiting = tokio::spawn({
        let patient = client.with(CallOptions::new().no_retry());
        async move { call(&patient, GET).await }
    });
    let hasty = client.with(CallOptions::new().attempt_timeout(SHORT));
    assert_eq!(end(&call(&hasty, GET).await), (2, "success"));
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2);
    assert!(!waiting.is_finished(), "the old connection is not cut");
    waiting.abort();
    for _ in 0..3 {
        call(&client, GET).await.expect("a success");
    }
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2, "the new one stays");
}

#[tokio::test]
async fn at_most_one_client_is_made_per_keep_alive_period() {
    let (url, seen) = start(|_, _| Reaction::Ignore).await;
    let hasty = client(&url, LONG).with(CallOptions::new().attempt_timeout(SHORT));
    for _ in 0..2 {
        assert_eq!(end(&call(&hasty, GET).await), (4, "timeout"));
    }
    assert_eq!(seen.streams.load(Ordering::SeqCst), 8);
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_flood_of_frames_does_not_hold_up_the_answer() {
    let (url, _) = start(|_, _| Reaction::Flood).await;
    assert_eq!(end(&call(&client(&url, LONG), GET).await), (1, "success"));
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_told_apart_from_a_timeout() {
    struct Never;
    impl reqwest::dns::Resolve for Never {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(std::future::pending())
        }
    }
    let http = |builder: reqwest::ClientBuilder| builder.no_proxy().dns_resolver(Never);
    let token = Credential::source(BearerToken::new("t"));
    let builder = Client::builder().http_client(http).base_url("https://api.test").credential("login", token);
    let client = builder.attempt_timeout(2 * SHORT).backoff(AtOnce).build().expect("a client");
    let error = call(&client, POST).await.expect_err("no connection");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
    assert_eq!(error.attempts(), 4, "nothing was sent, so that a POST is tried again");
    // A shorter limit of one call is a timeout.
    let hasty = client.with(CallOptions::new().attempt_timeout(SHORT / 2));
    let error = call(&hasty, POST).await.expect_err("no connection");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Timeout { .. })), "{error}");
    assert_eq!(error.attempts(), 1);
}
