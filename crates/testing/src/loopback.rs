//! A server on loopback that answers each path in one way.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

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
pub struct Head {
    /// The path and the query.
    pub target: String,
    /// The bytes of the body, as `Content-Length` says; 0 without it.
    pub length: u64,
}

impl Head {
    /// Reads the head of a request, and nothing of its body.
    pub fn read(reader: &mut impl BufRead) -> std::io::Result<Self> {
        let mut lines = reader.lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        let mut head = Self { target: request.split(' ').nth(1).unwrap_or_default().to_owned(), length: 0 };
        for line in lines {
            let line = line?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                head.length = value.trim().parse().map_err(std::io::Error::other)?;
            }
        }
        Ok(head)
    }
}

fn answer(mut stream: TcpStream, answers: &[(&str, Answer)]) -> std::io::Result<()> {
    let path = Head::read(&mut BufReader::new(stream.try_clone()?))?.target;
    let answer = answers.iter().find(|(other, _)| *other == path).map(|(_, answer)| answer.clone());
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
    }
}

/// Waits until the other end is gone.
fn hold(stream: &TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream.try_clone()?, &mut std::io::sink()).map(|_| ())
}
