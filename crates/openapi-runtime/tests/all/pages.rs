//! Lists that fetch page after page.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use openapi_runtime::Server as Host;
use openapi_runtime::codegen::{Call, Decoded, Documented, Reads, Style};
use openapi_runtime::{
    Api, ApiKey, CallOptions, Cursor, Definition, Endpoint, Error, ErrorKind, Input, Items, List, Operation, PageError,
    Pages, Paging, Reply, RequestError, Requirement, SecurityScheme, SecuritySchemeKind, Transport,
};
use serde_json::{Value, json};

use super::clock::{TestClock, run};
use super::server::{Answer, Seen, Server};
use super::{API, GET, NotDocumented, POST, TABLE, bare, builder, operation};

/// The documented error of the lists: 409 with a text.
#[derive(Debug, PartialEq)]
struct Conflict(String);

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Conflict {}

impl Documented for Conflict {
    fn decode(reply: &Reply) -> Decoded<Self> {
        (reply.status == 409).then(|| reply.json().map(Self))
    }
}

/// The list that pages in the way of that number; its pages are objects with `items`.
struct Of<const N: usize>;

impl<const N: usize> Endpoint for Of<N> {
    const OPERATION: &'static Operation = TABLE[if N == BY_BODY { POST } else { GET }];
    type Body = Value;
    type Headers = ();
    type Error = Conflict;
    const READ: Reads<Value> = &[(200..=299, Reply::json)];
}

const BY_TOKEN: usize = 0;
const BY_URL: usize = 1;
const BY_LINK: usize = 2;
const BY_OFFSET: usize = 3;
const BY_PAGE: usize = 4;
const BY_BODY: usize = 5;
const BY_LAST: usize = 6;

const PAGINGS: [Paging; 7] = [
    Paging::Token { input: Input::Query("page_token"), next: "/next_page_token" },
    Paging::Url { next: "/metadata/next" },
    Paging::Link,
    Paging::Offset { input: Input::Query("offset"), items: "/items", total: Some("/total") },
    Paging::Page { input: Input::Query("page"), first: 1, items: "/items", pages: None },
    Paging::Token { input: Input::Body("cursor"), next: "/next" },
    Paging::After { input: Input::Query("starting_after"), items: "/items", id: "", more: Some("/has_more") },
];

impl<const N: usize> List for Of<N> {
    type Item = i64;
    const PAGING: Paging = PAGINGS[N];

    fn items(page: Value) -> Vec<i64> {
        page["items"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    }
}

fn list<const N: usize>(transport: &Arc<dyn Transport>) -> Call {
    Call::new::<Of<N>>(transport)
}

async fn all<O: List>(mut items: Items<O>) -> Result<Vec<O::Item>, Error<O::Error>> {
    let mut all = Vec::new();
    while let Some(item) = items.try_next().await? {
        all.push(item);
    }
    Ok(all)
}

fn page(items: &[i64]) -> Value {
    json!({"items": items})
}

fn param(seen: &Seen, name: &str) -> String {
    seen.url.query_pairs().find(|(other, _)| other == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The pages of three tokens, with two items each.
fn three(token: &str) -> Value {
    match token {
        "" => json!({"items": [1, 2], "next_page_token": "a b"}),
        "a b" => json!({"items": [], "next_page_token": "c"}),
        "c" => json!({"items": [3, 4], "next_page_token": ""}),
        other => panic!("{other}"),
    }
}

#[test]
fn a_token_leads_from_page_to_page_and_the_other_parameters_stay() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::json(200, three(&param(seen, "page_token"))));
        let client = builder(&server, &clock).build().expect("a client");
        let options = CallOptions::new().query("version", "7").header("x-tenant", "acme");
        let call = list::<BY_TOKEN>(client.transport()).query("filter", "x&y", Style::FormExploded);
        let items = all(Items::<Of<BY_TOKEN>>::new(call.with(options))).await.expect("no error");
        assert_eq!(items, [1, 2, 3, 4], "a page without items is not the end");
        let seen = server.calls();
        let queries: Vec<&str> = seen.iter().filter_map(|seen| seen.url.query()).collect();
        assert_eq!(
            queries,
            [
                "filter=x%26y&version=7",
                "filter=x%26y&page_token=a%20b&version=7",
                "filter=x%26y&page_token=c&version=7"
            ]
        );
        assert!(seen.iter().all(|seen| seen.header("x-tenant") == "acme" && seen.authorization() == "Bearer t1"));
        assert_eq!(server.tokens().len(), 1);
    });
}

