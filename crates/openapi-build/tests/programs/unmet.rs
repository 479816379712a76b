//! Calls that cannot be made, and those that can, of the client of `unmet.yaml`.
#![allow(missing_docs)]

include!("client.rs");

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use openapi_runtime::{BearerToken, NoCredential, RequestError, ServerError};

static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Starts a server that counts requests, and answers 204 to those with the token; gives its port.
fn server() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            SEEN.fetch_add(1, Ordering::SeqCst);
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).unwrap();
            let head = String::from_utf8_lossy(&head[..length]).to_ascii_lowercase();
            let status = if head.contains("authorization: bearer t0\r\n") { "204 No Content" } else { "401 Unauthorized" };
            stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        }
    });
    port
}

macro_rules! nobody {
    ($call:expr, $scheme:literal) => {
        let error = $call.await.unwrap_err();
        let ErrorKind::NoCredential(NoCredential::Undefined(schemes)) = error.kind() else { panic!("{error}") };
        assert_eq!(*schemes, [concat!("`", $scheme, "`")]);
        assert!(error.to_string().contains(concat!("`", $scheme, "`, which the definition does not define")), "{error}");
        assert_eq!(SEEN.load(Ordering::SeqCst), 0);
    };
}

async fn what_nobody_can_meet_is_not_sent(client: &Client) {
    nobody!(client.nobody(), "nowhere");
    nobody!(client.both(), "nowhere");
    nobody!(client.unreadable(), "unreadable");
    let error = client.request(openapi_runtime::http::Method::GET, "/other").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoCredential(_)), "{error}");
    assert_eq!(SEEN.load(Ordering::SeqCst), 0);
}

async fn another_alternative_is_met(client: &Client) {
    client.either().await.unwrap();
    client.named().await.unwrap();
    let own = CallOptions::new().token_source(BearerToken::new("t0"));
    client.nobody().with(own).await.unwrap();
    assert_eq!(SEEN.load(Ordering::SeqCst), 3);
}

async fn a_variable_without_a_value_is_named(client: &Client) {
    let error = client.named().await.unwrap_err();
    let ErrorKind::Request(RequestError::Server(ServerError::Placeholder { .. })) = error.kind() else { panic!("{error}") };
    assert_eq!(SEEN.load(Ordering::SeqCst), 0);
}

async fn a_relative_server_has_to_be_given(client: &Client) {
    let error = client.relative().await.unwrap_err();
    let ErrorKind::Request(RequestError::Server(ServerError::Relative { server })) = error.kind() else { panic!("{error}") };
    assert_eq!(server, "/v1");
    assert!(error.to_string().contains("is not known; give a whole URL by `.base_url(\"https://…\")`"), "{error}");
    assert_eq!(SEEN.load(Ordering::SeqCst), 0);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let port = server().to_string();
    let builder = || Client::builder().credential("token", BearerToken::new("t0"));
    let client = builder().server_variable("port", &port).server_variable("base", "v1").build().unwrap();
    let lacking = builder().server_variable("port", &port).build().unwrap();
    runtime.block_on(async {
        a_variable_without_a_value_is_named(&lacking).await;
        a_relative_server_has_to_be_given(&client).await;
        what_nobody_can_meet_is_not_sent(&client).await;
        another_alternative_is_met(&client).await;
    });
    let based = builder().base_url(format!("http://127.0.0.1:{port}/v2")).build().unwrap();
    runtime.block_on(async { based.relative().await.unwrap() });
    assert_eq!(SEEN.load(Ordering::SeqCst), 4);
    assert!(builder().credential("nowhere", BearerToken::new("t0")).build().is_err());
    println!("all of it");
}
