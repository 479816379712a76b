//! What the upload of a file costs beside what it costs without this crate: `cargo bench -p openapi-runtime --bench uploads`.
//!
//! A file of 1 GiB goes over loopback, as a body by itself and in a multipart body: the ratio to bare reqwest with a file of tokio,
//! and the peak of memory above that of a client that has done nothing. Each measurement is a process of its own. `UPLOADS_MIB`
//! sets another size, and `UPLOADS_ROUNDS` how often each is measured; the median counts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http_body::{Frame, SizeHint};
use openapi_runtime::bytes::Bytes;
use openapi_runtime::codegen::{Call, Decoded, Documented, Reads};
use openapi_runtime::{Api, Body, Definition, Endpoint, FilePart, Operation, Reply, Transport};
use tokio::io::{AsyncRead, ReadBuf};

/// Says what a process measures.
const PART: &str = "UPLOADS_PART";

fn main() {
    match std::env::var(PART) {
        Ok(part) => measure(&part),
        Err(_) => report(),
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs each part in a process of its own, in turns, so that what else the machine does is spread over all.
fn report() {
    let (mib, rounds) = (setting("UPLOADS_MIB", 1024), setting("UPLOADS_ROUNDS", 5));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || serve(&listener));
    let path = std::env::temp_dir().join(format!("uploads-{}.bin", std::process::id()));
    std::fs::File::create(&path).and_then(|file| file.set_len(mib << 20)).expect("a file");
    let parts = ["idle", "reqwest", "body", "multipart"];
    let mut seen: Vec<Vec<(f64, u64)>> = vec![Vec::new(); parts.len()];
    for _ in 0..rounds {
        for (part, seen) in parts.iter().zip(&mut seen) {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            let output = command.env(PART, part).args([&url, &path.display().to_string()]).output().expect("it runs");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut numbers = text.split_whitespace();
            let time = numbers.next().and_then(|text| text.parse().ok());
            let peak = numbers.next().and_then(|text| text.parse().ok());
            let failed = || panic!("{part}: {text}{}", String::from_utf8_lossy(&output.stderr));
            seen.push(time.zip(peak).unwrap_or_else(failed));
        }
    }
    std::fs::remove_file(path).expect("the file");
    let median = |part: usize| {
        let mut times: Vec<f64> = seen[part].iter().map(|(time, _)| *time).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let peak = |part: usize| seen[part].iter().map(|(_, peak)| *peak).max().unwrap_or_default();
    println!("upload of {mib} MiB, the median of {rounds}:");
    for (part, name) in parts.iter().enumerate().skip(1) {
        let (time, ratio) = (median(part), median(part) / median(1));
        let above = peak(part).saturating_sub(peak(0)) as f64 / 1024.0;
        println!("  {name:<10} {time:.3} s, {ratio:.2} of bare reqwest, peak {above:.1} MiB above an idle client");
    }
}

/// Reads requests and forgets them.
fn serve(listener: &TcpListener) {
    for socket in listener.incoming() {
        let mut socket = socket.expect("a connection");
        let mut reader = BufReader::with_capacity(1 << 20, socket.try_clone().expect("a second handle"));
        let mut length = 0;
        for line in reader.by_ref().lines().map(|line| line.expect("a line").to_ascii_lowercase()) {
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
            if line.is_empty() {
                break;
            }
        }
        let mut buffer = vec![0; 1 << 20];
        let mut left = length;
        while left > 0 {
            match reader.read(&mut buffer).expect("the body") {
                0 => break,
                count => left -= count as u64,
            }
        }
        socket.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").expect("an answer");
    }
}

/// Measures one part, and prints the seconds that it takes and the peak of memory in KiB.
fn measure(part: &str) {
    let mut arguments = std::env::args().skip(1);
    let (url, path) = (arguments.next().expect("a URL"), arguments.next().expect("a file"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let http = openapi_runtime::ReqwestClient::new().expect("a client");
    let client = Client::builder().http(http).base_url(&url).build().expect("a client");
    let bare = reqwest::Client::builder().no_proxy().build().expect("a client");
    let start = Instant::now();
    runtime.block_on(async {
        let call = || Call::new::<Upload>(client.transport());
        match part {
            "reqwest" => {
                let file = tokio::fs::File::open(&path).await.expect("a file");
                let left = file.metadata().await.expect("its length").len();
                let body = reqwest::Body::wrap(Bare { file, left, buffer: vec![0; 128 * 1024] });
                bare.put(&url).body(body).send().await.expect("a success");
            }
            "body" => drop(call().bytes("image/png", Body::path(&path)).send::<Upload>().await.expect("a success")),
            "multipart" => {
                let body = BTreeMap::from([("file", FilePart::path(&path))]);
                drop(call().multipart("multipart/form-data", &body).send::<Upload>().await.expect("a success"));
            }
            _ => {}
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
    println!("{seconds} {}", peak.unwrap_or("0"));
}

/// A file of tokio as a body, as a program would write it.
struct Bare {
    file: tokio::fs::File,
    left: u64,
    buffer: Vec<u8>,
}

impl http_body::Body for Bare {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let Self { file, left, buffer } = &mut *self;
        let mut read = ReadBuf::new(buffer);
        ready!(Pin::new(file).poll_read(context, &mut read))?;
        let bytes = Bytes::copy_from_slice(read.filled());
        *left -= bytes.len() as u64;
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

static UPLOAD: Operation =
    Operation { idempotent: true, statuses: &["204"], ..Operation::new("upload", "PUT", "/upload") };

static DEFINITION: Definition = Definition {
    title: "Uploads",
    version: "1",
    operations: &[&UPLOAD],
    undescribed: &UPLOAD,
    security_schemes: &[],
    environment: &[],
    base_url_variable: "UPLOADS_BASE_URL",
};

#[derive(Clone)]
struct Client(Arc<dyn Transport>);

impl Api for Client {
    const DEFINITION: &'static Definition = &DEFINITION;
    const USER_AGENT: &'static str = "uploads/1.0";

    fn from_transport(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.0
    }
}

struct Upload;

impl Endpoint for Upload {
    const OPERATION: &'static Operation = &UPLOAD;
    type Body = ();
    type Headers = ();
    type Error = NotDocumented;
    const READ: Reads<()> = &[(200..=299, Reply::nothing)];
}

#[derive(Debug)]
enum NotDocumented {}

impl std::fmt::Display for NotDocumented {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NotDocumented {}

impl Documented for NotDocumented {
    fn decode(_: &Reply) -> Decoded<Self> {
        None
    }
}