#[test]
fn each_page_is_a_call_with_retries_and_a_new_token_and_a_deadline_of_its_own() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            2 => Answer::status(503).header("retry-after", "20"),
            3 => Answer::status(401),
            _ => Answer::json(200, three(&param(seen, "page_token"))).after(super::seconds(20)),
        });
        let client = builder(&server, &clock).timeout(super::seconds(50)).build().expect("a client");
        let mut pages = Pages::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
        let mut attempts = Vec::new();
        while let Some(page) = pages.try_next().await.expect("no error") {
            attempts.push(page.attempts());
        }
        assert_eq!(attempts, [1, 3, 1]);
        assert_eq!(server.tokens().len(), 2);
    });
}

#[test]
fn an_error_keeps_its_status_and_body_and_the_list_is_resumed_where_it_failed() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match (param(seen, "page_token").as_str(), seen.nth) {
            ("c", 3) => Answer::json(409, json!("busy")),
            (token, _) => Answer::json(200, three(token)),
        });
        let client = builder(&server, &clock).build().expect("a client");
        let mut pages = Pages::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
        assert!(pages.cursor().is_none());
        let first = pages.next().await.expect("a page").expect("no error");
        assert_eq!((first.cursor().map(Cursor::as_str), &first["items"]), (Some("a b"), &json!([1, 2])));
        assert_eq!(pages.cursor(), first.cursor());
        let second = pages.next().await.expect("a page").expect("no error");
        let error = pages.next().await.expect("an outcome").expect_err("a 409");
        assert_eq!(
            (error.status().map(|status| status.as_u16()), error.documented()),
            (Some(409), Some(&Conflict("busy".into())))
        );
        assert_eq!(error.raw_body(), Some(&b"\"busy\""[..]));
        assert!(pages.next().await.is_none(), "it ends with the error");
        let failed = pages.cursor().cloned();
        assert_eq!(failed.as_ref(), second.cursor());
        let stored = failed.expect("a cursor").as_str().to_owned();
        let rest = Items::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport())).starting_at(Cursor::new(stored));
        assert_eq!(all(rest).await.expect("no error"), [3, 4]);
    });
}

#[test]
fn the_cursor_of_items_is_that_of_their_page() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::json(200, three(&param(seen, "page_token"))));
        let client = builder(&server, &clock).build().expect("a client");
        let mut items = Items::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
        let mut cursors = Vec::new();
        while let Some(item) = items.try_next().await.expect("no error") {
            cursors.push((item, items.cursor().map(|cursor| cursor.as_str().to_owned())));
        }
        let next = |text: &str| Some(text.to_owned());
        assert_eq!(cursors, [(1, None), (2, next("a b")), (3, next("c")), (4, None)]);
    });
}

