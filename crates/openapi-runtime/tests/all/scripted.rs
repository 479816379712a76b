//! A server on a loopback socket that plays a script: what it sends for each request, and how the connection ends.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use openapi_runtime::ClientBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::wire::{LIMIT, StallClock};
use super::{Client, seconds};

/// What is sent for one request.
#[derive(Clone)]
pub(super) struct Play {
    /// The head and as much of the body as comes at once.
    pub(super) first: Vec<u8>,
    pub(super) then: Then,
}

/// What follows it.
#[derive(Clone)]
pub(super) enum Then {
    /// The end of the connection.
    Close,
    /// Nothing, until the client goes. The test says on the clock when it has waited for too long.
    Stall,
    /// The rest, as soon as it is called for.
    Rest(Arc<Notify>, Vec<u8>),
    /// The same again and again, until the client goes.
    Repeat(Vec<u8>),
}

impl Play {
    /// A response of `length` bytes, of which `body` comes before the connection ends.
    pub(super) fn of(status: &str, headers: &str, length: usize, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
        Self { first: [head.as_bytes(), body].concat(), then: Then::Close }
    }

    /// A response in chunks, the last of which is missing unless `whole`.
    pub(super) fn chunked(headers: &str, chunks: &[&str], whole: bool) -> Self {
        let mut first = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n{headers}\r\n");
        for chunk in chunks {
            first += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
        }
        if whole {
            first += "0\r\n\r\n";
        }
        Self { first: first.into_bytes(), then: Then::Close }
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// The server.
pub(super) struct Scripted {
    port: u16,
    pub(super) clock: StallClock,
    requests: Arc<Mutex<Vec<String>>>,
    /// Told when a client goes while the server still sends, or waits to.
    pub(super) gone: Arc<Notify>,
}

impl Scripted {
    /// Plays `script` for one request after the other.
    pub(super) async fn start(script: Vec<Play>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        let port = listener.local_addr().expect("an address").port();
        let server = Self { port, clock: StallClock::default(), requests: Arc::default(), gone: Arc::default() };
        let (requests, gone) = (Arc::clone(&server.requests), Arc::clone(&server.gone));
        tokio::spawn(async move {
            for play in script {
                let (stream, _) = listener.accept().await.expect("a connection");
                // A client that goes too soon is what some tests are about.
                let _ = serve(stream, play, &requests, &gone).await;
            }
        });
        server
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The requests, in small letters.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics with it").clone()
    }

    /// A builder of clients of this server, whose limits are over when it stalls.
    pub(super) fn client(&self) -> ClientBuilder<Client> {
        use openapi_runtime::Api;
        let builder = Client::builder().http_client(|builder| builder.no_proxy()).clock(self.clock.clone());
        builder.timeout(seconds(3600)).attempt_timeout(LIMIT).base_url(format!("http://127.0.0.1:{}", self.port))
    }
}

async fn serve(mut stream: TcpStream, play: Play, requests: &Mutex<Vec<String>>, gone: &Notify) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    requests.lock().expect("no test panics with it").push(String::from_utf8_lossy(&request).to_ascii_lowercase());
    stream.write_all(&play.first).await?;
    match play.then {
        Then::Close => {}
        Then::Stall => {
            while stream.read(&mut [0; 64]).await? > 0 {}
            gone.notify_one();
        }
        Then::Rest(called_for, rest) => {
            called_for.notified().await;
            stream.write_all(&rest).await?;
        }
        Then::Repeat(part) => {
            while stream.write_all(&part).await.is_ok() {}
            gone.notify_one();
        }
    }
    stream.shutdown().await
}
