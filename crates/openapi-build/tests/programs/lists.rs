//! The lists of `lists.yaml` over real sockets.
#![allow(missing_docs)]

include!("client.rs");

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex};

use openapi_runtime::{BearerToken, Cursor, Items, List, PageError, RequestError};

/// What arrived: the target of each request, its credential and its body.
type Seen = Arc<Mutex<Vec<(String, String, String)>>>;

/// An answer: the status, more headers, and the body.
type Answer = (u16, String, String);

/// Starts a server whose answers `answer` makes of the target and the body; gives its URL, and what arrives.
fn server(answer: impl Fn(&str, &str) -> Answer + Send + 'static) -> (String, Seen) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Seen = Arc::default();
    let all = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim_end() {
                    "" => break,
                    line => lines.push(line.to_owned()),
                }
            }
            let header = |name: &str| {
                let mut pairs = lines.iter().filter_map(|line| line.split_once(": "));
                pairs.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).unwrap_or_default()
            };
            let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            let target = lines[0].split(' ').nth(1).unwrap().to_owned();
            all.lock().unwrap().push((target.clone(), header("authorization").to_owned(), body.clone()));
            let (status, headers, body) = answer(&target, &body);
            let head = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}");
            let length = body.len();
            let _ = stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes());
        }
    });
    (url, seen)
}

fn client(url: &str) -> Client {
    Client::builder().base_url(url).credentials(BearerToken::new("a-secret-token")).build().unwrap()
}

fn ok(body: &str) -> Answer {
    (200, String::new(), body.to_owned())
}

async fn ids<O: List<Item = types::Thing>>(mut items: Items<O>) -> Result<Vec<i64>, Error<O::Error>> {
    let mut ids = Vec::new();
    while let Some(thing) = items.try_next().await? {
        ids.push(thing.id);
    }
    Ok(ids)
}

fn targets(seen: &Seen) -> Vec<String> {
    seen.lock().unwrap().iter().map(|(target, ..)| target.clone()).collect()
}