#[test]
fn a_url_is_followed_on_the_same_server_alone() {
    run(|clock| async move {
        // By the URL that the first page names, the second one, or none.
        for (next, expected) in [
            ("https://api.test/other?page_token=x&a=1", Ok("https://api.test/other?page_token=x&a=1")),
            ("https://API.test:443/v1/things?x#part", Ok("https://api.test/v1/things?x")),
            ("/v1/things?page=2", Ok("https://api.test/v1/things?page=2")),
            ("?page=2", Ok("https://api.test/v1/things?page=2")),
            ("//api.test/x", Ok("https://api.test/x")),
            ("https://evil.test/v1/things", Err("https://evil.test")),
            ("https://api.test.evil.test/v1/things", Err("https://api.test.evil.test")),
            ("https://api.test@evil.test/v1/things", Err("https://evil.test")),
            ("//evil.test/x", Err("https://evil.test")),
            ("\\\\evil.test/x", Err("https://evil.test")),
            ("http://api.test/v1/things", Err("http://api.test")),
            ("https://api.test:8443/v1/things", Err("https://api.test:8443")),
            ("https://user:password@api.test/v1/things", Err("https://api.test")),
            ("https://[", Err("")),
        ] {
            for by_link in [false, true] {
                let server = Server::with_tokens(&clock, move |seen| match seen.nth {
                    1 if seen.url.path() == "/v1/things" && seen.url.query().is_none() => {
                        let first = Answer::json(200, json!({"items": [1], "metadata": {"next": next}}));
                        if by_link { first.header("link", &format!("<{next}>; rel=\"next\"")) } else { first }
                    }
                    _ => Answer::json(200, page(&[2])),
                });
                let client = builder(&server, &clock).base_url("https://api.test/v1").build().expect("a client");
                let transport = client.transport();
                let outcome = match by_link {
                    true => all(Items::<Of<BY_LINK>>::new(list::<BY_LINK>(transport))).await,
                    false => all(Items::<Of<BY_URL>>::new(list::<BY_URL>(transport))).await,
                };
                let last = server.calls().pop().expect("a call");
                match expected {
                    Ok(url) => {
                        assert_eq!(outcome.expect("no error"), [1, 2]);
                        assert_eq!((last.url.as_str(), last.authorization()), (url, "Bearer t1"), "{next}");
                    }
                    Err(other) => {
                        let error = outcome.expect_err("another server");
                        match error.kind() {
                            ErrorKind::Request(RequestError::Page(PageError::OtherServer { server, other: found })) => {
                                assert_eq!((server.as_str(), found.as_str()), ("https://api.test", other), "{next}");
                            }
                            ErrorKind::Request(RequestError::Page(PageError::NotUrl(_))) => assert_eq!(other, ""),
                            _ => panic!("{next}: {error}"),
                        }
                        assert!(!error.to_string().contains("password"), "{error}");
                        assert_eq!(
                            (server.calls().len(), error.is_retryable()),
                            (1, false),
                            "nothing was sent: {next}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn the_last_item_leads_to_the_next_page() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match param(seen, "starting_after").as_str() {
            "" => Answer::json(200, json!({"items": [1, 2], "has_more": true})),
            "2" => Answer::json(200, json!({"items": [5], "has_more": false})),
            other => panic!("{other}"),
        });
        let client = builder(&server, &clock).build().expect("a client");
        let call = list::<BY_LAST>(client.transport()).query("limit", 2, Style::FormExploded);
        assert_eq!(all(Items::<Of<BY_LAST>>::new(call)).await.expect("no error"), [1, 2, 5]);
        let queries: Vec<String> = server.calls().iter().map(|seen| seen.url.query().unwrap_or("").into()).collect();
        assert_eq!(queries, ["limit=2", "limit=2&starting_after=2"]);
        // A server that ignores the cursor, and one whose page has no item to go on from.
        let server = Server::with_tokens(&clock, |_| Answer::json(200, json!({"items": [1], "has_more": true})));
        let client = builder(&server, &clock).build().expect("a client");
        let again = all(Items::<Of<BY_LAST>>::new(list::<BY_LAST>(client.transport()))).await;
        repeated(again.expect_err("the cursor came again"));
        assert_eq!(server.calls().len(), 2);
        let server = Server::with_tokens(&clock, |_| Answer::json(200, json!({"items": [], "has_more": true})));
        let client = builder(&server, &clock).build().expect("a client");
        let lost = all(Items::<Of<BY_LAST>>::new(list::<BY_LAST>(client.transport()))).await.expect_err("more items");
        assert!(matches!(lost.kind(), ErrorKind::Request(RequestError::Page(PageError::NoCursor("")))), "{lost}");
        assert!(lost.to_string().contains("another page follows"), "{lost}");
    });
}

#[test]
fn a_url_on_the_documented_server_is_followed_on_the_one_that_the_user_has_given() {
    run(|clock| async move {
        // By the URL that the first page names, the second one, or none.
        for (next, expected) in [
            ("https://api.test/v2/things?page=2#x", Some("https://proxy.test/base/things?page=2&api%20key=the-key")),
            ("https://api.test/v2/", Some("https://proxy.test/base/?api%20key=the-key")),
            ("https://proxy.test/base/things?page=2", Some("https://proxy.test/base/things?page=2&api%20key=the-key")),
            ("/base/things?page=2", Some("https://proxy.test/base/things?page=2&api%20key=the-key")),
            ("https://api.test/v20/things?page=2", None),
            ("https://api.test/v1/things", None),
            ("https://api.test/v2/../v1/things", None),
            ("https://api.test:8443/v2/things", None),
            ("http://api.test/v2/things", None),
            ("https://user@api.test/v2/things", None),
            ("https://evil.test/v2/things", None),
        ] {
            let server = Server::new(&clock, move |seen| match seen.nth {
                1 => Answer::json(200, json!({"next": next})),
                _ => Answer::json(200, json!({})),
            });
            let client =
                Keyed::builder().http(server.clone()).clock(clock.clone()).base_url("https://proxy.test/base/");
            let client = client.credential("key", ApiKey::new("the-key")).build().expect("a client");
            let mut pages = Pages::<Keyed>::new(Call::new::<Keyed>(client.transport()));
            pages.try_next().await.expect("no error").expect("a page");
            let second = pages.try_next().await;
            let urls: Vec<String> = server.calls().iter().map(|seen| seen.url.to_string()).collect();
            match expected {
                Some(expected) => assert!(second.expect(next).is_some() && urls[1] == expected, "{next}: {urls:?}"),
                None => {
                    let error = second.expect_err(next);
                    let other =
                        matches!(error.kind(), ErrorKind::Request(RequestError::Page(PageError::OtherServer { .. })));
                    assert!(other && urls.len() == 1, "{next}: {error}");
                }
            }
        }
        // A client of the documented server follows to no other one that the definition names.
        let server = Server::new(&clock, |_| Answer::json(200, json!({"next": "https://eu.api.test/v2/things"})));
        let client = Keyed::builder().http(server.clone()).clock(clock.clone());
        let client = client.credential("key", ApiKey::new("the-key")).build().expect("a client");
        let mut pages = Pages::<Keyed>::new(Call::new::<Keyed>(client.transport()));
        pages.try_next().await.expect("no error").expect("a page");
        pages.try_next().await.expect_err("another server");
        assert_eq!(server.calls().len(), 1);
    });
}

#[test]
fn a_cursor_that_comes_again_ends_the_list_with_an_error() {
    run(|clock| async move {
        // One that does not move, one that comes again later, and one from which the list was resumed.
        for (tokens, from, pages) in
            [(&["a", "a"][..], None, 2), (&["a", "b", "a"], None, 3), (&["b", "a"], Some("a"), 2)]
        {
            let server = Server::with_tokens(&clock, move |seen| {
                let token = tokens[(seen.nth - 1) % tokens.len()];
                Answer::json(200, json!({"items": [seen.nth], "next_page_token": token}))
            });
            let client = builder(&server, &clock).build().expect("a client");
            let mut list = Pages::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
            if let Some(from) = from {
                list = list.starting_at(Cursor::new(from));
            }
            for _ in 0..pages {
                list.try_next().await.expect("a page").expect("a page");
            }
            repeated(list.try_next().await.expect_err("the cursor came again"));
            assert!(list.next().await.is_none());
            assert_eq!(server.calls().len(), pages);
        }
    });
}

fn repeated(error: Error<Conflict>) {
    let ErrorKind::Request(RequestError::Page(PageError::Repeated)) = error.kind() else { panic!("{error}") };
}

#[test]
fn pages_that_are_counted_end_with_an_empty_one_or_where_the_answer_says() {
    run(|clock| async move {
        for (total, calls) in [(json!(null), 3), (json!(5), 2), (json!("5"), 2)] {
            let server = Server::with_tokens(&clock, move |seen| {
                let from: usize = param(seen, "offset").parse().unwrap_or(0);
                let items = [1, 2, 3, 4, 5];
                let items = &items[from.min(5)..(from + 3).min(5)];
                Answer::json(200, json!({"items": items, "total": total}))
            });
            let client = builder(&server, &clock).build().expect("a client");
            let items = Items::<Of<BY_OFFSET>>::new(list::<BY_OFFSET>(client.transport()));
            assert_eq!(all(items).await.expect("no error"), [1, 2, 3, 4, 5]);
            let offsets: Vec<String> = server.calls().iter().map(|seen| param(seen, "offset")).collect();
            assert_eq!(offsets, ["", "3", "5"][..calls]);
            let from = list::<BY_OFFSET>(client.transport()).query("offset", 2, Style::FormExploded);
            assert_eq!(all(Items::<Of<BY_OFFSET>>::new(from)).await.expect("no error"), [3, 4, 5]);
        }
        let server = Server::with_tokens(&clock, |seen| {
            let items: &[i64] = match param(seen, "page").as_str() {
                "" | "1" => &[1, 2],
                "2" => &[3],
                _ => &[],
            };
            Answer::json(200, page(items))
        });
        let client = builder(&server, &clock).build().expect("a client");
        let items = Items::<Of<BY_PAGE>>::new(list::<BY_PAGE>(client.transport()));
        assert_eq!(all(items).await.expect("no error"), [1, 2, 3]);
        let second = Items::<Of<BY_PAGE>>::new(list::<BY_PAGE>(client.transport())).starting_at(Cursor::new("2"));
        assert_eq!(all(second).await.expect("no error"), [3]);
        let mut wrong = Items::<Of<BY_PAGE>>::new(list::<BY_PAGE>(client.transport())).starting_at(Cursor::new("x"));
        let error = wrong.try_next().await.expect_err("no number");
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Page(PageError::NotNumber))), "{error}");
    });
}

