//! Bodies that come in parts: files, of which a part can be asked for, and sequences; and which media type a client gets.

mod common;

use common::{document, get, send, serve};
use openapi_sandbox::{Answer, Sandbox};
use serde_json::json;

async fn sandbox() -> Sandbox {
    let row = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 2}}});
    let event = json!({"type": "object", "required": ["event", "data", "id"], "properties": {"event": {"const": "tick"},
        "id": {"type": "string"}, "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": row}}});
    serve(document(
        "3.2.0",
        json!({
            "/file": {"get": {"operationId": "file", "responses": {"200": {"content": {"application/zip": {}}}}}},
            "/feed": {"get": {"operationId": "feed", "responses": {"200": {"content": {
                "text/event-stream": {"itemSchema": event}, "application/json": {"schema": row},
                "application/jsonl": {"itemSchema": row}, "application/json-seq": {"itemSchema": row}}}}}}}),
    ))
    .await
}

#[tokio::test]
async fn a_file_has_the_length_that_is_asked_for_and_parts() {
    let sandbox = sandbox().await;
    sandbox.body_length("file", 600);
    let whole = get(&sandbox, "/file").await;
    let etag = whole.header("etag").expect("a tag").to_owned();
    assert_eq!(
        (whole.status, whole.header("content-length"), whole.header("accept-ranges")),
        (200, Some("600"), Some("bytes"))
    );
    assert_eq!(whole.header("content-type"), Some("application/zip"));
    let part = async |range: &str, tag: &str| {
        let reply = send(&sandbox, "GET", "/file", &[("range", range), ("if-range", tag)], "").await;
        let (range, length) = (reply.header("content-range").map(str::to_owned), reply.header("content-length"));
        (reply.status, range, length.map(str::to_owned))
    };
    let of =
        |status: u16, range: Option<&str>, length: &str| (status, range.map(str::to_owned), Some(length.to_owned()));
    assert_eq!(part("bytes=250-", &etag).await, of(206, Some("bytes 250-599/600"), "350"));
    assert_eq!(part("bytes=250-251", &etag).await, of(206, Some("bytes 250-251/600"), "2"));
    assert_eq!(part("bytes=250-", "\"another\"").await, of(200, None, "600"));
    assert_eq!(part("bytes=600-", &etag).await, of(416, Some("bytes */600"), "0"));
    assert_eq!(part("bytes=-5", &etag).await, of(200, None, "600"));
    let bytes = reqwest::Client::new().get(format!("{}/file", sandbox.url())).header("range", "bytes=250-251");
    let bytes = bytes.send().await.expect("a part").bytes().await.expect("bytes");
    assert_eq!(*bytes, [250, 0]);
}

#[tokio::test]
async fn a_body_breaks_off_at_a_byte() {
    let sandbox = sandbox().await;
    sandbox.body_length("file", 200_000);
    for at in [0, 1, 70_000, 199_999, 200_000] {
        sandbox.answer("file", Answer::CutAt(at));
        let mut response = reqwest::get(format!("{}/file", sandbox.url())).await.expect("a head");
        let mut come = 0;
        let broken = loop {
            match response.chunk().await {
                Ok(Some(bytes)) => come += bytes.len() as u64,
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert_eq!((come, broken), (at, true), "{at}");
    }
}

#[tokio::test]
async fn a_client_gets_what_it_prefers() {
    let sandbox = sandbox().await;
    let of = async |accept: &str| {
        let reply = send(&sandbox, "GET", "/feed", &[("accept", accept)], "").await;
        (reply.header("content-type").unwrap_or_default().to_owned(), reply.text)
    };
    let is = |media_type: &str, text: &str| (media_type.to_owned(), text.to_owned());
    assert_eq!(of("application/json, text/event-stream;q=0.9").await, is("application/json", "{\"n\":2}"));
    assert_eq!(of("application/jsonl").await, is("application/jsonl", "{\"n\":2}\n"));
    assert_eq!(of("application/json-seq").await, is("application/json-seq", "\u{1e}{\"n\":2}\n"));
    let (media_type, text) = of("text/event-stream").await;
    assert_eq!(media_type, "text/event-stream");
    assert!(text.starts_with("event: tick\n") && text.ends_with("data: {\"n\":2}\n\n"), "{text:?}");
}

#[tokio::test]
async fn a_sequence_has_the_items_that_are_asked_for_and_goes_on_after_the_last() {
    let sandbox = sandbox().await;
    sandbox.body_items("feed", 3);
    let lines = send(&sandbox, "GET", "/feed", &[("accept", "application/jsonl")], "").await;
    assert_eq!(lines.text, "{\"n\":2}\n".repeat(3));
    let events = async |last: &[(&str, &str)]| {
        let headers = [&[("accept", "text/event-stream")], last].concat();
        send(&sandbox, "GET", "/feed", &headers, "").await.text
    };
    let event = |id: u64| format!("id: {id}\nevent: tick\ndata: {{\"n\":2}}\n\n");
    assert_eq!(events(&[]).await, (1..=3).map(event).collect::<String>());
    assert_eq!(events(&[("last-event-id", "2")]).await, event(3));
    assert_eq!(events(&[("last-event-id", "3")]).await, "");
}

#[tokio::test]
async fn a_stream_ends_with_the_text_that_the_document_names() {
    let row = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 2}}});
    let event =
        json!({"type": "object", "required": ["data", "retry"], "properties": {"data": row, "retry": {"const": 7}}});
    let shown = "data: {\"n\":5}\n\ndata: END\n\n";
    let content = json!({
        "text/event-stream": {"itemSchema": row, "x-stream-end": ["END", "STOP"]},
        "application/jsonl": {"itemSchema": row, "x-stream-end": "END"},
        "application/json-seq": {"itemSchema": row, "x-speakeasy-sse-sentinel": "END"}});
    let sandbox = serve(document(
        "3.2.0",
        json!({
            "/feed": {"get": {"operationId": "feed", "responses": {"200": {"content": content}}}},
            "/shown": {"get": {"operationId": "shown", "responses": {"200": {"content": {
                "text/event-stream": {"itemSchema": row, "x-stream-end": "END", "example": shown}}}}}},
            "/own": {"get": {"operationId": "own", "responses": {"200": {"content": {
                "text/event-stream": {"itemSchema": event}}}}}}}),
    ))
    .await;
    let of = async |path: &str, headers: &[(&str, &str)]| send(&sandbox, "GET", path, headers, "").await.text;
    assert_eq!(of("/feed", &[("accept", "text/event-stream")]).await, "data: {\"n\":2}\n\ndata: END\n\n");
    assert_eq!(of("/feed", &[("accept", "application/jsonl")]).await, "{\"n\":2}\nEND\n");
    assert_eq!(of("/feed", &[("accept", "application/json-seq")]).await, "\u{1e}{\"n\":2}\n\u{1e}END\n");
    assert_eq!(of("/shown", &[]).await, shown, "once");
    assert_eq!(of("/own", &[]).await, "retry: 7\ndata: {\"n\":2}\n\n");
    sandbox.body_items("feed", 2);
    sandbox.event_retry("feed", std::time::Duration::from_millis(5));
    let last = [("accept", "text/event-stream"), ("last-event-id", "1")];
    assert_eq!(of("/feed", &last).await, "retry: 5\n\nid: 2\ndata: {\"n\":2}\n\ndata: END\n\n");
    assert_eq!(of("/feed", &[("accept", "application/jsonl")]).await, "{\"n\":2}\n{\"n\":2}\nEND\n");
}
