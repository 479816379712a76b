//! What everyday code does with generated types: makes, compares, prints, parses and converts values.

mod common;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use common::received;
use exactness::types::*;
use exactness::{Client, errors, headers};
use openapi_runtime::{ConversionError, IntoChecked};
use serde_json::json;

fn red() -> Result<NewRoom, ConversionError> {
    NewRoom::new("Red")?.seats(12)?.state(NewRoomState::Open).topic("standup")
}

#[test]
fn a_type_with_one_required_field_is_made_of_its_value() {
    let json = serde_json::to_value(red().expect("it is valid")).expect("it is written");
    assert_eq!(json, json!({"name": "Red", "seats": 12, "state": "open", "topic": "standup"}));
    assert_eq!(Owner::new("a@example.com").email, json!("a@example.com"));
    assert_eq!(Link::new(None).next, None);
    assert_eq!(Link::new(Box::new(Link::new(None))).next, Some(Box::new(Link::new(None))));
    let name = NewRoomName::try_from("Red").expect("it is valid");
    assert_eq!(NewRoom::new(name).expect("it was checked").name.as_ref(), "Red");
}

#[test]
fn what_is_checked_is_taken_plain_and_says_what_is_wrong() {
    let error = |result: Result<NewRoom, ConversionError>| result.expect_err("a rule is broken").to_string();
    assert_eq!(error(NewRoom::new("")), "name: the string has 0 characters, fewer than 1");
    assert_eq!(error(NewRoom::new("Red").and_then(|room| room.seats(0))), "seats: the number is below 1");
    assert_eq!(
        error(red().and_then(|room| room.topic("t".repeat(31)))),
        "topic: the string has 31 characters, more than 30"
    );
    let client = Client::new("https://api.example.com").expect("it is https");
    assert!(client.list_rooms().state(NewRoomState::Open).at_most(50).is_ok());
    assert_eq!(client.list_rooms().at_most(51).expect_err("above").to_string(), "at_most: the number is above 50");
    fn checked<T>(value: impl IntoChecked<T>) -> Result<T, ConversionError> {
        value.into_checked()
    }
    assert_eq!(checked::<NewRoomName>("Red".to_owned()), "Red".parse());
}

#[test]
fn every_type_is_compared() {
    assert_eq!(red(), red());
    assert_ne!(red().expect("it is valid").topic_null(), red().expect("it is valid"));
    let room = || received::<Room>(json!({"id": "1", "name": "Red"}));
    assert_eq!(room(), room());
    let required = || NoteRequired { title: "a".into(), due: None };
    assert_eq!(required(), required());
    let quota = |value| received::<Quota>(value);
    assert_eq!(quota(json!(5)), quota(json!(5)));
    assert_ne!(quota(json!(5)), quota(json!("unlimited")));
    assert_eq!(received::<Formats>(json!({"ratio": 0.5})), received::<Formats>(json!({"ratio": 0.5})));
    fn compared<T: PartialEq + Clone>() {}
    compared::<errors::GetReportError>();
    compared::<headers::GetReportHeaders>();
    compared::<exactness::bodies::GetReportSuccess>();
}

#[test]
fn words_and_checked_scalars_are_keys() {
    fn keys<T: Hash + Eq>(one: T, other: T) -> usize {
        HashSet::from([one, other]).len()
    }
    assert_eq!(keys(NewRoomState::Open, NewRoomState::Open), 1);
    assert_eq!(keys(ClusterKind::Basic, ClusterKind::from("SERVERLESS")), 2);
    let name = |text: &str| text.parse::<NewRoomName>().expect("it is valid");
    assert_eq!(keys(name("Red"), name("Blue")), 2);
    let seats = |number: i64| NewRoomSeats::try_from(number).expect("it is valid");
    assert_eq!(HashMap::from([(seats(1), "one")])[&seats(1)], "one");
    let yes = || KindsRequestYes::try_from(true).expect("it is true");
    assert_eq!(keys(yes(), yes()), 1);
}

#[test]
fn words_are_parsed_printed_and_borrowed() {
    assert_eq!("open".parse(), Ok(NewRoomState::Open));
    assert!("ajar".parse::<NewRoomState>().is_err_and(|error| error.to_string().contains("NewRoomState")));
    let Ok(kind) = "SERVERLESS".parse::<ClusterKind>();
    assert_eq!(kind, ClusterKind::Unknown("SERVERLESS".into()));
    assert_eq!(format!("{:>6}|{}", NewRoomState::Open, kind), "  open|SERVERLESS");
    let lengths = |word: &dyn AsRef<str>| word.as_ref().len();
    assert_eq!((lengths(&NewRoomState::Closed), lengths(&kind)), (6, 10));
    let name: NewRoomName = "Red".try_into().expect("it is valid");
    assert_eq!((lengths(&name), name.to_string()), (3, "Red".to_owned()));
}

#[test]
fn the_documentation_says_what_the_rules_are() {
    let code = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
    for line in [
        "/// The value has 1 to 20 characters; `NewRoomName::try_from(text)` and `text.parse()` check it.",
        "/// The value has 1 to 255 characters and matches `^[a-z]+$`; `LabelRequestKey::try_from(text)` and `text.parse()` check it.",
        "/// The value is at least 0 and is at most 100; `LimitsRequestPercent::try_from(value)` checks it.",
        "/// The value is above 0 and is at most 1; `LimitsRequestAbove::try_from(value)` checks it.",
        "/// The value has 1 to 3 items and has no item twice; `LimitsRequestTags::try_from(value)` checks it.",
        "/// The value is one of `1`, `2`, `4`; `ClusterRequestLevel::try_from(value)` checks it.",
    ] {
        assert!(code.contains(line), "{line}");
    }
}

#[test]
fn an_open_enum_with_rules_is_taken_as_it_is() {
    let made = ClusterRequest::new().size(ClusterSize::Small).expect("it is short enough");
    assert_eq!(serde_json::to_value(made).expect("it is written"), json!({"size": "SMALL"}));
    let long = ClusterRequest::new().size(ClusterSize::from("ENORMOUS"));
    assert_eq!(long.expect_err("8 characters").to_string(), "size: the string has 8 characters, more than 6");
}

#[test]
fn what_is_created_or_read_is_made_into_what_replaces_it() {
    let replacement = RoomReplacement::from(red().expect("it is valid"));
    assert_eq!(NewRoom::from(replacement.clone()), red().expect("it is valid"));
    let room: Room = received(json!({"id": "1", "name": "Red", "seats": 12, "state": "open", "topic": "standup"}));
    assert_eq!(RoomReplacement::try_from(room.clone()), Ok(replacement));
    assert_eq!(room.state.map(NewRoomState::try_from), Some(Ok(NewRoomState::Open)));
    let full: Room = received(json!({"id": "1", "name": "Red", "seats": 0}));
    assert_eq!(RoomReplacement::try_from(full).expect_err("no seats").to_string(), "seats: the number is below 1");
}
