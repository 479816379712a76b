//! Event streams, JSON lines and JSON text sequences, over sockets.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::codegen::{Call, Generated, Reads};
use openapi_runtime::http::{self, StatusCode};
use openapi_runtime::retry::RetryBudget;
use openapi_runtime::{
    Api, Body, BoxError, BoxFuture, CallOptions, Endpoint, Error, ErrorKind, Event, EventStream, HttpClient, HttpError,
    ItemStream, Opening, Operation, Reply, Response, StreamError,
};

use super::scripted::{Play, Scripted, Then};
use super::{NotDocumented, OPEN, POST, TABLE, bare};

/// A GET and a POST whose body is a sequence.
struct Feed;
struct Posted;

impl Endpoint for Feed {
    const OPERATION: &'static Operation = TABLE[OPEN];
    type Body = String;
    type Headers = ();
    type Error = NotDocumented;
    const READ: Reads<String> = &[(200..=200, Reply::body_text)];
}

impl Endpoint for Posted {
    const OPERATION: &'static Operation = TABLE[POST];
    type Body = String;
    type Headers = ();
    type Error = NotDocumented;
    const READ: Reads<String> = &[(200..=200, Reply::body_text)];
}

pub(super) const EVENTS: &str = "Content-Type: text/event-stream; charset=utf-8\r\n";

type Numbers = Response<EventStream<i64>>;

async fn numbers(server: &Scripted) -> Result<Numbers, Error<NotDocumented>> {
    let client = server.client().build().expect("a client");
    Call::new::<Feed>(client.transport()).send_events::<Feed, Generated, i64>("text/event-stream", &["[DONE]"]).await
}

/// What comes of a stream: the data of the events, and the errors as text.
async fn all(events: &mut EventStream<i64>) -> Vec<Result<i64, String>> {
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event.map(|event| event.data).map_err(|error| error.to_string()));
    }
    all
}

#[tokio::test]
async fn an_event_has_a_name_an_id_a_wait_and_typed_data() {
    let body = "\u{feff}: hello\n\ndata: 1\n\nevent: sum\r\nid: a\r\nretry: 250\r\ndata: [2,\r\ndata: 3]\r\n\r\nid: b\r\rdata:\n\n";
    let server = Scripted::start(vec![Play::chunked(EVENTS, &[&body[..9], &body[9..40], &body[40..]], true)]).await;
    let client = server.client().build().expect("a client");
    let call = Call::new::<Feed>(client.transport());
    let mut events = call.send_texts::<Feed, Generated, String>("text/event-stream", &[]).await.expect("a response");
    let event: Event<String> = events.try_next().await.expect("no error").expect("an event");
    assert_eq!((event.event.as_str(), event.id, event.retry, event.data.as_str()), ("message", None, None, "1"));
    let event = events.try_next().await.expect("no error").expect("an event");
    let wait = std::time::Duration::from_millis(250);
    assert_eq!((event.event.as_str(), event.id.as_deref(), event.retry), ("sum", Some("a"), Some(wait)));
    assert_eq!((event.data.as_str(), events.last_event_id()), ("[2,\n3]", Some("a")));
    let event = events.try_next().await.expect("no error").expect("an event");
    assert_eq!((event.data.as_str(), event.id, events.last_event_id()), ("", None, Some("b")));
    assert!(events.next().await.is_none());
    assert!(server.requests()[0].contains("accept: text/event-stream\r\n"), "{:?}", server.requests());
}

#[tokio::test]
async fn an_event_that_does_not_fit_is_an_error_of_its_own() {
    let mut body = b"data: 1\n\ndata: one\n\ndata: 2\n\ndata: ".to_vec();
    body.extend(b"\xff\n\ndata: 3\n\ndata: {\"a\": 1}\n\ndata: 4\n\ndata: [DONE]\n\ndata: 5\n\n");
    let play = Play::of("200 OK", EVENTS, body.len(), &body);
    let server = Scripted::start(vec![play]).await;
    let mut events = numbers(&server).await.expect("a response");
    let all = all(&mut events).await;
    let good: Vec<i64> = all.iter().flatten().copied().collect();
    assert_eq!(good, [1, 2, 3, 4]);
    let bad: Vec<bool> = all.iter().map(Result::is_err).collect();
    assert_eq!(bad, [false, true, false, true, false, true, false]);
    let error = all[1].as_ref().expect_err("it is no number");
    assert!(error.contains("200 OK is not what the definition says"), "{error}");
}

