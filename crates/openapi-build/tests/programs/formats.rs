//! Values of formats, over a socket, of the client of `formats.yaml`: what each type holds, what is undecodable and says so, and
//! what is nested deeply.
#![allow(missing_docs)]

include!("client.rs");

use chrono::{DateTime, FixedOffset};
use openapi_runtime::{AssumedUtc, BoxFuture, DateTimeText, Direct, Failure, Reply, ReqwestClient, Request};
use openapi_runtime::{chrono, http, serde_json};
use serde_json::{Value, json};
use types::{Either, Loose, Reading, Tree, Utc, Written};

/// A type that is sent and received comes back as it was.
fn comes_back<T: codegen::FromJson + codegen::Serialize>(value: Value) -> T {
    let read: T = codegen::read(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), value);
    read
}

fn a_chosen_type_holds_what_the_plain_one_does_not() {
    let wide = json!({"at": "2024-02-30 or so", "octet": 256, "small": 4_294_967_296_i64, "large": u64::MAX, "count": -1,
                      "share": 1e39, "day": "2024-02-29"});
    let read: Loose = comes_back(wide);
    let _: (Option<i64>, Option<i64>, Option<f64>) = (read.octet, read.small, read.share);
    let _: (Option<i128>, Option<i128>, Option<chrono::NaiveDate>) = (read.large, read.count, read.day);
    assert_eq!((read.large, read.small_or_default()), (Some(u64::MAX.into()), 4_294_967_296));
    assert_eq!(read.at, Some(DateTimeText::from("2024-02-30 or so")));
    let finer: Loose = comes_back(json!({"at": "2016-12-31t23:59:60.1234567890123z"}));
    assert_eq!(finer.at.unwrap().date_time().unwrap().timestamp_subsec_nanos(), 1_123_456_789);
    let beyond = codegen::read::<Loose>(b"{\"large\": 18446744073709551616}").unwrap_err().to_string();
    assert_eq!(beyond, "at `/large`: this number has more than 64 bits, or an exponent, and was rounded when it was read");

    let utc = json!({"at": "2024-05-17T13:45:00", "until": null, "all": ["2024-05-17 13:45:00.25", "2024-05-17T13:45:00+02:00"]});
    let read: Utc = codegen::read(utc.to_string().as_bytes()).unwrap();
    let expected = json!({"at": "2024-05-17T13:45:00Z", "until": null, "all": ["2024-05-17T13:45:00.250Z", "2024-05-17T13:45:00+02:00"]});
    assert_eq!(serde_json::to_value(&read).unwrap(), expected);
    let at: DateTime<FixedOffset> = read.at.unwrap().0;
    let _ = Utc::new().at(at).until(AssumedUtc(at)).count(7);

    let text = json!({"at": "soon", "day": "0000-00-00", "id": "7", "key": "~", "number": "9223372036854775808"});
    let read: Written = comes_back(text);
    let _: (Option<String>, Option<String>) = (read.at, read.number);

    let read: Either = comes_back(json!("550e8400-e29b-41d4-a716-446655440000"));
    assert!(matches!(read, Either::Uuid(_)));
    let read: Either = codegen::read(b"\"2024-05-17T13:45:00\"").unwrap();
    assert!(matches!(read, Either::DateTime(at) if at.timestamp() == 1_715_953_500));
}

async fn what_a_type_cannot_hold_is_undecodable(client: &Client) {
    let good = client.get_reading("good").await.unwrap();
    assert_eq!((good.octet, good.count), (Some(255), Some(u64::MAX)));
    for (name, pointer, knob) in [
        ("octet", "/octet", "`Config::format(\"uint8\", Format::Wide)`"),
        ("count", "/count", "has more than 64 bits"),
        ("unzoned", "/at", "`Config::format(\"date-time\", Format::AssumeUtc)`"),
        ("spaced", "/at", "`Config::format(\"date-time\", Format::AssumeUtc)`"),
        ("empty", "/at", "`Config::format(\"date-time\", Format::Text)`"),
        ("utc-empty", "/utc/all/1", "`Config::format(\"date-time\", Format::Text)`"),
    ] {
        let error = client.get_reading(name).await.unwrap_err();
        let ErrorKind::Undecodable(undecodable) = error.kind() else { panic!("{name}: {error}") };
        assert_eq!(undecodable.pointer(), Some(pointer), "{name}: {error}");
        let text = error.to_string();
        assert!(text.contains(pointer) && text.contains(knob), "{name}: {text}");
        assert!(error.raw_body().unwrap().starts_with(b"{"), "{name}: the body is kept");
        assert!(!text.contains("2024") && !text.contains("999"), "{name}: the value is not shown: {text}");
    }
}

