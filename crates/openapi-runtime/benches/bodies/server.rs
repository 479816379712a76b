//! The server of both sides: it forgets what it is sent, and sends what it is asked for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use testing::loopback::Head;

use super::processes;

/// A process that serves bodies, until it is dropped.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut child = processes::this("serve").stdout(Stdio::piped()).spawn().expect("the bench runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("a line");
        Self { child, port: line.trim().parse().expect("a port") }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers each request for `/n` with n bytes, once it has its body.
pub(crate) fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    println!("{}", listener.local_addr().expect("an address").port());
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut part = vec![7; 1 << 18];
    let mut reader = BufReader::new(stream.try_clone()?);
    let head = Head::read(&mut reader)?;
    let mut body = reader.take(head.length());
    while body.read(&mut part)? > 0 {}
    let mut left: usize = head.target().trim_start_matches('/').parse().unwrap_or(0);
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {left}\r\nETag: \"1\"\r\n\r\n")?;
    while left > 0 {
        let length = part.len().min(left);
        stream.write_all(&part[..length])?;
        left -= length;
    }
    Ok(())
}