/// Answers each request with an event stream, in chunks of that size.
#[derive(Clone)]
struct Cut(Vec<u8>, usize);

impl HttpClient for Cut {
    fn execute(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let mut response = http::Response::new(Body::from_stream(self.clone(), None));
        let media_type = http::HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
        Box::pin(std::future::ready(Ok(response)))
    }
}

impl Stream for Cut {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let length = self.1.min(self.0.len());
        let chunk: Vec<u8> = self.0.drain(..length).collect();
        Poll::Ready((length > 0).then(|| Ok(chunk.into())))
    }
}

#[tokio::test]
async fn what_is_not_utf_8_costs_its_own_event_alone_however_the_body_comes() {
    let lines: [&[u8]; 17] = [
        b": \xff",
        b"",
        b"data: 1",
        b"",
        b"data: \xff",
        b"",
        b": \xfe",
        b"",
        b"data: 2",
        b"",
        b"",
        b"id: 7",
        b"data: \xff",
        b"data: 0",
        b"",
        b"data: 3",
        b"",
    ];
    for end in ["\n", "\r", "\r\n"] {
        let body: Vec<u8> = lines.iter().flat_map(|line| [line, end.as_bytes()].concat()).collect();
        for size in 1..=body.len() {
            let client = bare().http(Cut(body.clone(), size)).build().expect("a client");
            let call =
                Call::new::<Feed>(client.transport()).send_events::<Feed, Generated, i64>("text/event-stream", &[]);
            let all = all(&mut call.await.expect("a response")).await;
            let good: Vec<Option<i64>> = all.into_iter().map(Result::ok).collect();
            assert_eq!(good, [Some(1), None, Some(2), None, Some(3)], "{end:?} {size}");
        }
    }
}

#[tokio::test]
async fn a_get_reconnects_with_the_last_id_and_goes_on() {
    let id = |id: u64, rest: &str| format!("id: {id}\ndata: {id}\n\n{rest}");
    let server = Scripted::start(vec![
        Play::chunked(EVENTS, &["retry: 1000\n\n"], false),
        Play::chunked(EVENTS, &[&id(1, "id: 2\ndata: "), "2"], true),
        Play::of("503 Service Unavailable", "", 0, b""),
        Play::chunked(EVENTS, &[&id(2, ""), &id(3, "")], false),
        Play::chunked(EVENTS, &[&id(4, "")], false),
        Play::chunked(EVENTS, &[&id(5, "")], false),
        Play::of("204 No Content", "", 0, b""),
    ])
    .await;
    let mut events = numbers(&server).await.expect("a response");
    assert_eq!(all(&mut events).await, [1, 2, 3, 4, 5].map(Ok));
    let ids: Vec<Option<String>> = server
        .requests()
        .iter()
        .map(|request| request.lines().find_map(|line| Some(line.strip_prefix("last-event-id: ")?.to_owned())))
        .collect();
    let expected = [None, None, Some("1"), Some("1"), Some("3"), Some("4"), Some("5")];
    assert_eq!(ids, expected.map(|id| id.map(str::to_owned)));
}

/// The data of a stream of `plays`, each of which ends as it should, and the requests with the ids that they go on after.
pub(super) async fn at_end(plays: Vec<Play>, options: CallOptions) -> (Vec<Result<i64, String>>, Vec<Option<String>>) {
    let server = Scripted::start(plays).await;
    let client = server.client().build().expect("a client");
    let call = Call::new::<Feed>(client.transport()).with(options);
    let mut events =
        call.send_events::<Feed, Generated, i64>("text/event-stream", &["[DONE]"]).await.expect("a response");
    let all = all(&mut events).await;
    let id = |request: &String| {
        request.lines().find_map(|line| Some(line.strip_prefix("last-event-id: ")?.trim().to_owned()))
    };
    (all, server.requests().iter().map(id).collect())
}