#[test]
fn a_server_that_ignores_which_page_is_meant_ends_the_list_with_an_error() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::json(200, page(&[1, 2])));
        let client = builder(&server, &clock).build().expect("a client");
        let mut items = Items::<Of<BY_OFFSET>>::new(list::<BY_OFFSET>(client.transport()));
        for expected in [1, 2] {
            assert_eq!(items.try_next().await.expect("an item"), Some(expected));
        }
        let error = items.try_next().await.expect_err("the page came again");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        repeated(error);
        assert!(items.next().await.is_none());
    });
}

#[test]
fn a_cursor_goes_into_the_body_where_the_list_has_it_there() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::json(200, json!({"items": [1], "next": 17})),
            _ => Answer::json(200, page(&[2])),
        });
        let client = builder(&server, &clock).build().expect("a client");
        let call = list::<BY_BODY>(client.transport()).json("application/json", &json!({"filter": "x"}));
        assert_eq!(all(Items::<Of<BY_BODY>>::new(call)).await.expect("no error"), [1, 2]);
        let bodies = server.calls().into_iter().map(|seen| serde_json::from_str::<Value>(&seen.body).expect("JSON"));
        let expected = [json!({"filter": "x"}), json!({"filter": "x", "cursor": "17"})];
        assert_eq!(bodies.collect::<Vec<_>>(), expected);
    });
}

