//! A stub answers the client in memory, in the client's own types.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use exactness::errors::GetReportError;
use exactness::types::{self, NewRoom, Owner, Problem, Room, RoomRequired};
use exactness::{Client, ErrorKind, bodies, operations};
use openapi_runtime::{BasicAuth, BoxFuture, CallOptions, ClientCredentials, Clock, HttpError};
use openapi_sandbox::{Stub, typed_headers};

fn room(id: &str) -> Room {
    Room::new(RoomRequired { id: id.into(), name: "standup".into() })
}

fn wanted() -> NewRoom {
    NewRoom::new("standup").expect("a name")
}

fn client() -> (Stub, Client) {
    let stub = Stub::new();
    (stub.clone(), Client::with_transport(stub))
}

/// The output of `future` on a runtime of its own.
fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// What `panics` panics with.
fn panic_of(panics: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
    payload.downcast_ref::<String>().cloned().expect("a message")
}

/// A clock on which waits take no time, and are remembered.
#[derive(Clone)]
struct Hasty(Arc<Mutex<(Instant, Vec<Duration>)>>);

impl Hasty {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((Instant::now(), Vec::new()))))
    }

    fn waits(&self) -> Vec<Duration> {
        self.0.lock().expect("no test panics with it").1.clone()
    }
}

impl Clock for Hasty {
    fn now(&self) -> Instant {
        self.0.lock().expect("no test panics with it").0
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let this = self.clone();
        Box::pin(async move {
            let mut inner = this.0.lock().expect("no test panics with it");
            inner.0 += duration;
            inner.1.push(duration);
        })
    }
}

/// A clock that stands still until a test moves it, and on which no wait ends.
#[derive(Clone)]
struct Still(Arc<Mutex<Instant>>);

impl Clock for Still {
    fn now(&self) -> Instant {
        *self.0.lock().expect("no test panics with it")
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

/// A clock on which the first wait that ends is the shortest of all that have begun.
#[derive(Clone, Default)]
struct Ordered(Arc<Mutex<Vec<Duration>>>);

/// A wait by [`Ordered`], and how often it was asked for.
struct Wait(Ordered, Duration, u32);

impl Clock for Ordered {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.lock().expect("no test panics with it").push(duration);
        Box::pin(Wait(self.clone(), duration, 0))
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.2 += 1;
        // After a few rounds, whoever else waits has begun to.
        let shortest = self.0.0.lock().expect("no test panics with it").iter().all(|other| *other >= self.1);
        if self.2 > 8 && shortest {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut waits = self.0.0.lock().expect("no test panics with it");
        if let Some(place) = waits.iter().position(|other| *other == self.1) {
            waits.remove(place);
        }
    }
}

#[test]
fn a_call_is_answered_with_a_value_of_its_own_type() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>().reply(201, room("RM1").seats(4));
    let created = run(client.create_room(wanted()).send()).expect("a room");
    assert_eq!((created.status().as_u16(), created.seats), (201, Some(4)));
    assert_eq!(*created, room("RM1").seats(4));

    let calls = stub.calls::<operations::CreateRoom>();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].json::<NewRoom>(), wanted());
    assert_eq!(calls[0].header("content-type"), Some("application/json"));
    assert!(stub.calls::<operations::ListRooms>().is_empty());
}