#[tokio::test]
async fn a_clean_end_is_the_end_unless_the_caller_says_otherwise() {
    let plays = |last: Play| {
        let mut plays = vec![
            Play::chunked(EVENTS, &["retry: 1\nid: 7\ndata: 1\n\n"], true),
            Play::chunked(EVENTS, &["data: 2\n\n"], true),
            Play::chunked(EVENTS, &[": nothing\n\n"], true),
        ];
        plays.push(last);
        plays.push(Play::chunked(EVENTS, &["data: 9\n\n"], true));
        plays
    };
    let nothing = || Play::of("204 No Content", "", 0, b"");
    let (all, requests) = at_end(plays(nothing()), CallOptions::new()).await;
    assert_eq!((all, requests), (vec![Ok(1)], vec![None]));
    let again = || CallOptions::new().reconnect_at_end(true);
    let ids: Vec<Option<String>> = [None, Some("7"), Some("7"), Some("7")].map(|id| id.map(str::to_owned)).into();
    for last in [nothing(), Play::chunked(EVENTS, &["data: [DONE]\n\n"], true)] {
        let (all, requests) = at_end(plays(last), again()).await;
        assert_eq!((all, &requests), (vec![Ok(1), Ok(2)], &ids));
    }
    let (all, requests) = at_end(plays(nothing()), again().no_retry()).await;
    assert_eq!((all, requests.len()), (vec![Ok(1)], 1), "the policy is asked");
    // Connections without events do not go on for ever, and their end is no error.
    let empty = vec![Play::chunked(EVENTS, &["retry: 1\n\n"], true); 9];
    let (all, requests) = at_end(empty, again()).await;
    assert_eq!((all, requests.len()), (vec![], 4));
    // Those with events cost nothing of the budget.
    let mut many = vec![Play::chunked(EVENTS, &["retry: 1\ndata: 1\n\n"], true); 300];
    many.push(nothing());
    let (all, requests) = at_end(many, again()).await;
    assert_eq!((all.len(), requests.len()), (300, 301));
}

/// A budget without an end, which counts what is withdrawn.
struct Withdrawals(Arc<AtomicUsize>);

impl RetryBudget for Withdrawals {
    fn withdraw(&self, _: bool) -> Option<u32> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Some(0)
    }

    fn succeeded(&self, _: Option<u32>) {}
}

#[tokio::test]
async fn events_of_a_connection_that_broke_do_not_make_the_next_one_free() {
    let plays = vec![
        Play::chunked(EVENTS, &["retry: 1\nid: 7\ndata: 1\n\n"], false),
        Play::chunked(EVENTS, &[": nothing\n\n"], true),
        Play::of("204 No Content", "", 0, b""),
    ];
    let withdrawn = Arc::new(AtomicUsize::new(0));
    let options = CallOptions::new().reconnect_at_end(true).retry_budget(Withdrawals(Arc::clone(&withdrawn)));
    let (all, requests) = at_end(plays, options).await;
    assert_eq!((all, requests.len()), (vec![Ok(1)], 3));
    assert_eq!(withdrawn.load(Ordering::SeqCst), 2, "the end of a connection without events is not free");
}

#[tokio::test]
async fn an_id_that_no_header_can_hold_is_ignored() {
    let plays = vec![
        Play::chunked(EVENTS, &["retry: 1\nid: \u{1}\ndata: 1\n\n"], true),
        Play::chunked(EVENTS, &["id: é\ndata: 2\n\nid: a\u{7f}b\ndata: 3\n\n"], true),
        Play::chunked(EVENTS, &["id: \u{1}\ndata: 4\n\n"], false),
        Play::of("204 No Content", "", 0, b""),
    ];
    let (all, requests) = at_end(plays, CallOptions::new().reconnect_at_end(true)).await;
    assert_eq!(all, [1, 2, 3, 4].map(Ok));
    assert_eq!(requests, [None, None, Some("é"), Some("é")].map(|id| id.map(str::to_owned)));
}

