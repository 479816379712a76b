//! What the server sees of each operation of `accept.yaml`, and what becomes of its answers.
#![allow(missing_docs)]

include!("client.rs");

use std::io::{BufRead, BufReader, Write};
use std::sync::{Arc, Mutex};

use openapi_runtime::RequestError;

/// Starts a server that answers in the first form that `Accept` names; gives its URL and the requests that it has seen: the
/// target of each, and the values of its `Accept` headers.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let all = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines: Vec<String> = BufReader::new(stream.try_clone().unwrap())
                .lines()
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            let accept = lines.iter().filter_map(|line| line.split_once(": "));
            let accept = accept.filter(|(name, _)| name.eq_ignore_ascii_case("accept")).map(|(_, value)| value);
            let accept: Vec<&str> = accept.collect();
            all.lock().unwrap().push(format!("{} {}", lines[0].split(' ').nth(1).unwrap(), accept.join(" and ")));
            let form = accept[0].split(',').next().unwrap();
            let body = if form == "text/csv" { "id\n7\n" } else { "{\"id\": \"7\"}" };
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {form}\r\nContent-Length: {length}");
            stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
        }
    });
    (url, seen)
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (url, seen) = server();
    let client = Client::new(&url).unwrap();
    let last = || seen.lock().unwrap().pop().unwrap();
    runtime.block_on(async {
        use bodies::GetReportOkBody as Body;
        let report = client.get_report("a").await.unwrap().into_body();
        assert!(matches!(report, Body::ApplicationJson(report) if report.id == "7"));
        assert_eq!(last(), "/reports/a application/json, text/csv;q=0.9", "each form that is documented");
        let report = client.get_report("a").accept(types::Form::TextCsv).accept_(true).await.unwrap().into_body();
        assert!(matches!(report, Body::TextCsv(text) if text == "id\n7\n"));
        assert_eq!(last(), "/reports/a?accept=true text/csv");
        let report = client.get_report("a").accept(types::Form::TextCsv).accept(types::Form::ApplicationJson).await.unwrap();
        assert!(matches!(report.into_body(), Body::ApplicationJson(_)), "the last choice counts");
        assert_eq!(last(), "/reports/a application/json");

        client.get_any().await.unwrap();
        assert_eq!(last(), "/any application/json", "not the default of the parameter");
        client.get_any().accept("application/problem+json;q=0.5, application/json").await.unwrap();
        assert_eq!(last(), "/any application/problem+json;q=0.5, application/json");
        let error = client.get_any().accept("text/csv").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "it is not documented: {error}");
        last();
        let error = client.get_any().accept("a\nb").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Header(_))), "{error}");

        let report = client.get_inline().accept(types::GetInlineAccept::ApplicationVndAcmeV2Json).await.unwrap();
        assert_eq!((report.id.as_str(), last().as_str()), ("7", "/inline application/vnd.acme.v2+json"));
        client.get_untyped().await.unwrap();
        assert_eq!(last(), "/untyped application/json");
    });
    println!("all of it");
}
