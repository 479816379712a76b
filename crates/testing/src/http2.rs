//! HTTP/2 servers that refuse streams, go away, say nothing or say too much. Each writes a few frames on a loopback socket
//! ([RFC 9113, 6](https://www.rfc-editor.org/rfc/rfc9113#section-6)).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a server does with a stream.
#[derive(Clone, Copy, PartialEq)]
pub enum Reaction {
    /// 200 with this body, of at most 100 bytes.
    Answer(&'static str),
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

/// The error code of a server that goes away in peace.
pub const NO_ERROR: u32 = 0;
/// The error code of a server that fails.
pub const INTERNAL_ERROR: u32 = 2;
/// The error code of a stream that is not processed.
pub const REFUSED_STREAM: u32 = 7;

/// A running server, and what it has seen. It ends with the process.
pub struct Server {
    url: String,
    connections: AtomicUsize,
    streams: AtomicUsize,
}

impl Server {
    /// Starts a server that reacts as `react` says to the connection and the stream of those numbers, both from 1.
    pub fn start(react: impl Fn(usize, usize) -> Reaction + Send + Sync + 'static) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Arc::new(Self { url, connections: AtomicUsize::new(0), streams: AtomicUsize::new(0) });
        let (counted, react) = (Arc::clone(&server), Arc::new(react));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let nth = counted.connections.fetch_add(1, Ordering::SeqCst) + 1;
                let (counted, react) = (Arc::clone(&counted), Arc::clone(&react));
                // Errors are the client's, who has gone away.
                thread::spawn(move || serve(stream, || react(nth, counted.streams.fetch_add(1, Ordering::SeqCst) + 1)));
            }
        });
        server
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The number of connections that were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The number of requests that came.
    pub fn streams(&self) -> usize {
        self.streams.load(Ordering::SeqCst)
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

fn serve(mut socket: TcpStream, react: impl Fn() -> Reaction) -> std::io::Result<()> {
    socket.read_exact(&mut [0; 24])?;
    write(&mut socket, SETTINGS, 0, 0, &[])?;
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head)?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        socket.read_exact(&mut payload)?;
        let id = u32::from_be_bytes(id);
        match (kind, flags & 1) {
            (SETTINGS, 0) => write(&mut socket, SETTINGS, 1, 0, &[])?,
            (PING, 0) => write(&mut socket, PING, 1, 0, &payload)?,
            (HEADERS, _) => match react() {
                Reaction::Answer(body) => answer(&mut socket, id, body)?,
                Reaction::Reset(code) => write(&mut socket, RST_STREAM, 0, id, &code.to_be_bytes())?,
                Reaction::GoAway(code) => {
                    let last = [0_u32.to_be_bytes(), code.to_be_bytes()].concat();
                    write(&mut socket, GOAWAY, 0, 0, &last)?;
                }
                Reaction::Die => loop {
                    thread::park();
                },
                Reaction::Ignore => {}
                Reaction::Flood => {
                    for _ in 0..10_000 {
                        write(&mut socket, PING, 1, 0, &[7; 8])?;
                    }
                    answer(&mut socket, id, "")?;
                }
            },
            _ => {}
        }
    }
}

fn answer(socket: &mut TcpStream, id: u32, body: &str) -> std::io::Result<()> {
    // By their numbers in the static table of HPACK (RFC 7541, A): `:status: 200`, and `content-type`, with its value.
    let json = [&[0x88, 0x5f, 16], &b"application/json"[..]].concat();
    write(socket, HEADERS, 0b100, id, &json)?;
    write(socket, DATA, 1, id, body.as_bytes())
}

fn write(socket: &mut TcpStream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    socket.write_all(&[&head, payload].concat())
}
