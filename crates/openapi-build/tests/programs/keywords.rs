//! Reads, writes and makes values of each type of `keywords.yaml`.
#![allow(missing_docs)]

include!("client.rs");

use openapi_runtime::codegen::serde;
use openapi_runtime::serde_json::{self, Value, json};
use types::*;

/// Whether a request type reads `value`, which it then gives back unchanged.
fn takes<T: serde::de::DeserializeOwned + serde::Serialize>(value: Value) -> bool {
    let Ok(read) = serde_json::from_value::<T>(value.clone()) else { return false };
    assert_eq!(serde_json::to_value(read).unwrap(), value);
    true
}

/// Asserts that a response type gives `value` back unchanged.
fn keeps<T: codegen::FromJson + serde::Serialize>(value: Value) {
    let read = codegen::read::<T>(value.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), value);
}

/// A thing with a property.
fn thing(name: &str, value: Value) -> Value {
    json!({"kind": "thing", name: value})
}

fn tells_what_is_sent(name: &str, good: &[Value], bad: &[Value]) {
    for value in good {
        assert!(takes::<ThingRequest>(thing(name, value.clone())), "{name} is not {value}");
        keeps::<Thing>(thing(name, value.clone()));
    }
    for value in bad {
        assert!(!takes::<ThingRequest>(thing(name, value.clone())), "{name} is {value}");
    }
}

fn each_keyword_is_checked_in_what_is_sent() {
    assert!(!takes::<ThingRequest>(json!({"kind": "other"})));
    tells_what_is_sent("version", &[json!(3)], &[json!(4), json!("3")]);
    tells_what_is_sent("done", &[json!(true)], &[json!(false)]);
    tells_what_is_sent("limit", &[json!(1), json!("unlimited")], &[json!(2), json!("1")]);
    tells_what_is_sent("size", &[json!(5), json!("small")], &[json!(6), json!("large")]);
    tells_what_is_sent("pair", &[json!(["a", 1])], &[json!(["a"]), json!(["a", 1, 2]), json!([1, "a"])]);
    tells_what_is_sent("trail", &[json!(["a", 1, 2]), json!([])], &[json!([1]), json!(["a", "b"])]);
    tells_what_is_sent("labels", &[json!({"x-a": "b"})], &[json!({"a": "b"}), json!({"x-a": 1})]);
    tells_what_is_sent("names", &[json!({"a": 1})], &[json!({"A": 1})]);
    tells_what_is_sent("marks", &[json!([1, 10])], &[json!([1]), json!([10, 11, 12])]);
    tells_what_is_sent("free", &[json!("me")], &[json!("root")]);
    tells_what_is_sent("picture", &[json!("AQID")], &[json!("?")]);
    tells_what_is_sent("extra", &[json!("{\"a\": 1}")], &[json!({})]);
    tells_what_is_sent("tree", &[json!({"node1": {"node2": {}}, "leaf": 1})], &[json!({"node1": 1})]);
}

fn a_response_is_read_as_leniently_as_ever() {
    keeps::<Thing>(thing("pair", json!(["a", 1, 2])));
    keeps::<Thing>(thing("version", json!(4)));
    keeps::<Thing>(thing("limit", json!("many")));
    keeps::<Thing>(thing("labels", json!({"a": "b"})));
    keeps::<Thing>(thing("marks", json!([])));
    keeps::<Payment>(json!({"way": "card"}));
    keeps::<Payment>(json!({"way": "cash", "tip": "much"}));
}

fn conditions_hold_when_a_value_is_written() {
    let pay = |way: &str| PaymentRequest::new(way);
    assert_eq!(serde_json::to_string(&pay("cash")).unwrap(), r#"{"way":"cash"}"#);
    let error = serde_json::to_string(&pay("card")).unwrap_err().to_string();
    assert_eq!(error, "PaymentRequest: must have `number`");
    let error = serde_json::to_string(&pay("cash").number("1")).unwrap_err().to_string();
    assert_eq!(error, "PaymentRequest: must have `expires` beside `number`");
    assert!(serde_json::to_string(&pay("card").number("1").expires("now").tip(1)).is_ok());
    assert!(takes::<PaymentRequest>(json!({"way": "card", "number": "1", "expires": "now", "tip": 1})));
    assert!(!takes::<PaymentRequest>(json!({"way": "card", "number": "1", "expires": "now", "tip": "much"})));
}

fn types_say_what_they_can() {
    let made = ThingRequest::new(ThingRequestKind::Thing).pair(("a".to_owned(), 1));
    assert_eq!(serde_json::to_string(&made).unwrap(), r#"{"kind":"thing","pair":["a",1]}"#);
    let thing: Thing = codegen::read(br#"{"kind":"thing","pair":["a",1],"limit":10,"picture":"AQID"}"#).unwrap();
    assert!(matches!(thing.pair, Some(ThingPair::Items((ref name, 1))) if name == "a"));
    assert!(matches!(thing.limit, Some(ThingLimit::Integer(10))));
    assert_eq!(thing.picture.unwrap(), vec![1, 2, 3].into());
    let thing: Thing = codegen::read(br#"{"kind":"thing","version":3,"done":true,"limit":"unlimited"}"#).unwrap();
    assert_eq!((thing.version, thing.done), (Some(3), Some(true)));
}

fn words_are_what_a_person_would_choose() {
    let words = [OddSign::Plus1, OddSign::Minus1, OddSign::Star, OddSign::Empty];
    let texts: Vec<&str> = words.iter().map(OddSign::as_str).collect();
    assert_eq!(texts, ["+1", "-1", "*", ""]);
    assert!(takes::<OddRequest>(json!({"id": "1", "sign": "+1"})) && !takes::<OddRequest>(json!({"id": "1", "other": 1})));
    keeps::<Odd>(json!({"id": "1", "sign": "2"}));
}

fn parameters_are_of_the_same_types(client: &Client) {
    let _ = client.area(AreaLevel::try_from(3).unwrap()).box_(&(1.5, 2.5));
    assert!(AreaLevel::try_from(4).is_err());
}

fn main() {
    parameters_are_of_the_same_types(&Client::builder().build().unwrap());
    each_keyword_is_checked_in_what_is_sent();
    a_response_is_read_as_leniently_as_ever();
    conditions_hold_when_a_value_is_written();
    types_say_what_they_can();
    words_are_what_a_person_would_choose();
    println!("all of it");
}