#[test]
fn each_documented_body_header_and_error_is_made_without_json() {
    let (stub, client) = client();
    let owner = || Owner::new("a@example.com");
    stub.on::<operations::GetReport>()
        .reply(200, owner())
        .header("X-Total-Count", "12")
        .then()
        .reply(202, "soon".to_owned())
        .then()
        .reply(204, ())
        .then()
        .reply(404, Problem::new("gone"))
        .then()
        .reply(429, ())
        .header("X-Limit", "7");
    let report = || run(client.get_report("r").send());

    let whole = report().expect("a report");
    assert_eq!(*whole, bodies::GetReportSuccess::Ok(owner()));
    assert_eq!(*whole.headers(), typed_headers([("X-Total-Count", "12")]));
    assert_eq!(report().expect("not ready").into_body(), bodies::GetReportSuccess::Accepted("soon".into()));
    assert_eq!(report().expect("empty").into_body(), bodies::GetReportSuccess::NoContent);
    let gone = report().expect_err("it is gone").into_documented().expect("as documented");
    assert_eq!(gone, GetReportError::NotFound { body: Problem::new("gone"), headers: () });
    let refused = report().expect_err("too many").into_documented().expect("as documented");
    assert_eq!(refused, GetReportError::TooManyRequests { headers: typed_headers([("X-Limit", "7")]) });
}

#[test]
fn unions_lists_and_bytes_are_answers_too() {
    let (stub, client) = client();
    stub.on::<operations::ListRooms>().reply(200, vec![room("a"), room("b")]);
    stub.on::<operations::PutFile>().reply(200, vec![0_u8, 255]);
    assert_eq!(*run(client.list_rooms().send()).expect("rooms"), [room("a"), room("b")]);
    assert_eq!(*run(client.put_file("f", vec![1_u8]).send()).expect("bytes"), [0, 255]);
    assert_eq!(stub.calls::<operations::PutFile>()[0].body(), [1]);

    let access = types::Access::Token(types::Token::new(types::TokenKind::Token));
    stub.on::<operations::ExchangePoints>().reply(200, types::Points::new().access(access.clone()));
    let points = run(client.exchange_points(types::PointsRequest::new()).send()).expect("points");
    assert_eq!(points.access, Some(access));
}

#[test]
fn answers_come_in_turn_and_the_last_again_and_again() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>().reply(201, room("a")).times(2).then().reply(201, room("b"));
    let created = || run(client.create_room(wanted()).send()).expect("a room").id.clone();
    assert_eq!([created(), created(), created(), created()], ["a", "a", "b", "b"]);
    // What was given is over once another is scripted.
    stub.on::<operations::CreateRoom>().reply(201, room("c"));
    assert_eq!([created(), created(), created()], ["c", "c", "c"]);
}

#[test]
fn a_number_of_times_ends() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>().reply(201, room("a")).times(1);
    run(client.create_room(wanted()).send()).expect("a room");
    let error = run(client.create_room(wanted()).send()).expect_err("no answer is left");
    let text = error.to_string();
    assert!(text.contains("nothing expects call 2 of `createRoom` (POST /rooms): its answers are used up"), "{text}");
    assert_eq!(stub.calls::<operations::CreateRoom>().len(), 2);
}

#[test]
fn a_call_that_nothing_expects_says_what_is_expected() {
    let (stub, client) = client();
    let error = run(client.get_account("a1").send()).expect_err("nothing expects it");
    let text = error.to_string();
    assert!(text.contains("nothing expects `getAccount` (GET /accounts/{id}): the stub expects no call"), "{text}");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Request(_))), "{error:?}");
    assert_eq!(error.attempts(), 0);

    stub.on::<operations::CreateRoom>().reply(201, room("a"));
    let text = run(client.get_account("a1").send()).expect_err("nothing expects it").to_string();
    assert!(text.contains("the stub expects `createRoom` (POST /rooms)"), "{text}");

    let _ = stub.on::<operations::GetAccount>();
    let text = run(client.get_account("a1").send()).expect_err("it has no answer").to_string();
    assert!(text.contains("`getAccount` (GET /accounts/{id}) has no answer"), "{text}");
}

