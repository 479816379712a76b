//! Servers on loopback: one that answers each path in one way, and one that keeps what it receives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// How a path is answered.
#[derive(Clone)]
pub enum Answer {
    /// With status 200 and this body.
    Body(Vec<u8>),
    /// With that status.
    Status(u16),
    /// With a redirect to there.
    Redirect(String),
    /// With a body that has no end and no length.
    Endless,
    /// With headers and half a body, and then not at all.
    Half,
    /// Not at all.
    Nothing,
    /// With status 200 and this body, once the test opens the gate.
    Held(Gate, Vec<u8>),
    /// With these bytes, headers included, after which the connection is closed.
    Raw(Vec<u8>),
    /// With status 200 and the first half of a body, this many bytes; then the connection is reset. If that is more than the socket's
    /// buffer holds, the client must be reading.
    Reset(usize),
}

/// Holds answers back until a test says so.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Gate {
    /// Waits until there is a request.
    pub fn wait_for_request(&self) {
        let (state, changed) = &*self.0;
        drop(changed.wait_while(state.lock().expect("no test panics with it"), |(came, _)| !*came));
    }

    /// Lets the answer go, and those to later requests.
    pub fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().expect("no test panics with it").1 = true;
        changed.notify_all();
    }

    /// Says that there is a request, and waits until its answer may go.
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().expect("no test panics with it");
        state.0 = true;
        changed.notify_all();
        drop(changed.wait_while(state, |(_, open)| !*open));
    }
}

/// A running server; it ends with the test's process.
pub struct Server {
    address: std::net::SocketAddr,
}

impl Server {
    /// Serves `answers`: path and answer; 404 for all others.
    pub fn start(answers: Vec<(&'static str, Answer)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = answers.clone();
                std::thread::spawn(move || answer(stream, &answers));
            }
        });
        Self { address }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// What a server reads of a request before its body.
#[derive(Clone, Debug)]
pub struct Head {
    /// The first line.
    pub line: String,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// Reads the head of a request, and nothing of its body.
    pub fn read(reader: &mut impl BufRead) -> std::io::Result<Self> {
        let mut lines = reader.lines();
        let line = lines.next().transpose()?.unwrap_or_default();
        let mut headers = Vec::new();
        for line in lines {
            let line = line?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self { line, headers })
    }

    /// The path and the query.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of a header; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    /// The bytes of the body, as `Content-Length` says; 0 without it.
    pub fn length(&self) -> u64 {
        self.header("content-length").parse().unwrap_or(0)
    }
}

/// A request that a [`Recorder`] has received.
#[derive(Clone, Debug)]
pub struct Received {
    /// All but the body.
    pub head: Head,
    /// The body.
    pub body: Vec<u8>,
}

/// A running server that keeps what it receives; it ends with the test's process.
pub struct Recorder {
    address: std::net::SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Recorder {
    /// Answers the requests with `answers`, one after the other and then the last one again: each is a status and the body, which
    /// is JSON.
    pub fn start(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("it is bound");
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            let mut answers = answers.iter().chain(std::iter::repeat(answers.last().expect("an answer")));
            for (mut stream, (status, body)) in listener.incoming().flatten().zip(&mut answers) {
                let _ = keep(&stream, &kept);
                let length = body.len();
                let head = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {length}\r\n");
                let _ = stream.write_all(format!("{head}Content-Type: application/json\r\n\r\n{body}").as_bytes());
            }
        });
        Self { address, received }
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has come so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no test panics with it").clone()
    }
}

/// Reads a request, and keeps it.
fn keep(stream: &TcpStream, kept: &Mutex<Vec<Received>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let head = Head::read(&mut reader)?;
    let mut body = Vec::new();
    reader.take(head.length()).read_to_end(&mut body)?;
    kept.lock().expect("no test panics with it").push(Received { head, body });
    Ok(())
}

fn answer(mut stream: TcpStream, answers: &[(&str, Answer)]) -> std::io::Result<()> {
    let mut start = [0; 512];
    let length = stream.peek(&mut start)?;
    let target = String::from_utf8_lossy(&start[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
    if let Some((_, Answer::Reset(length))) = answers.iter().find(|(path, _)| *path == target) {
        stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 2 * length).as_bytes())?;
        stream.write_all(&vec![b'#'; *length])?;
        // A connection is reset if it is closed before its request has been read.
        return Ok(());
    }
    let head = Head::read(&mut BufReader::new(stream.try_clone()?))?;
    let answer = answers.iter().find(|(path, _)| *path == head.target()).map(|(_, answer)| answer.clone());
    let head = |status: &str, headers: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n");
    match answer.unwrap_or(Answer::Status(404)) {
        Answer::Body(body) => {
            stream.write_all(head("200 OK", &format!("Content-Length: {}\r\n", body.len())).as_bytes())?;
            stream.write_all(&body)
        }
        Answer::Status(status) => {
            stream.write_all(head(&format!("{status} Status"), "Content-Length: 0\r\n").as_bytes())
        }
        Answer::Redirect(to) => {
            stream.write_all(head("302 Found", &format!("Location: {to}\r\nContent-Length: 0\r\n")).as_bytes())
        }
        Answer::Endless => {
            stream.write_all(head("200 OK", "").as_bytes())?;
            loop {
                stream.write_all(&[b'#'; 4096])?;
            }
        }
        Answer::Half => {
            stream.write_all(head("200 OK", "Content-Length: 1000\r\n").as_bytes())?;
            stream.write_all(b"paths:\n")?;
            hold(&stream)
        }
        Answer::Nothing => hold(&stream),
        Answer::Held(gate, body) => {
            gate.pass();
            stream.write_all(head("200 OK", &format!("Content-Length: {}\r\n", body.len())).as_bytes())?;
            stream.write_all(&body)
        }
        Answer::Raw(bytes) => stream.write_all(&bytes),
        Answer::Reset(_) => Ok(()),
    }
}

/// Waits until the other end is gone.
fn hold(stream: &TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream.try_clone()?, &mut std::io::sink()).map(|_| ())
}
