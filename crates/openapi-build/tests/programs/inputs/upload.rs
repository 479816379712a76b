//! Uploads files: bytes, and a stream.
#![allow(missing_docs)]

include!("client.rs");

use openapi_runtime::{Body, FilePart};
use types::{UploadRequest, UploadRequestRequired};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::new(&std::io::read_to_string(std::io::stdin()).unwrap()).unwrap();
    let png = || [b"\x89PNG\r\n\x1a\n".to_vec(), (0..=255).rev().collect()].concat();
    let stream = FilePart::stream(Body::from(png()), Some(264)).content_type("image/x-own");
    for file in [FilePart::from(png()).file_name("logo.png"), stream] {
        let purpose = "a purpose".to_owned();
        client.upload(UploadRequest::new(UploadRequestRequired { file, purpose })).await.unwrap();
    }
    println!("all of it");
}