/// Three pages by token.
fn by_token(target: &str, _: &str) -> Answer {
    match target.split_once("page_token=").map(|(_, token)| token) {
        None => ok(r#"{"books": [{"id": 1}, {"id": 2}], "next_page_token": "t/2"}"#),
        Some("t%2F2") => ok(r#"{"next_page_token": "t3"}"#),
        Some("t3") => ok(r#"{"books": [{"id": 3}], "next_page_token": ""}"#),
        Some(other) => panic!("{other}"),
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        token().await;
        urls().await;
        counted().await;
        by_the_last_item().await;
        conventions().await;
        extensions().await;
        another_server().await;
        a_page_that_comes_twice().await;
        an_error_in_the_middle().await;
    });
    println!("all of it");
}

async fn token() {
    let (url, seen) = server(by_token);
    let client = client(&url);
    assert_eq!(ids(client.list_by_token().filter("a b").page_size(2).items()).await.unwrap(), [1, 2, 3]);
    let expected = [
        "/tokens?filter=a%20b&page_size=2",
        "/tokens?filter=a%20b&page_size=2&page_token=t%2F2",
        "/tokens?filter=a%20b&page_size=2&page_token=t3",
    ];
    assert_eq!(targets(&seen), expected);
    assert!(seen.lock().unwrap().iter().all(|(_, credential, _)| credential == "Bearer a-secret-token"));
    // A page is what one call gives, and the names of the setters are free.
    let mut pages = client.list_by_token().pages();
    let first = pages.try_next().await.unwrap().unwrap();
    assert_eq!((first.books.as_ref().unwrap().len(), first.status().as_u16(), first.attempts()), (2, 200, 1));
    client.list_with_names().pages_(1).items_(2).pages();

    let (url, seen) = server(|target, _| match target.contains("page_token=n") {
        true => ok(r#"{"items": [{"id": 2}], "next_page": null}"#),
        false => ok(r#"{"items": [{"id": 1}], "next_page": "n"}"#),
    });
    assert_eq!(ids(self::client(&url).list_as_dropshot().limit(&Some(1)).items()).await.unwrap(), [1, 2]);
    assert_eq!(targets(&seen), ["/dropshot?limit=1", "/dropshot?limit=1&page_token=n"]);
}

async fn urls() {
    let (url, seen) = server(|target, _| match target {
        "/v1/urls/a%2Fb?page_size=1" => ok(r#"{"data": [{"id": 1}], "metadata": {"next": "/v1/urls/a%2Fb?page_token=2#x"}}"#),
        "/v1/urls/a%2Fb?page_token=2" => ok(r#"{"data": [], "metadata": {"next": "?page_token=3"}}"#),
        "/v1/urls/a%2Fb?page_token=3" => ok(r#"{"data": [{"id": 3}], "metadata": {"next": null}}"#),
        "/v1/links" => ok(r#"{"data": [{"id": 4}], "metadata": {"self": "/", "next": "links?2"}}"#),
        "/v1/links?2" => ok(r#"{"data": [{"id": 5}], "metadata": {}}"#),
        "/v1/header" => (200, "Link: <?page=0>; rel=\"first\", <?page=2>; rel=\"next\"\r\n".into(), r#"[{"id": 6}]"#.into()),
        "/v1/header?page=2" => (200, "link: <?page=1>; rel=prev\r\n".into(), r#"[{"id": 7}]"#.into()),
        other => panic!("{other}"),
    });
    let client = client(&format!("{url}/v1"));
    assert_eq!(ids(client.list_by_url("a/b").page_size(1).items()).await.unwrap(), [1, 3]);
    assert_eq!(ids(client.list_by_links().items()).await.unwrap(), [4, 5]);
    assert_eq!(ids(client.list_by_header().items()).await.unwrap(), [6, 7]);
    assert_eq!(seen.lock().unwrap().len(), 7);
}

async fn counted() {
    let (url, seen) = server(|target, _| match target {
        "/offset?limit=2" => ok(r#"{"items": [{"id": 1}, {"id": 2}], "others": ["a", "b", "c"]}"#),
        "/offset?limit=2&offset=2" => ok(r#"{"items": [{"id": 3}], "meta": {"total": 4}}"#),
        "/offset?limit=2&offset=3" => ok(r#"{"items": [{"id": 4}], "meta": {"total": 4}}"#),
        "/page?per_page=2" => ok(r#"[{"id": 5}, {"id": 6}]"#),
        "/page?per_page=2&page=2" => ok(r#"[{"id": 7}]"#),
        "/page?per_page=2&page=3" => ok("[]"),
        other => panic!("{other}"),
    });
    let client = client(&url);
    assert_eq!(ids(client.list_by_offset().limit(2).items()).await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(ids(client.list_by_page().per_page(2).items()).await.unwrap(), [5, 6, 7]);
    assert_eq!(seen.lock().unwrap().len(), 6);
}

async fn by_the_last_item() {
    let (url, seen) = server(|target, _| match target {
        "/stripe?limit=2" | "/openai" => ok(r#"{"data": [{"id": "a"}, {"id": "b/1"}], "has_more": true}"#),
        "/stripe?limit=2&starting_after=b%2F1" | "/openai?after=b%2F1" => ok(r#"{"data": [{"id": "c"}], "has_more": false}"#),
        "/last" => ok(r#"[{"id": 1}, {"id": 2}]"#),
        "/last?since=2" => ok("[]"),
        other => panic!("{other}"),
    });
    let client = client(&url);
    let mut ids = Vec::new();
    let mut items = client.list_as_stripe().limit(2).items();
    while let Some(item) = items.try_next().await.unwrap() {
        ids.push(item.id);
    }
    let mut items = client.list_after().items();
    while let Some(item) = items.try_next().await.unwrap() {
        ids.push(item.id);
    }
    assert_eq!(ids, ["a", "b/1", "c", "a", "b/1", "c"]);
    assert_eq!(self::ids(client.list_as_stated().items()).await.unwrap(), [1, 2]);
    assert_eq!(seen.lock().unwrap().len(), 6);
}

async fn conventions() {
    let (url, seen) = server(|target, _| match target {
        // URLs of the documented server are followed on the one that the client has been given.
        "/v1/odata" => ok(r#"{"value": [{"id": 1}], "@odata.nextLink": "https://api.example.com/odata?$skiptoken=x"}"#),
        "/v1/odata?$skiptoken=x" => ok(r#"{"value": [{"id": 2}], "data": ["no"]}"#),
        "/v1/skip?%24top=2" => ok(r#"[{"id": 1}, {"id": 2}]"#),
        "/v1/skip?%24top=2&%24skip=2" => ok("[]"),
        "/v1/twilio" => ok(r#"{"things": [{"id": 1}], "meta": {"next_page_url": "https://api.example.com/twilio?Page=1"}}"#),
        "/v1/twilio?Page=1" => ok(r#"{"things": [{"id": 2}], "meta": {"next_page_url": null}}"#),
        "/v1/django" => ok(r#"{"results": [{"id": 1}], "next": "/v1/django?offset=5"}"#),
        "/v1/django?offset=5" => ok(r#"{"results": [{"id": 2}], "next": null}"#),
        "/v1/jsonapi" => ok(r#"{"data": [{"id": 1}], "links": {"next": "?page=2"}}"#),
        "/v1/jsonapi?page=2" => ok(r#"{"data": [{"id": 2}], "links": {}}"#),
        "/v1/kubernetes" => ok(r#"{"items": [{"id": 1}], "metadata": {"continue": "t"}}"#),
        "/v1/kubernetes?continue=t" => ok(r#"{"items": [{"id": 2}], "metadata": {"continue": ""}}"#),
        "/v1/nested" => ok(r#"{"data": [{"id": 1}], "next_page": {"offset": "t", "uri": "https://elsewhere.example"}}"#),
        "/v1/nested?offset=t" => ok(r#"{"data": [{"id": 2}], "next_page": null}"#),
        "/v1/marker" => ok(r#"{"entries": [{"id": 1}], "next_marker": "t"}"#),
        "/v1/marker?marker=t" => ok(r#"{"entries": [{"id": 2}], "next_marker": null}"#),
        "/v1/described" => ok(r#"[{"id": 1}, {"id": 2}]"#),
        "/v1/described?page=2" => ok("[]"),
        other => panic!("{other}"),
    });
    let client = client(&format!("{url}/v1"));
    assert_eq!(ids(client.list_as_odata().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_by_skip().top(2).items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_as_twilio().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_as_django().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_as_json_api().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_as_kubernetes().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_by_nested_token().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_by_marker().items()).await.unwrap(), [1, 2]);
    assert_eq!(ids(client.list_by_described_page().items()).await.unwrap(), [1, 2]);
    assert_eq!(seen.lock().unwrap().len(), 18);
    assert!(seen.lock().unwrap().iter().all(|(_, credential, _)| credential == "Bearer a-secret-token"));
}

async fn extensions() {
    let (url, seen) = server(|target, body| match (target, body.contains("cursor")) {
        ("/body", false) => ok(r#"{"found": {"things": [{"id": 1}]}, "more": {"cursor": "c"}}"#),
        ("/body", true) => ok(r#"{"more": null}"#),
        ("/speakeasy", _) => ok(r#"{"data": {"rows": [{"id": 2}], "count": 2}}"#),
        ("/speakeasy?p=2", _) => ok(r#"{"data": {"rows": [{"id": 3}], "count": 2}}"#),
        (other, _) => panic!("{other}"),
    });
    let client = client(&url);
    let search = types::SearchByBodyRequest::new().query("x");
    assert_eq!(ids(client.search_by_body(search).items()).await.unwrap(), [1]);
    assert_eq!(ids(client.list_as_speakeasy().items()).await.unwrap(), [2, 3]);
    let bodies: Vec<String> = seen.lock().unwrap().iter().map(|(.., body)| body.clone()).collect();
    assert_eq!(bodies[0], r#"{"query":"x"}"#);
    assert!(bodies[1].contains(r#""cursor":"c""#) && bodies[1].contains(r#""query":"x""#), "{}", bodies[1]);
}

async fn another_server() {
    let (other, nothing) = server(|_, _| ok(r#"{"data": [{"id": 666}], "metadata": {}}"#));
    for next in [format!("{other}/links"), other.replacen("http:", "", 1), other.replacen("http:", "https:", 1)] {
        let named = next.clone();
        let (url, seen) = server(move |_, _| {
            let link = format!("Link: <{named}>; rel=\"next\"\r\n");
            (200, link, format!(r#"{{"data": [{{"id": 1}}], "metadata": {{"next": "{named}"}}}}"#))
        });
        let mut items = client(&url).list_by_links().items();
        assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
        let error = items.try_next().await.unwrap_err();
        let ErrorKind::Request(RequestError::Page(PageError::OtherServer { server, other: named })) = error.kind() else {
            panic!("{error}")
        };
        assert_eq!(*server, url);
        assert!(named.ends_with(other.rsplit_once(':').unwrap().1), "{named}");
        assert_eq!((error.attempts(), error.status()), (0, None));
        assert_eq!(items.cursor().map(Cursor::as_str), Some(&*next));
        assert!(items.try_next().await.unwrap().is_none());
        assert_eq!(targets(&seen), ["/links"]);
    }
    assert_eq!(targets(&nothing), [] as [&str; 0], "nothing was sent there");
}

async fn a_page_that_comes_twice() {
    let (url, seen) = server(|_, _| ok(r#"{"books": [{"id": 1}], "next_page_token": "same"}"#));
    let mut pages = client(&url).list_by_token().pages();
    assert!(pages.try_next().await.unwrap().is_some() && pages.try_next().await.unwrap().is_some());
    let error = pages.try_next().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Page(PageError::Repeated))), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 2);
    let (url, seen) = server(|_, _| ok(r#"[{"id": 1}]"#));
    let mut pages = client(&url).list_by_page().pages();
    assert!(pages.try_next().await.unwrap().is_some());
    let error = pages.try_next().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Page(PageError::Repeated))), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 2);
}

async fn an_error_in_the_middle() {
    let broken = Arc::new(Mutex::new(true));
    let is_broken = Arc::clone(&broken);
    let (url, seen) = server(move |target, body| match *is_broken.lock().unwrap() && target.ends_with("t3") {
        true => (500, "X-Request-Id: r7\r\n".into(), r#"{"detail": "on fire"}"#.into()),
        false => by_token(target, body),
    });
    let client = client(&url);
    let once = openapi_runtime::CallOptions::new().no_retry();
    let mut items = client.with(once).list_by_token().items();
    assert_eq!((items.try_next().await.unwrap().unwrap().id, items.try_next().await.unwrap().unwrap().id), (1, 2));
    let error = items.try_next().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (500, Some("r7")));
    assert_eq!(error.raw_body(), Some(&br#"{"detail": "on fire"}"#[..]));
    let Some(errors::ListByTokenError::InternalServerError { body, .. }) = error.documented() else { panic!("{error}") };
    assert_eq!(body.detail, "on fire");
    assert!(items.next().await.is_none(), "an error ends it");
    let stored = items.cursor().unwrap().as_str().to_owned();
    *broken.lock().unwrap() = false;
    let rest = client.list_by_token().items().starting_at(Cursor::new(stored));
    assert_eq!(ids(rest).await.unwrap(), [3]);
    assert_eq!(targets(&seen).last().map(String::as_str), Some("/tokens?page_token=t3"));
}
