//! The operations of `groups.yaml` by group, over real sockets.
#![allow(missing_docs)]

include!("client.rs");

use std::io::{BufRead, BufReader, Read, Write};

use openapi_runtime::blocking::SendBlocking;

/// Starts a server, and gives its URL.
fn server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut lines, mut length) = (Vec::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim_end().is_empty() {
                    break;
                }
                let (name, value) = line.split_once(": ").unwrap_or_default();
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap();
                }
                lines.push(line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let target = lines[0].rsplit_once(' ').unwrap().0;
            let (status, media_type, body) = answer(target, &String::from_utf8(body).unwrap());
            let head = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Type: {media_type}\r\n");
            let length = body.len();
            let _ = stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes());
        }
    });
    url
}

fn answer(target: &str, body: &str) -> (u16, &'static str, &'static str) {
    let json = "application/json";
    match (target, body) {
        ("GET /v1/rooms", _) => (200, json, r#"{"rooms": [{"id": "a"}, {"id": "b"}], "next_page_token": "2"}"#),
        ("GET /v1/rooms?page_token=2", _) => (200, json, r#"{"rooms": [{"id": "c"}]}"#),
        ("POST /v1/rooms", r#"{"id":"taken"}"#) => (409, json, r#"{"detail": "it is there"}"#),
        ("POST /v1/rooms", "id=d") => (201, json, r#"{"id": "form"}"#),
        ("GET /v1/rooms/events", _) => (200, "text/event-stream", "data: {\"id\": \"e\"}\n\ndata: {\"id\": \"f\"}\n\n"),
        ("GET /v1/rooms/a/image", _) => (200, "application/octet-stream", "a picture"),
        ("GET /v1/guests/g", _) => (200, json, r#"{"name": "one"}"#),
        ("GET /v1/guests", _) => (200, json, r#"{"name": "all"}"#),
        ("GET /v1/doors", _) => (200, json, r#"{"locks": 3}"#),
        ("GET /v1/builders", _) => (204, json, ""),
        other => panic!("{other:?}"),
    }
}

/// What a program may store.
#[derive(Clone, Debug)]
struct FrontDesk {
    rooms: groups::Rooms,
}

async fn calls(client: &Client, desk: FrontDesk) {
    let page = desk.rooms.list().await.unwrap();
    assert_eq!(page.rooms.as_ref().unwrap().len(), 2);
    let (mut items, mut ids) = (desk.rooms.list().items(), String::new());
    while let Some(room) = items.try_next().await.unwrap() {
        ids.push_str(&room.id);
    }
    assert_eq!(ids, "abc");
    let mut pages = desk.rooms.list().page_token("2").pages();
    assert!(pages.try_next().await.unwrap().is_some() && pages.try_next().await.unwrap().is_none());
    let error = desk.rooms.create(types::Room::new("taken")).await.unwrap_err();
    match error.documented() {
        Some(errors::CreateRoomError::Conflict { body, .. }) => assert_eq!(body.detail, "it is there"),
        _ => panic!("{error}"),
    }
    let form = desk.rooms.create_with_application_x_www_form_urlencoded(types::Room::new("d"));
    assert_eq!(form.await.unwrap().id, "form");
    let mut events = desk.rooms.watch().send_events().await.unwrap().into_body();
    assert_eq!(events.try_next().await.unwrap().unwrap().data.id, "e");
    let mut image = desk.rooms.get_image("a").send_streaming().await.unwrap().into_body();
    assert_eq!(image.try_next().await.unwrap().unwrap(), "a picture");
    let request: requests::GetGuest = client.room_guests().get_guest("g");
    assert_eq!(request.await.unwrap().name.as_deref(), Some("one"));
    assert_eq!(client.room_guests().get_guests().await.unwrap().name.as_deref(), Some("all"));
    assert_eq!(client.doors().count().await.unwrap().locks, Some(3));
    client.builder_().list().await.unwrap();
}

fn main() {
    let client = Client::new(&server()).unwrap();
    let desk = FrontDesk { rooms: client.rooms() };
    assert_eq!(format!("{desk:?}"), "FrontDesk { rooms: Rooms(Client { .. }) }");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(calls(&client, desk));
    drop(runtime);
    let rooms = { client }.rooms();
    assert_eq!(rooms.list().send_blocking().unwrap().rooms.as_ref().unwrap().len(), 2);
    println!("all of it");
}
