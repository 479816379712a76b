//! What a call costs more than the same request by bare reqwest, which is given its token, and how long a thousand callers
//! wait for one token. `cargo bench --bench client`; with the argument `quick`, a tenth of the calls; with `memory`, the most
//! memory that 2,000 calls at once take, the server's included, and with `memory bare`, that of bare reqwest (Linux).
//!
//! Both kinds of calls are made in turn in one run, over kept connections to one loopback server that answers at once, so
//! that what else the machine does weighs on both. The ratio is the median of the rounds' ratios.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use confluent_cloud::{Client, ClientCredentials, types};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PATH: &str = "/partner/v2/signup/activate";
const TOKEN: &str = r#"{"access_token":"a-token","token_type":"Bearer","expires_in":3600}"#;
const SIGNUP: &str =
    r#"{"id":"e-1","organization_id":"b3a17773-05cc-4431-9560-433fb4613da8","sso_url":"https://a.example/"}"#;

const AGENT: &str = concat!("confluent-cloud/", env!("CARGO_PKG_VERSION"));

/// How many rounds there are of each kind.
const ROUNDS: usize = 101;

fn main() {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if asked("memory") {
        match asked("bare") {
            true => runtime.block_on(many_bare(&server, 2_000)),
            false => runtime.block_on(many(&server, 2_000)),
        };
        println!(" 2000 at once: {}", peak_memory());
        return;
    }
    for in_flight in [1, 64] {
        let calls = if asked("quick") { 128 } else { 1_024 };
        let ratio = runtime.block_on(compare(&server, in_flight, calls));
        println!("{in_flight:>5} in flight: {ratio}");
    }
    let wait = runtime.block_on(many(&server, 1_000));
    println!(" 1000 callers, no token yet: {} token request, all answered after {wait:.1?}", server.fetches());
}

/// A loopback server on a thread of its own.
struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
}

/// What has come to the server.
#[derive(Default)]
struct Seen {
    tokens: AtomicUsize,
    /// The calls' requests, each as its sorted lines: the first of each connection.
    calls: Mutex<BTreeSet<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let noted = Arc::clone(&seen);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a socket");
                loop {
                    let (stream, _) = listener.accept().await.expect("a connection");
                    tokio::spawn(answer(stream, Arc::clone(&noted)));
                }
            });
        });
        Self { address, seen }
    }

    /// The token requests since this was asked last.
    fn fetches(&self) -> usize {
        self.seen.tokens.swap(0, Ordering::SeqCst)
    }
}

/// Answers each request of a connection as soon as it is there.
async fn answer(mut stream: TcpStream, seen: Arc<Seen>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    let mut first = true;
    loop {
        buffer.clear();
        while !whole(&buffer) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let (status, body) = match buffer.starts_with(format!("POST {PATH} ").as_bytes()) {
            true => {
                if std::mem::take(&mut first) {
                    let mut lines: Vec<String> = String::from_utf8_lossy(&buffer).lines().map(str::to_owned).collect();
                    lines.sort();
                    seen.calls.lock().expect("no panic").insert(lines);
                }
                ("201 Created", SIGNUP)
            }
            false => {
                seen.tokens.fetch_add(1, Ordering::SeqCst);
                ("200 OK", TOKEN)
            }
        };
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
    }
}

/// Whether a request is there with its body.
fn whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}

fn request() -> types::ActivatePartnerSignupRequest {
    let user = types::V2User::new(types::V2UserRequired {
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        email: "ada@example.com".into(),
    });
    let organization_id = "b3a17773-05cc-4431-9560-433fb4613da8".to_owned();
    types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired { user, organization_id })
}

fn client(address: SocketAddr) -> Client {
    let builder = Client::builder().base_url(format!("http://{address}"));
    builder.credentials(ClientCredentials::new("id", "secret")).build().expect("a client")
}

/// A call as its user makes it.
async fn ours(client: Client) {
    let signup = client.activate_signup(request()).send().await.expect("a success");
    assert!(signup.sso_url.starts_with("https://"));
}

/// The same request by hand: the same type as JSON, the same headers, the answer read into the same type.
async fn bare(client: reqwest::Client, url: reqwest::Url) {
    let body = serde_json::to_vec(&request()).expect("JSON");
    let post = client.post(url).header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/json");
    let post = post.header(USER_AGENT, AGENT).header(AUTHORIZATION, "Bearer a-token");
    let response = post.body(body).send().await.expect("an answer");
    assert_eq!(response.status(), 201);
    let bytes = response.bytes().await.expect("a body");
    let signup: types::PartnerSignupResponse = serde_json::from_slice(&bytes).expect("a signup");
    assert!(signup.sso_url.starts_with("https://"));
}

/// The costs of both kinds in turn.
async fn compare(server: &Server, in_flight: usize, calls: usize) -> String {
    let address = server.address;
    let client = client(address);
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url: reqwest::Url = format!("http://{address}{PATH}").parse().expect("a URL");
    let ours = || round(in_flight, calls, || ours(client.clone()));
    let bare = || round(in_flight, calls, || bare(http.clone(), url.clone()));
    // The first fetches the token and makes the connections.
    ours().await;
    bare().await;
    let requests = server.seen.calls.lock().expect("no panic").clone();
    assert_eq!(requests.len(), 1, "both send the same bytes, the order of headers aside: {requests:#?}");
    let mut rounds = Vec::new();
    for number in 0..ROUNDS {
        // Whoever is first may find another machine: they take turns at that as well.
        let (mine, theirs) = if number % 2 == 0 {
            let mine = ours().await;
            (mine, bare().await)
        } else {
            let theirs = bare().await;
            (ours().await, theirs)
        };
        rounds.push((mine.as_secs_f64() / theirs.as_secs_f64(), mine, theirs));
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, mine, theirs) = rounds[ROUNDS / 2];
    let (least, most) = (rounds[0].0, rounds[ROUNDS - 1].0);
    let each = |time: Duration| time.as_secs_f64() * 1e6 / calls as f64;
    let times = format!("{:.1} µs a call, bare reqwest {:.1} µs", each(mine), each(theirs));
    format!("{times}, ratio {ratio:.3} (rounds from {least:.3} to {most:.3})")
}

/// The time for `calls` calls, so many of them at once.
async fn round<F>(in_flight: usize, calls: usize, call: impl Fn() -> F) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..calls {
        if running.len() == in_flight {
            running.join_next().await.expect("one is running").expect("no panic");
        }
        running.spawn(call());
    }
    while let Some(done) = running.join_next().await {
        done.expect("no panic");
    }
    start.elapsed()
}

/// The time until the last of so many callers is answered, who all begin without a token.
async fn many(server: &Server, callers: usize) -> Duration {
    server.fetches();
    let client = client(server.address);
    round(callers, callers, || ours(client.clone())).await
}

/// The same by bare reqwest.
async fn many_bare(server: &Server, callers: usize) -> Duration {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url: reqwest::Url = format!("http://{}{PATH}", server.address).parse().expect("a URL");
    round(callers, callers, || bare(http.clone(), url.clone())).await
}

/// The most memory that this process has had, as the system counts it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("not known on this system");
    peak.trim().to_owned()
}
