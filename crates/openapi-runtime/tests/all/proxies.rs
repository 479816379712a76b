//! Which requests go by a proxy: a token never goes in plain text to one that the user has not named.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use openapi_runtime::{Api, ReqwestClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Client, OPEN, alone, call, is_alone};

/// A server that answers each connection with 200, and counts them; a proxy, too, for plain http.
async fn start() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            // What the client does with its side is its own matter.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
    });
    (url, count)
}

/// The port of the system's proxy, in the process that has one.
const PROXY: &str = "OPENAPI_RUNTIME_TEST_PROXY";

#[tokio::test]
async fn loopback_is_reached_past_the_proxies_of_the_system_by_clients_with_settings_too() {
    let name = "proxies::loopback_is_reached_past_the_proxies_of_the_system_by_clients_with_settings_too";
    if !is_alone() {
        let (proxy, count) = start().await;
        let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
        let mut command = alone(name);
        command.envs(names.map(|name| (name, &proxy))).env(PROXY, &proxy);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        assert_eq!(count.load(Ordering::SeqCst), 0, "the system's proxy");
        return;
    }
    let (server, count) = start().await;
    let shared = ReqwestClient::with(|builder| builder.pool_max_idle_per_host(1)).expect("a client");
    for builder in [Client::builder(), Client::builder().http_client(|builder| builder), Client::builder().http(shared)]
    {
        let client = builder.base_url(&server).build().expect("a client");
        call(&client, OPEN).await.expect("a success");
    }
    assert_eq!(count.load(Ordering::SeqCst), 3);
    // By https, loopback is reached directly, too: what answers there speaks no TLS, and the proxy is not asked.
    let secure = Client::builder().base_url(server.replace("http:", "https:")).build().expect("a client");
    call(&secure, OPEN).await.expect_err("no TLS");
    assert!(count.load(Ordering::SeqCst) > 3);
    let (named, asked) = start().await;
    let by_name = move |builder: reqwest::ClientBuilder| builder.proxy(reqwest::Proxy::http(&named).expect("a URL"));
    let client = Client::builder().http_client(by_name).base_url(&server).build().expect("a client");
    call(&client, OPEN).await.expect("a success");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the proxy that the user has named");
}