#[test]
fn a_status_that_does_not_document_the_body_panics_and_names_those_that_do() {
    let stub = Stub::new();
    let text = panic_of(|| _ = stub.on::<operations::CreateRoom>().reply(200, room("a")));
    assert_eq!(text, "`createRoom` documents no body of type `Room` for 200, but for 201");
    let text = panic_of(|| _ = stub.on::<operations::GetReport>().reply(404, ()));
    assert_eq!(text, "`getReport` documents no body of type `()` for 404, but for 204, 429");
    let text = panic_of(|| _ = stub.on::<operations::GetReport>().raw(1, ""));
    assert_eq!(text, "1 is no status of HTTP");
    let text = panic_of(|| _ = stub.on::<operations::GetReport>().reply(204, ()).header("a", "b\n"));
    assert_eq!(text, "the header `a` cannot hold `b\n`");
}

#[test]
fn an_undocumented_answer_is_one_all_the_same() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>()
        .raw(502, "<html>")
        .then()
        .raw(201, "{}")
        .header("content-type", "application/json");
    let error = run(client.create_room(wanted()).send()).expect_err("it is no success");
    assert!(matches!(error.kind(), ErrorKind::Undocumented), "{error:?}");
    let error = run(client.create_room(wanted()).send()).expect_err("it is no room");
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error:?}");
}

#[test]
fn arguments_are_those_of_the_call() {
    let (stub, client) = client();
    stub.on::<operations::Search>().reply(204, ());
    let search = client.search(types::SearchKind::ItemOld).tag(&["a b".into(), "c&d".into()]);
    let options = CallOptions::new().header("X-Extra", "e");
    run(search.with(options).send()).expect("found");
    let call = stub.calls::<operations::Search>().remove(0);
    assert_eq!(call.path("kind").as_deref(), Some("item/old"));
    assert_eq!(call.path("other"), None);
    assert_eq!(call.query_all("tag"), ["a b", "c&d"]);
    assert_eq!(call.query("page_size"), None);
    assert_eq!(call.header("X-Extra"), Some("e"));

    stub.on::<operations::Touch>().reply(204, ());
    run(client.touch().send()).expect("touched");
    let text = panic_of(|| _ = stub.calls::<operations::Touch>()[0].json::<types::Owner>());
    assert!(text.starts_with("the body of `touch` is no `Owner`: "), "{text}");
}

#[test]
fn the_connection_fails_as_it_is_told() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>().fail(|| HttpError::Lost("cut".into())).then().reply(201, room("a"));
    let error = run(client.create_room(wanted()).send()).expect_err("the connection is lost");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Lost(_))), "{error:?}");
    assert_eq!(error.attempts(), 1);
    run(client.create_room(wanted()).send()).expect("a room");
}

#[test]
fn an_answer_comes_later_by_the_clock() {
    let clock = Hasty::new();
    let stub = Stub::new().clock(clock.clone());
    let client = Client::with_transport(stub.clone());
    stub.on::<operations::CreateRoom>().reply(201, room("a")).after(Duration::from_secs(3_600));
    run(client.create_room(wanted()).send()).expect("a room");
    assert_eq!(clock.waits(), [Duration::from_secs(3_600)]);
}

#[test]
fn an_answer_that_comes_too_late_times_out() {
    let clock = Ordered::default();
    let stub = Stub::new().clock(clock.clone());
    let client: Client = Client::builder()
        .http(stub.clone())
        .clock(clock)
        .credentials(BasicAuth::new("a", "b"))
        .attempt_timeout(Duration::from_secs(5))
        .build()
        .expect("a client");
    stub.on::<operations::GetAccount>().raw(200, "{}").after(Duration::from_secs(7_200));
    let call = client.with(CallOptions::new().no_retry());
    let error = run(call.get_account("a").send()).expect_err("it is late");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Timeout { .. })), "{error:?}");
}