/// Answers 400 with that body, and remembers nothing.
struct Fails(Vec<u8>);

impl Transport for Fails {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let reply = Reply::new(http::StatusCode::BAD_REQUEST, http::HeaderMap::new(), self.0.clone());
        Box::pin(std::future::ready(Ok(reply)))
    }
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    open.repeat(depth) + "{\"name\":\"\"}" + &close.repeat(depth)
}

/// The ways in which a tree holds trees.
const WAYS: [(&str, &str); 5] = [
    ("{\"name\":\"\",\"left\":", "}"),
    ("{\"name\":\"\",\"all\":[", "]}"),
    ("{\"name\":\"\",\"kept\":", "}"),
    ("{\"name\":\"\",\"choice\":", "}"),
    ("{\"name\":\"\",\"choice\":[", "]}"),
];

/// Reads, copies, shows and writes values of 127 levels, which are the most that serde_json reads.
fn deep<T: codegen::FromJson + codegen::Serialize + Clone + std::fmt::Debug>(is_small: bool) {
    for (open, close) in WAYS {
        let depth = 126 / open.matches(['{', '[']).count();
        match codegen::read::<T>(nested(depth, open, close).as_bytes()) {
            Ok(read) => {
                let copy = read.clone();
                drop(read);
                assert!(format!("{copy:?}").len() > depth);
                assert_eq!(serde_json::to_string(&copy).unwrap().matches("name").count(), depth + 1);
            }
            // A type of many fields takes more of the stack than there is, where the program is not optimized.
            Err(error) => {
                assert!(!is_small, "{open}: {error}");
                assert!(error.to_string().ends_with("this is nested too deeply to be read as its type"), "{error}");
                assert!(error.pointer().starts_with("/left/left/left/") || error.pointer().starts_with("/all/0/all/0/"));
            }
        }
    }
}

fn a_deep_value_is_read_or_refused_and_the_stack_is_enough() {
    deep::<types::Node>(true);
    deep::<Tree>(false);
    let twenty = nested(20, WAYS[0].0, WAYS[0].1);
    codegen::read::<Tree>(twenty.as_bytes()).unwrap();
    serde_json::from_str::<Tree>(&twenty).unwrap();
}

/// Each level could be either of two alternatives, the first of which turns out wrong at its end.
fn alternatives_that_hold_each_other_are_told_apart_in_time() {
    let open = "{\"twin\":";
    for depth in [3, 60, 120] {
        let text = open.repeat(depth) + "{\"name\":\"\"}" + &",\"name\":\"\"}".repeat(depth);
        let start = std::time::Instant::now();
        let read: types::Twin = codegen::read(text.as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        let _ = serde_json::from_str::<types::Twin>(&text);
        assert!(start.elapsed().as_secs() < 20, "{depth}: {:?}", start.elapsed());
        assert_eq!(matches!(read, types::Twin::Unknown(_)), depth > 3);
    }
}

async fn a_hundred_thousand_levels_are_an_error(client: &Client) {
    for name in ["left", "all", "kept", "choice", "choices"] {
        let error = client.get_tree(name).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{name}: {error}");
        assert!(error.to_string().contains("recursion limit"), "{name}: {error}");
        assert!(error.raw_body().unwrap().len() > 1_000_000, "{name}: the body is kept");
        assert_eq!(error.detail(), None);
    }
    let error = client.get_anything().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
    for (open, close) in WAYS {
        let text = nested(100_000, open, close);
        let error = Client::with_transport(Fails(text.clone().into())).get_reading("a").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
        assert_eq!((error.status().map(|status| status.as_u16()), error.detail()), (Some(400), None));
        assert!(serde_json::from_str::<Tree>(&text).is_err() && serde_json::from_str::<Reading>(&text).is_err());
    }
}

fn main() {
    // As small as the stack of a thread of tokio.
    let small = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        a_chosen_type_holds_what_the_plain_one_does_not();
        a_deep_value_is_read_or_refused_and_the_stack_is_enough();
        alternatives_that_hold_each_other_are_told_apart_in_time();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::with_transport(Direct::new(ReqwestClient::new().unwrap()));
        runtime.block_on(async {
            what_a_type_cannot_hold_is_undecodable(&client).await;
            a_hundred_thousand_levels_are_an_error(&client).await;
        });
    });
    small.unwrap().join().unwrap();
    println!("all of it");
}
