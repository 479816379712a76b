//! Calls of the generated client, against a sandbox.

use openapi_runtime::http::Method;
use openapi_runtime::{ApiKey, ErrorKind};
use openapi_sandbox::{include_document, Answer, Sandbox};
use own_api::{errors, types, CallOptions, Client};

async fn sandbox() -> Sandbox {
    Sandbox::serve(include_document!()).await.expect("a loopback port")
}

fn fetches(sandbox: &Sandbox) -> usize {
    sandbox.arrived().iter().filter(|arrived| arrived.operation == "token").count()
}

#[tokio::test]
async fn a_list_is_had_with_a_token_that_is_fetched_once() {
    let sandbox = sandbox().await;
    let client: Client = sandbox.client_builder().build().expect("a client");
    let rooms = client.list_rooms().status(types::ListRoomsStatus::Free).page_size(50).accept_("x").send_(true).await;
    let rooms = rooms.expect("the documented list");
    assert_eq!((rooms.len(), rooms[0].name.as_str(), rooms.status().as_u16()), (1, "Blue", 200));
    assert!(rooms[0].free_from.is_some());
    client.get_room("r1").await.expect("the documented room");
    assert_eq!(fetches(&sandbox), 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_and_a_failure_that_passes_is_tried_again() {
    let sandbox = sandbox().await;
    let client: Client = sandbox.client_builder().backoff(NoWait).build().expect("a client");
    sandbox.answer("getRoom", Answer::Status(500));
    let room = client.get_room("r1").await.expect("the second attempt");
    assert_eq!(room.attempts(), 2);
    sandbox.answer("createRoom", Answer::Status(500));
    let error = client.create_room(new_room()).await.expect_err("it is not idempotent");
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
}

#[tokio::test]
async fn an_idempotency_key_is_made_for_each_call_unless_one_is_given() {
    let sandbox = sandbox().await;
    let client: Client = sandbox.client_builder().backoff(NoWait).build().expect("a client");
    sandbox.answer("bookRoom", Answer::Status(500));
    let booked = client.book_room("r1").await.expect("with its key, it is tried again");
    assert_eq!(booked.attempts(), 2);
    client.book_room("r1").idempotency_key("mine").await.expect("a success");
    client.free_room("r1").await.expect("a success");
    let arrived = sandbox.arrived();
    let key = |operation: &str, header: &str| -> Vec<String> {
        let those = arrived.iter().filter(|arrived| arrived.operation == operation);
        those.map(|arrived| arrived.headers[header].to_str().expect("text").to_owned()).collect()
    };
    let keys = key("bookRoom", "idempotency-key");
    assert!(keys[0].len() == 36 && keys[0] == keys[1] && keys[2] == "mine", "{keys:?}");
    assert_eq!(key("freeRoom", "x-request-token")[0].len(), 36);
}

#[tokio::test]
async fn errors_are_typed() {
    let sandbox = sandbox().await;
    let client: Client = sandbox.client_builder().build().expect("a client");
    sandbox.answer("getRoom", Answer::Status(404));
    let error = client.get_room("r9").with(CallOptions::new().no_retry()).await.expect_err("the documented 404");
    match error.documented() {
        Some(errors::GetRoomError::NotFound { body, .. }) => assert_eq!(body.detail.as_deref(), Some("no such room")),
        other => panic!("{other:?}"),
    }
    assert_eq!(error.to_string(), "getRoom: 404 Not Found: no such room");
    sandbox.answer("getRoom", Answer::Status(418));
    let error = client.get_room("r9").send().await.expect_err("it is a teapot");
    assert!(matches!(error.kind(), ErrorKind::Undocumented), "{error}");
}

#[tokio::test]
async fn a_key_serves_as_well_and_so_do_paths_that_the_definition_lacks() {
    let sandbox = sandbox().await;
    let builder = Client::builder().base_url(sandbox.url()).credentials(ApiKey::new(sandbox.client_secret()));
    let client = builder.build().expect("a client");
    client.list_rooms().await.expect("the key is good");
    assert_eq!(fetches(&sandbox), 0);
    let answer = client.request(Method::GET, "/rooms").query("status", "free").await.expect("the same by hand");
    assert_eq!(answer.json::<Vec<openapi_runtime::serde_json::Value>>().expect("JSON")[0]["id"], "r1");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let error = Client::new("http://rooms.example").expect_err("plain http");
    assert_eq!(error.to_string(), "`http://rooms.example` cannot be used: it must be https, or loopback");
    let error = Client::from_env().expect_err("nothing is set").to_string();
    assert!(error.contains("MEETING_ROOMS_CLIENT_ID") && error.contains("MEETING_ROOMS_API_KEY"), "{error}");
    let error = types::NewRoomName::try_from("blue").expect_err("it begins with a small letter");
    assert_eq!(error.to_string(), "name: the string does not match `^[A-Z]`");
}

fn new_room() -> types::NewRoom {
    types::NewRoom::new("Red").expect("it begins with a capital")
}

/// Tries again at once.
struct NoWait;

impl openapi_runtime::retry::Backoff for NoWait {
    fn wait(&self, _: u32) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}
