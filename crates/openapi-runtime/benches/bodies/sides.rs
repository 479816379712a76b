//! The parts that are measured: the same work by bare reqwest and by this crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use http_body::{Frame, SizeHint};
use openapi_runtime::bytes::{Bytes, BytesMut};
use openapi_runtime::http::Method;
use openapi_runtime::{Api, Body, FilePart, ReqwestClient, UndescribedRequest};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::Client;
use super::processes::{self, Taken};

/// Does one part, and prints what it takes.
pub(crate) fn measure(part: &str) {
    let (url, path) = processes::given();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let sides = Sides {
        bare: reqwest::Client::builder().no_proxy().build().expect("a client"),
        client: Client::builder()
            .http(ReqwestClient::new().expect("a client"))
            .base_url(&url)
            .build()
            .expect("a client"),
        url,
        target: std::env::temp_dir().join(format!("bodies-{}.bin", std::process::id())),
        sent: path,
    };
    let length = std::fs::metadata(&sides.sent).expect("a file").len();
    // What both have once they have done anything.
    runtime.block_on(async {
        sides.bare_response(1).await.bytes().await.expect("a byte");
        sides.our_request(1).await.expect("a byte");
    });
    Taken::by(|| runtime.block_on(sides.measured(part, length))).print();
    if part.starts_with("save") {
        assert_eq!(std::fs::metadata(&sides.target).expect("it is saved").len(), length);
        std::fs::remove_file(&sides.target).expect("it is saved");
    }
}

struct Sides {
    bare: reqwest::Client,
    client: Client,
    url: String,
    /// What is sent.
    sent: PathBuf,
    /// What is saved.
    target: PathBuf,
}

impl Sides {
    async fn bare_response(&self, length: u64) -> reqwest::Response {
        self.bare.get(format!("{}/{length}", self.url)).send().await.expect("a response")
    }

    fn our_request(&self, length: u64) -> UndescribedRequest {
        UndescribedRequest::new(&self.client, Method::GET, format!("/{length}"))
    }

    async fn measured(&self, part: &str, length: u64) {
        match part {
            "idle" => {}
            "send: reqwest" => {
                let body = reqwest::Body::wrap(Sent::open(&self.sent).await);
                self.bare.put(format!("{}/upload", self.url)).body(body).send().await.expect("a success");
            }
            "send: body" => self.client.upload(|call| call.bytes("image/png", Body::path(&self.sent))).await,
            "send: multipart" => {
                let body = BTreeMap::from([("file", FilePart::path(&self.sent))]);
                self.client.upload(|call| call.multipart("multipart/form-data", &body)).await;
            }
            "read: reqwest" => {
                let mut response = self.bare_response(length).await;
                while let Some(bytes) = response.chunk().await.expect("bytes") {
                    std::hint::black_box(bytes);
                }
            }
            "read: stream" => {
                let mut response = self.our_request(length).send_streaming().await.expect("a response");
                while let Some(bytes) = response.try_next().await.expect("bytes") {
                    std::hint::black_box(bytes);
                }
            }
            "save: reqwest" => save(self.bare_response(length).await, &self.target).await.expect("the disk has room"),
            "save: file" => drop(self.our_request(length).save_to(&self.target).await.expect("it is saved")),
            other => panic!("there is no part {other}"),
        }
    }
}

/// Saves a response as a program would that has tokio.
async fn save(mut response: reqwest::Response, path: &Path) -> std::io::Result<()> {
    let mut file = File::create(path).await?;
    while let Some(bytes) = response.chunk().await.map_err(std::io::Error::other)? {
        file.write_all(&bytes).await?;
    }
    file.flush().await
}

/// A file of tokio as a body, as a program would write it.
struct Sent {
    file: File,
    left: u64,
    buffer: BytesMut,
}

impl Sent {
    async fn open(path: &Path) -> Self {
        let file = File::open(path).await.expect("a file");
        let left = file.metadata().await.expect("its length").len();
        Self { file, left, buffer: BytesMut::new() }
    }
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let Self { file, left, buffer } = &mut *self;
        buffer.reserve(128 * 1024);
        // Dropping the future loses nothing: the file itself keeps what it is reading.
        ready!(pin!(file.read_buf(buffer)).poll(context))?;
        let bytes = buffer.split().freeze();
        *left -= bytes.len() as u64;
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