const SECOND: Host = Host { url: "https://api.test/v2", description: None, variables: &[] };
const EUROPE: Host = Host { url: "https://eu.api.test/v2", description: None, variables: &[] };

static KEYED: Definition = Definition {
    title: "Keyed",
    version: "1",
    operations: &[&Operation {
        security: &[&[Requirement::of("key", &[])]],
        ..operation("keyed", "GET", true, &[SECOND, EUROPE], &[])
    }],
    undescribed: &operation("request", "GET", true, &[API], &[]),
    security_schemes: &[SecurityScheme {
        name: "key",
        kind: SecuritySchemeKind::ApiKey { location: "query", name: "api key" },
    }],
    environment: &[],
    base_url_variable: "KEYED_URL",
};

#[derive(Clone)]
struct Keyed(Arc<dyn Transport>);

impl Api for Keyed {
    const DEFINITION: &'static Definition = &KEYED;
    const USER_AGENT: &'static str = "keyed/1";

    fn from_transport(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.0
    }
}

impl Endpoint for Keyed {
    const OPERATION: &'static Operation = KEYED.operations[0];
    type Body = Value;
    type Headers = ();
    type Error = NotDocumented;
    const READ: Reads<Value> = &[(200..=299, Reply::json)];
}

impl List for Keyed {
    type Item = ();
    const PAGING: Paging = Paging::Url { next: "/next" };