#[tokio::test]
async fn a_stream_that_stalls_is_taken_for_broken() {
    let first = Play::chunked(EVENTS, &["id: 1\ndata: 1\n\n"], false).then(Then::Stall);
    let server = Scripted::start(vec![first, Play::chunked(EVENTS, &["data: 2\n\n"], true)]).await;
    let mut events = numbers(&server).await.expect("a response");
    assert_eq!(events.try_next().await.expect("no error").expect("an event").data, 1);
    server.clock.0.notify_one();
    assert_eq!(all(&mut events).await, [Ok(2)]);
}

/// How a stream ends that breaks after `chunks`: the data, the error, and the number of requests.
async fn broken(chunks: &[&str], options: CallOptions, post: bool) -> (Vec<i64>, StreamError, usize) {
    let part = Play::chunked(EVENTS, chunks, false);
    let server = Scripted::start(vec![part.clone(), part.clone(), part.clone(), part.clone(), part]).await;
    let client = server.client().build().expect("a client");
    let token = openapi_runtime::BearerToken::new("t");
    let call = |call: Call| call.with(if post { options.clone().token_source(token) } else { options.clone() });
    let mut events = if post {
        let call = call(Call::new::<Posted>(client.transport()));
        call.send_events::<Posted, Generated, i64>("text/event-stream", &[]).await.expect("a response")
    } else {
        let call = call(Call::new::<Feed>(client.transport()));
        call.send_events::<Feed, Generated, i64>("text/event-stream", &[]).await.expect("a response")
    };
    let mut data = Vec::new();
    loop {
        match events.next().await.expect("it breaks") {
            Ok(event) => data.push(event.data),
            Err(error) => {
                assert!(events.next().await.is_none(), "it has ended");
                return (data, error, server.requests().len());
            }
        }
    }
}

#[tokio::test]
async fn what_might_come_twice_is_not_asked_for_again() {
    let cut = |error: &StreamError| matches!(error.kind(), ErrorKind::Transport(HttpError::Cut { .. }));
    for (chunks, options, post, expected) in [
        (&["id: 1\ndata: 1\n\n"][..], CallOptions::new(), true, (vec![1], 1)),
        (&["data: 1\n\n", "data: 2\n\n"], CallOptions::new(), false, (vec![1, 2], 1)),
        (&["id: 1\ndata: 1\n\n"], CallOptions::new().no_retry(), false, (vec![1], 1)),
        // Each connection breaks before an event has come: there is an end to it.
        (&[": nothing\n\n"], CallOptions::new(), false, (vec![], 4)),
    ] {
        let (data, error, requests) = broken(chunks, options, post).await;
        assert!(cut(&error) && error.status() == Some(StatusCode::OK), "{error}");
        assert_eq!((data, requests), expected, "{chunks:?}");
    }
}

#[tokio::test]
async fn what_is_no_event_stream_is_refused() {
    let html = Play::of("200 OK", "Content-Type: text/html\r\n", 6, b"<html>");
    let begun = Play::chunked(EVENTS, &["id: 1\ndata: 1\n\n"], false);
    let refused = Play::of("403 Forbidden", "", 2, b"no");
    let server = Scripted::start(vec![html.clone(), begun.clone(), html, begun, refused]).await;
    let error = numbers(&server).await.expect_err("a page");
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)) && error.to_string().contains("`text/html`"), "{error}");
    let mut events = numbers(&server).await.expect("a response");
    let error = all(&mut events).await.pop().expect("an error").expect_err("a page");
    assert!(error.contains("`text/html`"), "{error}");
    let mut events = numbers(&server).await.expect("a response");
    events.try_next().await.expect("no error");
    let error = events.try_next().await.expect_err("it is refused");
    assert_eq!((error.status(), error.raw_body()), (Some(StatusCode::FORBIDDEN), Some(&b"no"[..])));
}