#[test]
fn what_is_retried_is_a_call_each_time() {
    let clock = Hasty::new();
    let stub = Stub::new().clock(clock.clone());
    let client: Client = Client::builder()
        .http(stub.clone())
        .clock(clock.clone())
        .credentials(BasicAuth::new("a", "b"))
        .build()
        .expect("a client");
    stub.on::<operations::CreateRoom>()
        .raw(503, "")
        .header("Retry-After", "7")
        .then()
        .fail(|| HttpError::Connect("nobody listens".into()))
        .then()
        .reply(201, room("a"));
    let created = run(client.create_room(wanted()).send()).expect("a room");
    assert_eq!(created.attempts(), 3);
    assert!(clock.waits().iter().any(|wait| *wait >= Duration::from_secs(7)), "{:?}", clock.waits());
    let calls = stub.calls::<operations::CreateRoom>();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.json::<NewRoom>() == wanted()));
    assert_eq!(calls[2].header("authorization"), Some("Basic YTpi"));
}

#[test]
fn tokens_are_fetched_from_the_stub_and_renewed_after_a_401() {
    let clock = Still(Arc::new(Mutex::new(Instant::now())));
    let stub = Stub::new();
    stub.token("first").token("second");
    let client: Client = Client::builder()
        .http(stub.clone())
        .clock(clock.clone())
        .credentials(ClientCredentials::new("id", "secret"))
        .build()
        .expect("a client");
    stub.on::<operations::GetReport>().reply(204, ()).then().raw(401, "").then().reply(204, ());
    run(async {
        client.get_report("r").await.expect("it is empty");
        // A token that is seconds old would not be fetched again.
        *clock.0.lock().expect("no test panics with it") += Duration::from_secs(600);
        client.get_report("r").await.expect("with the second token");
    });
    assert_eq!(stub.tokens_fetched(), 2);
    let calls = stub.calls::<operations::GetReport>();
    let bearers: Vec<_> = calls.iter().filter_map(|call| call.header("authorization")).collect();
    assert_eq!(bearers, ["Bearer first", "Bearer first", "Bearer second"]);
    assert_eq!(calls[0].path("id").as_deref(), Some("r"));
}

#[test]
fn a_request_is_of_its_operation_whatever_its_path_is() {
    use exactness::uploads::{Client, operations};

    let stub = Stub::new();
    let client: Client =
        Client::builder().http(stub.clone()).base_url("https://api.example.com/v1").build().expect("a client");
    stub.on::<operations::Search>().reply(204, ());
    stub.on::<operations::PutPicture>().reply(204, ());
    run(async {
        client.search("a/b", 5).await.expect("it is expected");
        for id in ["a/b%2Fc", "é /raw"] {
            client.put_picture(id, "").await.expect("it is expected");
        }
    });
    assert_eq!(stub.calls::<operations::Search>().len(), 1);
    let pictures = stub.calls::<operations::PutPicture>();
    let ids: Vec<_> = pictures.iter().filter_map(|call| call.path("id")).collect();
    assert_eq!(ids, ["a/b%2Fc", "é /raw"]);
}

#[test]
fn a_request_that_nothing_expects_is_sent_once_and_named() {
    let stub = Stub::new();
    stub.on::<operations::CreateRoom>().reply(201, room("a"));
    let client: Client =
        Client::builder().http(stub.clone()).credentials(BasicAuth::new("a", "b")).build().expect("a client");
    let error = run(client.get_account("a1").send()).expect_err("nothing expects it");
    let text = error.to_string();
    assert!(text.contains("nothing expects GET /accounts/a1: the stub expects `createRoom` (POST /rooms)"), "{text}");
    assert_eq!(error.attempts(), 1);
}

#[test]
fn nothing_shows_a_secret() {
    let (stub, client) = client();
    stub.on::<operations::CreateRoom>().reply(201, room("a"));
    run(client.create_room(wanted()).send()).expect("a room");
    assert_eq!(format!("{stub:?}"), r#"Stub { expects: ["createRoom"], .. }"#);
    let call = &stub.calls::<operations::CreateRoom>()[0];
    assert_eq!(format!("{call:?}"), r#"StubCall { operation: "createRoom", path: "/rooms", .. }"#);
}
