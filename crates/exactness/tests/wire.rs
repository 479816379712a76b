//! What an operation puts on the wire and reads off it, over a transport in memory.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use exactness::errors::GetReportError;
use exactness::{Client, DEFINITION, ErrorKind, Transport, bodies, types};
use openapi_runtime::http::StatusCode;
use openapi_runtime::http::header::{HeaderMap, HeaderName, HeaderValue};
use openapi_runtime::{BoxFuture, Failure, Reply, Request};

/// Keeps what it is given, and answers what it was told.
#[derive(Clone)]
struct Memory {
    sent: Arc<Mutex<Vec<Request>>>,
    answer: Reply,
}

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        self.sent.lock().expect("no test panics with it").push(request);
        let answer = self.answer.clone();
        Box::pin(async move { Ok(answer) })
    }
}

fn client(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> (Client, Memory) {
    let header =
        |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let status = StatusCode::from_u16(status).expect("a status");
    let answer = Reply::new(status, HeaderMap::from_iter(headers.iter().map(header)), body.as_bytes().to_vec());
    let memory = Memory { sent: Arc::default(), answer };
    (Client::with_transport(memory.clone()), memory)
}

/// The output of a future that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the transport in memory never waits"),
    }
}

fn last(memory: &Memory) -> Request {
    memory.sent.lock().expect("no test panics with it").last().and_then(Request::try_clone).expect("a request was sent")
}

#[test]
fn point_11_headers_are_typed_by_status() {
    let headers =
        [("content-type", "application/json"), ("x-total-count", "12"), ("last-changed", "2024-05-17T13:45:00Z")];
    let (client, _) = client(200, &headers, r#"{"email": "a"}"#);
    let report = now(client.get_report("r").send()).expect("a report");
    assert_eq!(report.headers().x_total_count, Some(12));
    assert_eq!(report.headers().last_changed.map(|at| at.timestamp()), Some(1_715_953_500));
}

#[test]
fn point_11_a_required_header_that_is_missing_is_named() {
    let (client, _) = client(429, &[("retry-after", "7")], "");
    let error = now(client.get_report("r").send()).expect_err("429");
    let Some(GetReportError::TooManyRequests { headers }) = error.documented() else { panic!("{error}") };
    assert_eq!(headers.as_ref().expect_err("X-Limit is missing").name(), "X-Limit");
}

#[test]
fn point_12_each_status_has_its_own_body() {
    let read = |status, content_type, body| {
        let (client, _) = client(status, &[("content-type", content_type)], body);
        now(client.get_report("r").send())
    };
    let json = read(200, "application/json", r#"{"email": "a"}"#).expect("JSON");
    assert!(matches!(&*json, bodies::GetReportSuccess::Ok(owner) if owner.email == "a"));
    let text = read(202, "text/plain", "soon").expect("text");
    assert!(matches!(&*text, bodies::GetReportSuccess::Accepted(text) if text == "soon"));
    assert!(matches!(&*read(204, "text/plain", "").expect("nothing"), bodies::GetReportSuccess::NoContent));
    let error = read(404, "application/problem+json", r#"{"detail": "gone"}"#).expect_err("404");
    assert!(matches!(error.documented(), Some(GetReportError::NotFound { body, .. }) if body.detail == "gone"));
}

#[test]
fn point_13_bodies_that_are_not_json_are_sent_and_read_as_they_are() {
    let (client, memory) = client(200, &[("content-type", "application/octet-stream")], "\u{1}bytes");
    let back = now(client.put_file("a b/c", vec![137, 80]).send()).expect("bytes");
    assert_eq!(*back, b"\x01bytes");
    let request = last(&memory);
    assert_eq!((&*request.path, request.body.as_bytes()), ("/files/a%20b%2Fc", Some(&[137, 80][..])));
    assert_eq!(request.headers["content-type"], "image/png");
    assert_eq!(request.headers["accept"], "application/octet-stream");
}

#[test]
fn point_13_a_media_type_that_ends_in_json_is_json() {
    let (client, memory) = client(204, &[], "");
    now(client.update_account("1", types::AccountUpdate::new().comment_null()).send()).expect("204");
    let request = last(&memory);
    assert_eq!(request.headers["content-type"], "application/merge-patch+json");
    assert_eq!(request.body.as_bytes(), Some(&br#"{"comment":null}"#[..]));
}

#[test]
fn point_14_the_operation_table_has_servers_security_and_stage() {
    let row = DEFINITION.operations.iter().find(|row| row.id == "getReport").expect("it is there");
    assert_eq!((row.servers[0].url, row.lifecycle_stage), ("https://reports.example.com", Some("Early Access")));
    let schemes: Vec<&str> = row.security.iter().map(|alternative| alternative[0].scheme).collect();
    assert_eq!((schemes, row.security[0][0].scopes), (vec!["oauth", "key"], &["reports:read"][..]));
}

#[test]
fn point_15_parameters_are_checked_types_and_are_written_in_their_style() {
    let (client, memory) = client(204, &[], "");
    let filter = types::SearchFilter::new().owner("a b").level(2).expect("at least 0");
    let call = client
        .search(types::SearchKind::ItemOld)
        .page_size(100)
        .expect("at most 100")
        .tag(&["x".to_owned(), "y&z".to_owned()])
        .ids(&[1, 2])
        .filter(filter)
        .x_trace(openapi_runtime::uuid::Uuid::nil());
    now(call.send()).expect("204");
    let request = last(&memory);
    assert_eq!(request.path, "/search/item%2Fold");
    let (lists, object) = request.query.split_once("&filter").expect("it is set");
    assert_eq!(lists, "page_size=100&tag=x&tag=y%26z&ids=1,2");
    // Which member comes first is up to the features of serde_json that the program has.
    let members: std::collections::BTreeSet<&str> = object.split("&filter").collect();
    assert_eq!(members, ["%5Blevel%5D=2", "%5Bowner%5D=a%20b"].into());
    assert_eq!(request.headers["x-trace"], "00000000-0000-0000-0000-000000000000");
    assert!(
        types::SearchPageSize::try_from(101).is_err() && types::SearchPageToken::try_from("t".repeat(256)).is_err()
    );
    assert!(types::SearchKind::try_from("thing").is_err());
}

#[test]
fn point_16_what_is_not_in_the_definition_is_not_sent() {
    let (client, memory) = client(204, &[], "");
    now(client.touch().send()).expect("204");
    let request = last(&memory);
    assert_eq!(
        (&*request.query, request.body.length(), request.headers.len()),
        ("", Some(0), 0),
        "{:?}",
        request.headers
    );
}

#[test]
fn point_17_a_body_that_is_not_required_may_be_left_out() {
    let (client, memory) = client(204, &[], "");
    now(client.touch().send()).expect("204");
    assert_eq!(last(&memory).body.length(), Some(0));
    let owner = types::Owner::new("a");
    now(client.touch().body(owner).send()).expect("204");
    assert_eq!(last(&memory).body.as_bytes(), Some(&br#"{"email":"a"}"#[..]));
}

#[test]
fn point_18_a_rule_across_fields_is_checked_before_anything_is_sent() {
    let (client, memory) = client(200, &[], "{}");
    let points = types::PointsRequest::new().small(types::SmallRequest::new());
    let error = now(client.exchange_points(points).send()).expect_err("too few members");
    assert!(matches!(error.kind(), ErrorKind::Request(_)), "{error}");
    assert!(memory.sent.lock().expect("no test panics with it").is_empty());
}