    fn items(_: Value) -> Vec<()> {
        Vec::new()
    }
}

#[test]
fn what_the_client_adds_to_the_query_replaces_what_the_server_repeats_of_it() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.nth {
            1 => Answer::json(200, json!({"next": "/v2/things?api+key=masked&page=2&version=1"})),
            _ => Answer::json(200, json!({})),
        });
        let client = Keyed::builder().http(server.clone()).clock(clock.clone());
        let client = client.credential("key", ApiKey::new("the-key")).build().expect("a client");
        let call = Call::new::<Keyed>(client.transport()).with(CallOptions::new().query("version", "7"));
        let mut pages = Pages::<Keyed>::new(call);
        while pages.try_next().await.expect("no error").is_some() {}
        let last = server.calls().pop().expect("a call");
        assert_eq!(last.url.query(), Some("page=2&version=7&api%20key=the-key"));
    });
}

/// Polls a future once and drops it.
async fn begin<F: Future>(future: F) {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
}

#[test]
fn a_call_for_the_next_page_that_is_dropped_loses_nothing() {
    run(|clock: TestClock| async move {
        let server = Server::with_tokens(&clock, |seen| {
            Answer::json(200, three(&param(seen, "page_token"))).after(super::seconds(1))
        });
        let client = builder(&server, &clock).build().expect("a client");
        let mut items = Items::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
        begin(items.next()).await;
        begin(items.next()).await;
        assert_eq!(all(items).await.expect("no error"), [1, 2, 3, 4]);
        assert_eq!(server.calls().len(), 3);
    });
}

#[test]
fn both_are_streams_that_can_be_moved_and_sent() {
    fn is<T: Stream + Unpin + Send>(_: &T) {}
    let client = bare().build().expect("a client");
    let mut pages = Pages::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
    let items = Items::<Of<BY_TOKEN>>::new(list::<BY_TOKEN>(client.transport()));
    is(&pages);
    is(&items);
    assert_eq!((format!("{pages:?}"), format!("{items:?}")), ("Pages(\"get\")".into(), "Items(\"get\")".into()));
    assert_eq!(format!("{:?}", Cursor::new("secret")), "Cursor(..)");
    // There is no credential, which the first poll says.
    let polled = Pin::new(&mut pages).poll_next(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Some(Err(error))) if matches!(error.kind(), ErrorKind::NoCredential(_))));
}
