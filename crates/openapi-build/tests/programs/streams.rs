//! Sequences of every kind, as the generated client of `streams.yaml` gives them.
#![allow(missing_docs)]

include!("client.rs");

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use openapi_runtime::{BoxFuture, EventStream, Failure, ItemStream, Opening, Reply, Request, http, serde_json};

/// Answers as a test says, and remembers what was asked for.
#[derive(Clone, Default)]
struct Server {
    answer: Arc<Mutex<(u16, &'static str, &'static str)>>,
    accept: Arc<Mutex<String>>,
}

impl Transport for Server {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        *self.accept.lock().unwrap() = request.headers["accept"].to_str().unwrap().to_owned();
        let (status, media_type, body) = *self.answer.lock().unwrap();
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", media_type.parse().unwrap());
        let status = http::StatusCode::from_u16(status).unwrap();
        Box::pin(std::future::ready(Ok(Reply::new(status, headers, body.as_bytes().to_vec()))))
    }
}

impl Server {
    fn answers(&self, status: u16, media_type: &'static str, body: &'static str) -> Client {
        *self.answer.lock().unwrap() = (status, media_type, body);
        Client::with_transport(self.clone())
    }

    fn accept(&self) -> String {
        self.accept.lock().unwrap().clone()
    }
}

/// What a future gives that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

const EVENTS: &str = "text/event-stream";

/// All events, of which none may be an error.
fn events<T, E: std::fmt::Display>(opening: Opening<EventStream<T>, (), E>) -> Vec<(String, T)> {
    let mut events: Response<EventStream<T>, ()> = now(opening).unwrap_or_else(|error| panic!("{error}"));
    let mut all = Vec::new();
    while let Some(event) = now(events.try_next()).unwrap() {
        all.push((event.event, event.data));
    }
    all
}

fn items<T: openapi_runtime::FromJson, E: std::fmt::Display>(opening: Opening<ItemStream<T>, (), E>) -> Vec<T> {
    let mut items = now(opening).unwrap_or_else(|error| panic!("{error}")).into_body();
    let mut all = Vec::new();
    while let Some(item) = now(items.next()) {
        all.push(item.unwrap());
    }
    all
}

fn main() {
    let server = Server::default();

    let body = "data: {\"delta\": \"a\"}\n\ndata: {\"delta\": \"b\"}\n\ndata: [DONE]\n\n";
    let bits: Vec<(String, types::Bit)> = events(server.answers(200, EVENTS, body).chat().send_events());
    assert_eq!(bits.iter().map(|(_, bit)| bit.delta.as_str()).collect::<String>(), "ab");
    assert_eq!(server.accept(), EVENTS);
    let error = now(server.answers(409, "application/json", r#"{"text": "later"}"#).chat().send_events()).unwrap_err();
    assert!(matches!(error.documented(), Some(errors::ChatError::Conflict { body, .. }) if body.text == "later"));
    let answer = now(server.answers(200, "application/json", r#"{"text": "whole"}"#).chat().send()).unwrap();
    assert!(matches!(answer.into_body(), bodies::ChatOkBody::ApplicationJson(answer) if answer.text == "whole"));
    assert_eq!(server.accept(), "application/json, text/event-stream;q=0.9");
    let mut bytes = now(server.answers(200, EVENTS, body).chat().accept(EVENTS).send_streaming()).unwrap();
    assert_eq!(now(bytes.try_next()).unwrap().unwrap(), body);

    let body = "event: added\ndata: {\"id\": 7}\n\nevent: told\ndata: {\"delta\": \"c\"}\n\n";
    let happened = events(server.answers(200, EVENTS, body).feed().send_events());
    use types::FeedItem as Item;
    assert!(matches!(&happened[0], (event, Item::Row(row)) if event == "added" && row.id == 7));
    assert!(matches!(&happened[1], (event, Item::Bit(bit)) if event == "told" && bit.delta == "c"));

    let body = "data: 7\n\ndata: [DONE]\n\n";
    let texts: Vec<(String, String)> = events(server.answers(200, EVENTS, body).log().send_events());
    assert_eq!(texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["7", "[DONE]"]);
    let texts: Vec<(String, String)> = events(server.answers(200, EVENTS, body).untyped().send_events());
    assert_eq!(texts.len(), 2);
    let any = items(server.answers(200, "application/x-ndjson", "7\n[]\n").untyped().send_items());
    assert_eq!(any, [serde_json::json!(7), serde_json::json!([])]);

    let rows: Vec<(String, types::Row)> =
        events(server.answers(200, EVENTS, "data: {\"id\": 1}\n\ndata: {}\n\ndata: 2\n\n").wrapped().send_events());
    assert_eq!(rows.iter().map(|(_, row)| row.id).collect::<Vec<_>>(), [1]);

    let rows: Vec<types::Row> =
        items(server.answers(200, "application/x-ndjson", "{\"id\": 1}\n{\"id\": 2}\nEND\n3").rows().send_items());
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(server.accept(), "application/x-ndjson");
    let rows = items(server.answers(200, "application/json-seq", "\u{1e}{\"id\": 3}\n").records().send_items());
    assert_eq!(rows[0].id, 3);
    println!("all of it");
}
