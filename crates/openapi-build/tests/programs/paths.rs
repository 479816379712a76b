//! What the server sees of each operation of `paths.yaml`.
#![allow(missing_docs)]

include!("client.rs");

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex};

use openapi_runtime::ApiKey;

/// Starts a server that answers every request with 204; gives its URL and the requests that it has seen: their first lines,
/// headers and bodies.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let all = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut text, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.parse().unwrap();
                }
                if line.is_empty() {
                    break;
                }
                text.push_str(&line);
                text.push('\n');
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            text.push_str(&String::from_utf8(body).unwrap());
            all.lock().unwrap().push(text);
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        }
    });
    (url, seen)
}

macro_rules! sent {
    ($seen:ident, $call:expr, $line:literal) => {
        $call.await.unwrap();
        let last = $seen.lock().unwrap().pop().unwrap();
        assert_eq!(last.lines().next().unwrap(), concat!($line, " http/1.1"));
    };
}

async fn each_path_is_the_one_that_is_meant(client: &Client, seen: &Mutex<Vec<String>>) {
    sent!(seen, client.twice("a/1"), "get /base/twice/a%2f1/and/a%2f1");
    sent!(seen, client.put_files_id_add_link("7"), "put /base/files/7");
    sent!(seen, client.remove_link("7#"), "put /base/files/7%23");
    sent!(seen, client.whole(), "get /base/");
    sent!(seen, client.room(7, "{format}", "json"), "get /base/rooms/7/%7bformat%7d.json");
    sent!(seen, client.tree("a b/c?d/e"), "get /base/tree/a%20b/c%3fd/e");
    sent!(seen, client.cancel("projects/p/items/1"), "post /base/v1/projects/p/items/1:cancel");
    sent!(seen, client.blob("a/b", "c/d"), "get /base/blobs/a/b/c%2fd");
    sent!(seen, client.open("x"), "get /base/open/x");
    sent!(seen, client.empty("x"), "get /base/empty/x");
    sent!(seen, client.bare("x").page(2), "get /base/bare/x?page=2");
    sent!(seen, client.query("a&b").page(2), "get /base/query?action=list&of=a%26b&page=2");
    sent!(seen, client.space("x").id_query("y"), "get /base/sp%20ace/%c3%a9/x?id=y");
    for steps in ["", "..", "a/../b", "./a", "a/.", "a\\..\\b"] {
        assert!(client.tree(steps).await.is_err(), "{steps}");
        assert!(seen.lock().unwrap().is_empty(), "{steps}");
    }
}

fn the_table_has_the_path_that_is_sent() {
    let path = |id: &str| DEFINITION.operation(id).unwrap().path;
    assert_eq!(path("put /files/{id}#add_link"), "/files/{id}");
    assert_eq!(path("removeLink"), "/files/{id}");
    assert_eq!(path("room"), "/rooms/{id}/{part}.{format}");
    let elsewhere = DEFINITION.operation("elsewhere").unwrap();
    assert_eq!((elsewhere.path, elsewhere.servers[0].url), ("/v2/items", "https://elsewhere.example"));
}

async fn the_credential_is_a_header(client: &Client, seen: &Mutex<Vec<String>>) {
    client.account("t").await.unwrap();
    let last = seen.lock().unwrap().pop().unwrap();
    assert!(last.contains("authorization: key 123\n") && last.contains("x-tenant: t\n"), "{last}");
    let body = types::CreateAccountRequest::new("a&b");
    client.create_account(body).await.unwrap();
    let last = seen.lock().unwrap().pop().unwrap();
    assert!(last.contains("content-type: application/x-www-form-urlencoded\n") && last.ends_with("name=a%26b"), "{last}");
    assert!(!last.contains("authorization"), "{last}");
}

async fn without_the_credential_nothing_is_sent(client: &Client, seen: &Mutex<Vec<String>>) {
    let error = client.account("t").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoCredential(_)), "{error}");
    assert!(seen.lock().unwrap().is_empty());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (url, seen) = server();
    let seen = &*seen;
    let bare = Client::new(&format!("{url}/base/")).unwrap();
    let client = Client::builder().base_url(format!("{url}/base/"));
    let client = client.credential("Authorization", ApiKey::new("key 123")).build().unwrap();
    the_table_has_the_path_that_is_sent();
    runtime.block_on(async {
        each_path_is_the_one_that_is_meant(&client, seen).await;
        the_credential_is_a_header(&client, seen).await;
        without_the_credential_nothing_is_sent(&bare, seen).await;
    });
    println!("all of it");
}