async fn items(server: &Scripted, records: bool, options: CallOptions) -> Response<ItemStream<i64>> {
    let client = server.client().build().expect("a client");
    let call = Call::new::<Feed>(client.transport()).with(options);
    let opening: Opening<ItemStream<i64>, (), NotDocumented> = match records {
        true => call.send_records::<Feed, Generated, i64>("application/json-seq", &[]),
        false => call.send_lines::<Feed, Generated, i64>("application/jsonl", &["end"]),
    };
    opening.await.expect("a response")
}

/// What comes of a sequence: items, and the pointers or texts of errors.
async fn every(items: &mut ItemStream<i64>) -> Vec<Result<i64, bool>> {
    let mut every = Vec::new();
    while let Some(item) = items.next().await {
        every.push(item.map_err(|error| matches!(error.kind(), ErrorKind::Undecodable(_))));
    }
    every
}

#[tokio::test]
async fn each_line_is_an_item() {
    let plays = [
        (&["1\n2", "2\r\n\n \n\"a\"\n3", "", "\n4"][..], true, vec![Ok(1), Ok(22), Err(true), Ok(3), Ok(4)]),
        (&["1\n{\n2\nend\n3\n"], true, vec![Ok(1), Err(true), Ok(2)]),
        (&["1\n2\n3"], false, vec![Ok(1), Ok(2), Err(false)]),
    ];
    for (chunks, whole, expected) in plays {
        let chunks: Vec<&str> = chunks.iter().copied().filter(|chunk| !chunk.is_empty()).collect();
        let server = Scripted::start(vec![Play::chunked("", &chunks, whole)]).await;
        assert_eq!(every(&mut *items(&server, false, CallOptions::new()).await).await, expected);
        assert!(server.requests()[0].contains("accept: application/jsonl\r\n"));
    }
}

#[tokio::test]
async fn each_record_is_an_item_unless_it_is_cut() {
    let server =
        Scripted::start(vec![Play::chunked("", &["\x1e1\n\x1e2", "\x1e\x1e3\n\x1e[\n1\n]\n\x1e4\n"], true)]).await;
    let every = every(&mut *items(&server, true, CallOptions::new()).await).await;
    assert_eq!(every, [Ok(1), Err(true), Ok(3), Err(true), Ok(4)]);
}

/// A line of any length takes no more memory than the limit allows.
#[test]
fn an_endless_item_fails_within_its_limit() {
    for kind in ["events", "lines", "records"] {
        let info = allocation_counter::measure(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let first = if kind == "events" { "data: 1\n\ndata: " } else { "1\n\x1e" };
                // Each chunk is a mebibyte.
                let chunk = format!("100000\r\n{}\r\n", "7".repeat(1 << 20)).into_bytes();
                let play = Play::chunked(if kind == "events" { EVENTS } else { "" }, &[first], false);
                let server = Scripted::start(vec![play.then(Then::Repeat(chunk))]).await;
                let error = match kind {
                    "events" => {
                        let mut events = numbers(&server).await.expect("a response");
                        assert_eq!(events.try_next().await.expect("no error").expect("an event").data, 1);
                        events.try_next().await.expect_err("it is too long")
                    }
                    _ => {
                        let mut items = items(&server, kind == "records", CallOptions::new()).await;
                        items.try_next().await.expect("no error");
                        items.try_next().await.expect_err("it is too long")
                    }
                };
                assert!(error.to_string().contains("longer than 1048576 bytes"), "{error}");
                // The server stops only because the client is gone.
                server.gone.notified().await;
            });
        });
        assert!(info.bytes_max < 8 << 20, "{kind}: {} bytes", info.bytes_max);
    }
}

#[tokio::test]
async fn the_limit_of_an_item_can_be_set() {
    for (limit, expected) in [(3, vec![Ok(1), Ok(222)]), (2, vec![Ok(1), Err(true)])] {
        let server = Scripted::start(vec![Play::chunked("", &["1\n222\n"], true)]).await;
        let options = CallOptions::new().item_limit(limit).body_limit(1);
        assert_eq!(every(&mut *items(&server, false, options).await).await, expected);
    }
}
