//! Answers of every kind, as the generated client of `responses.yaml` gives them.
#![allow(missing_docs)]

include!("client.rs");

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use openapi_runtime::{BoxFuture, Failure, Reply, Request, http};

/// Answers as it is told, and remembers what it was sent.
#[derive(Clone, Default)]
struct Server {
    answer: Arc<Mutex<(u16, Vec<(&'static str, &'static str)>, &'static [u8])>>,
    request: Arc<Mutex<Option<Request>>>,
}

impl Transport for Server {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        *self.request.lock().unwrap() = Some(request);
        let (status, headers, body) = self.answer.lock().unwrap().clone();
        let headers = headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let status = http::StatusCode::from_u16(status).unwrap();
        Box::pin(std::future::ready(Ok(Reply::new(status, headers.collect(), body.to_vec()))))
    }
}

impl Server {
    fn answers(&self, status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Client {
        *self.answer.lock().unwrap() = (status, headers.to_vec(), body.as_bytes());
        Client::with_transport(self.clone())
    }

    fn header(&self, name: &str) -> String {
        let request = self.request.lock().unwrap();
        let value = request.as_ref().unwrap().headers.get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn body(&self) -> String {
        let request = self.request.lock().unwrap();
        String::from_utf8(request.as_ref().unwrap().body.as_bytes().unwrap().to_vec()).unwrap()
    }
}

/// What a future gives that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const ITEM: &str = r#"{"id": "a", "size": 9007199254740993}"#;

fn item() -> types::Item {
    types::Item::new("a b").size(7)
}

/// A range of media types with a schema is typed, and the `Content-Type` of the answer decides how it is read.
fn a_range_is_read_as_the_answer_says(server: &Server) {
    let text = ("content-type", "text/plain;charset=UTF-8");
    let list = format!("[{ITEM}]");
    let list: &'static str = list.leak();
    for headers in [&[JSON][..], &[("content-type", "application/hal+json")], &[], &[text]] {
        let response = now(server.answers(200, headers, list).get_in_range().send()).unwrap();
        assert_eq!(response[0].id, "a", "{headers:?}");
        assert_eq!(server.header("accept"), "application/json, */*;q=0.9, application/*;q=0.9");
    }
    let html = [("content-type", "text/html")];
    let error = now(server.answers(200, &html, "<html>").get_in_range().send()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)) && error.to_string().contains("`text/html`"), "{error}");
    use errors::GetInRangeError as Failed;
    let error = now(server.answers(404, &[JSON], r#"{"title": "gone"}"#).get_in_range().send()).unwrap_err();
    assert!(matches!(error.documented(), Some(Failed::NotFound { body, .. }) if body.title == "gone"));
    use bodies::GetInRangeGoneBody as Gone;
    let gone = |headers: &[(&'static str, &'static str)], body| {
        match now(server.answers(410, headers, body).get_in_range().send()).unwrap_err().into_documented().unwrap() {
            Failed::Gone { body, .. } => body,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(gone(&[JSON], "7"), Gone::ApplicationAny(bytes) if bytes == b"7"), "the narrower range");
    let Gone::AnyAny(reason) = gone(&[text], "sold") else { panic!("a text") };
    assert!(format!("{reason:?}").contains("Sold"), "{reason:?}");
    for (headers, body, expected) in [(&[JSON][..], "\"a\"", "a"), (&[text], "\"a\"", "\"a\""), (&[text], "7", "7")] {
        let response = now(server.answers(200, headers, body).put_in_range().send()).unwrap();
        assert_eq!(*response, expected, "{headers:?}");
    }
    let error = now(server.answers(500, &[text], "7").put_in_range().accept("text/plain").send()).unwrap_err();
    assert!(matches!(error.documented(), Some(errors::PutInRangeError::Default { body, .. }) if body == b"7"), "{error}");
    assert_eq!(server.header("accept"), "text/plain");
}

/// A lone body is the plain type, beside typed headers; one that is required and absent is no reason to lose the rest.
fn a_lone_body_is_the_plain_type(server: &Server) {
    let headers =
        [JSON, ("x-total", "3"), ("x-next", "https://a.example/2"), ("x-since", "2026-01-02T03:04:05+02:00")];
    let response = now(server.answers(200, &headers, ITEM).get_lone().send()).unwrap();
    let item: &types::Item = &response;
    assert_eq!((item.id.as_str(), item.size), ("a", Some(9_007_199_254_740_993)));
    let typed = response.headers().as_ref().unwrap();
    assert_eq!((typed.x_total, typed.x_next.as_deref()), (3, Some("https://a.example/2")));
    assert_eq!(typed.x_since.unwrap().to_rfc3339(), "2026-01-02T03:04:05+02:00");
    assert_eq!(server.header("accept"), "application/json, application/problem+json, text/html;q=0.9");

    let response = now(server.answers(200, &[JSON, ("x-next", "n")], ITEM).get_lone().send()).unwrap();
    assert_eq!(response.headers().as_ref().unwrap_err().to_string(), "the header `X-Total` is absent");
    assert_eq!(response.raw_headers()["x-next"], "n");
    let response = now(server.answers(200, &[JSON, ("x-total", "many")], ITEM).get_lone().send()).unwrap();
    assert_eq!(response.headers().as_ref().unwrap_err().name(), "X-Total");
    assert_eq!(response.into_body().id, "a");
}

/// An exact status comes before its range, and that before the default.
fn the_status_decides(server: &Server) {
    use errors::GetLoneError as E;
    let error = |status, body| now(server.answers(status, &[], body).get_lone().send()).unwrap_err();
    assert!(matches!(error(404, "not read").documented(), Some(E::NotFound { headers: () })));
    let refused = error(418, r#"{"title": "tea"}"#);
    assert!(matches!(refused.documented(), Some(E::Status4XX { body, .. }) if body.title == "tea"));
    assert_eq!(refused.to_string(), "getLone: 4XX: tea");
    assert!(matches!(error(500, "<h1>no</h1>").documented(), Some(E::Default { body, .. }) if body == "<h1>no</h1>"));
    // A success that is not documented is no documented error.
    assert!(matches!(error(206, "x").kind(), ErrorKind::Undocumented));
    let broken = error(400, r#"{"title": [1]}"#);
    match broken.kind() {
        ErrorKind::Undecodable(problem) => assert_eq!(problem.pointer(), Some("/title")),
        other => panic!("{other:?}"),
    }
    assert_eq!(broken.raw_body(), Some(&br#"{"title": [1]}"#[..]));
    assert!(matches!(now(server.answers(502, &[], "").delete_none().send()).unwrap_err().documented(), Some(_)));
    assert!(matches!(now(server.answers(404, &[], "").delete_none().send()).unwrap_err().kind(), ErrorKind::Undocumented));
}

fn several_successes_are_an_enum_by_status(server: &Server) {
    use bodies::{PutMaybeSuccess, StartOrFinishSuccess};
    let done = now(server.answers(200, &[JSON], ITEM).start_or_finish(item()).send()).unwrap();
    assert!(matches!(&*done, StartOrFinishSuccess::Ok(item) if item.id == "a"));
    let begun = now(server.answers(202, &[JSON], r#"{"job": 4}"#).start_or_finish(item()).send()).unwrap();
    assert!(matches!(begun.into_body(), StartOrFinishSuccess::Accepted(job) if job.job == 4));
    // The status decides: what the other one documents does not decode.
    let error = now(server.answers(202, &[JSON], ITEM).start_or_finish(item()).send()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
    let changed = now(server.answers(200, &[JSON], ITEM).put_maybe().send()).unwrap();
    assert!(matches!(&*changed, PutMaybeSuccess::Ok(item) if item.id == "a"));
    let same = now(server.answers(204, &[], "").put_maybe().send()).unwrap();
    assert!(matches!(&*same, PutMaybeSuccess::NoContent));
    let made: Response<types::Item> = now(server.answers(201, &[JSON], ITEM).put_same().send()).unwrap();
    assert_eq!((made.status().as_u16(), made.id.as_str()), (201, "a"));
    let gone: Response<()> = now(server.answers(204, &[], "").delete_none().send()).unwrap();
    assert_eq!(gone.into_body(), ());
    let there = now(server.answers(200, &[("x-total", "8")], "").head_lone().send()).unwrap();
    assert_eq!(there.headers().x_total, Some(8));
}

fn the_media_type_decides_within_a_status(server: &Server) {
    use bodies::{GetFormatsConflictBody as Conflict, GetFormatsOkBody as Ok};
    let get = |content_type, body| now(server.answers(200, &[("content-type", content_type)], body).get_formats().send());
    assert!(matches!(&*get("application/json", ITEM).unwrap(), Ok::ApplicationJson(item) if item.id == "a"));
    assert!(matches!(&*get("text/plain; charset=utf-8", "a").unwrap(), Ok::TextPlain(text) if text == "a"));
    assert!(matches!(&*get("image/png", "png").unwrap(), Ok::ImageAny(bytes) if bytes == b"png"));
    assert_eq!(server.header("accept"), "application/json; qs=0.5, application/json, text/plain; version=1;q=0.9, image/*;q=0.9, text/plain;q=0.9");
    let error = get("video/mp4", "mp4").unwrap_err();
    assert!(error.to_string().contains("`video/mp4` is not documented"), "{error}");
    assert_eq!(error.raw_body(), Some(&b"mp4"[..]));
    let conflict = [("content-type", "text/plain")];
    let error = now(server.answers(409, &conflict, "twice").get_formats().send()).unwrap_err();
    match error.documented() {
        Some(errors::GetFormatsError::Conflict { body: Conflict::TextPlain(text), .. }) => assert_eq!(text, "twice"),
        other => panic!("{other:?}"),
    }
}

/// The first JSON media type is the default; the others have methods of their own.
fn each_request_media_type_is_sent_as_its_schema_says(server: &Server) {
    let client = || server.answers(200, &[JSON], ITEM);
    let sent = |call: requests::StartOrFinish| {
        now(call.send()).unwrap();
        (server.header("content-type"), server.body())
    };
    let json = r#"{"id":"a b","size":7}"#.to_owned();
    assert_eq!(sent(client().start_or_finish(item())), ("application/json".into(), json.clone()));
    let vendor = client().start_or_finish_with_application_vnd_acme_v2_json(item());
    assert_eq!(sent(vendor), ("application/vnd.acme.v2+json".into(), json));
    assert_eq!(sent(client().start_or_finish_with_text_csv("a,b")), ("text/csv".into(), "a,b".into()));
    let bytes = client().start_or_finish_with_application_octet_stream(b"raw".to_vec());
    assert_eq!(sent(bytes), ("application/octet-stream".into(), "raw".into()));
    let form = client().start_or_finish_with_application_x_www_form_urlencoded(item());
    let (content_type, body) = sent(form);
    assert_eq!(content_type, "application/x-www-form-urlencoded");
    assert!(body == "id=a%20b&size=7" || body == "id=a+b&size=7", "{body}");
    let (content_type, body) = sent(client().start_or_finish_with_multipart_form_data(item()));
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(body.starts_with(&format!("--{boundary}\r\n")) && body.ends_with(&format!("\r\n--{boundary}--\r\n")), "{body}");
    assert!(body.contains("name=\"id\"\r\nContent-Type: text/plain\r\n\r\na b\r\n") && body.contains("name=\"size\"\r\nContent-Type: text/plain\r\n\r\n7\r\n"), "{body}");
}

/// What `Accept` and `Content-Type` say is all that a request without header parameters carries.
fn nothing_else_is_sent(server: &Server) {
    now(server.answers(200, &[JSON], ITEM).start_or_finish(item()).send()).unwrap();
    let request = server.request.lock().unwrap();
    let mut names: Vec<&str> = request.as_ref().unwrap().headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "content-type"]);
}

fn main() {
    let server = Server::default();
    a_lone_body_is_the_plain_type(&server);
    a_range_is_read_as_the_answer_says(&server);
    the_status_decides(&server);
    several_successes_are_an_enum_by_status(&server);
    the_media_type_decides_within_a_status(&server);
    each_request_media_type_is_sent_as_its_schema_says(&server);
    nothing_else_is_sent(&server);
    println!("all of it");
}
