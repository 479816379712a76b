//! Values of known types, as texts of the wire.

use serde_json::json;

use super::*;

fn written<A: WriteAs<T>, T>(value: &T) -> Value {
    serde_json::to_value(written_as::<A, T>(value)).expect("it is written")
}

/// What is written of what is read.
fn back<A: ReadAs<T> + WriteAs<T>, T>(value: Value) -> Result<Value, String> {
    A::read_as(value).map(|read| written::<A, T>(&read)).map_err(|error| error.to_string())
}

#[test]
fn a_way_of_parts_is_one_of_the_whole() {
    type Ways = (Vec<BySerde>, BTreeMap<String, Option<BySerde>>, Generated);
    type Whole = (Vec<u8>, BTreeMap<String, Option<char>>, String);
    let value = json!([[1, 2], {"a": "x", "b": null}, "text"]);
    assert_eq!(back::<Ways, Whole>(value.clone()), Ok(value));
    let wrong = |value: Value| back::<Ways, Whole>(value).expect_err("it does not fit");
    assert!(wrong(json!([[1, 256], {}, ""])).starts_with("at `/0/1`: "));
    assert!(wrong(json!([[], {"a/b": "xy"}, ""])).starts_with("at `/1/a~1b`: "));
    assert_eq!(wrong(json!([[], {}])), "expected 3 items, found 2");
    let boxed: Box<u8> = read_as::<Box<BySerde>, _>(json!(7)).expect("it is one");
    assert_eq!(written::<Box<BySerde>, Box<u8>>(&boxed), json!(7));
}

#[test]
fn a_header_is_a_text_or_else_a_number() {
    let mut headers = HeaderMap::new();
    for (name, value) in [("text", " 7 "), ("word", "true"), ("list", "[1]")] {
        headers.insert(name, http::HeaderValue::from_static(value));
    }
    assert_eq!(header_as::<BySerde, String>(&headers, "text").as_deref(), Some("7"));
    assert_eq!(header_as::<BySerde, u8>(&headers, "text"), Some(7));
    assert_eq!(header_as::<BySerde, bool>(&headers, "word"), Some(true));
    assert_eq!(header_as::<BySerde, Vec<u8>>(&headers, "list"), None);
    let said = |name| required_header_as::<BySerde, u8>(&headers, name).map_err(|error| error.to_string());
    assert_eq!(said("text"), Ok(7));
    assert_eq!(said("word"), Err("the header `word` is not what the definition says".to_owned()));
    assert_eq!(said("none"), Err("the header `none` is absent".to_owned()));
}

#[cfg(feature = "time")]
#[test]
fn dates_of_time_are_those_of_rfc_3339() {
    use time::{Date, OffsetDateTime};

    let date_time = |text: &str| back::<AsTime, OffsetDateTime>(json!(text));
    for text in ["2024-05-17T13:45:00.25+02:00", "2024-02-29T23:59:59Z", "0000-01-01T00:00:00Z"] {
        assert_eq!(date_time(text), Ok(json!(text)));
    }
    for text in ["2024-05-17 13:45:00Z", "2024-05-17T13:45:00", "2023-02-29T00:00:00Z", "2024-05-17T13:45:00.Z", ""] {
        assert!(date_time(text).is_err(), "{text}");
    }
    let leap = AsTime::read_as(json!("2016-12-31T23:59:60Z")).map(|it: OffsetDateTime| it).expect_err("a leap second");
    assert!(leap.is_beyond(), "{leap}");
    let date = |text: &str| back::<AsTime, Date>(json!(text));
    assert_eq!(date("2024-02-29"), Ok(json!("2024-02-29")));
    for text in ["2023-02-29", "2024-2-29", "2024-060", "2024-13-01", "+024-01-01"] {
        assert_eq!(date(text), Err("this date is not one of RFC 3339".to_owned()), "{text}");
    }
    let early = Date::from_calendar_date(-1, time::Month::May, 1).expect("a date");
    assert!(serde_json::to_value(written_as::<AsTime, Date>(&early)).is_err());
}

#[cfg(feature = "jiff")]
#[test]
fn a_timestamp_of_jiff_is_in_utc() {
    use jiff::Timestamp;

    let timestamp = |text: &str| back::<AsTimestamp, Timestamp>(json!(text));
    assert_eq!(timestamp("2024-05-17T13:45:00.25+02:00"), Ok(json!("2024-05-17T11:45:00.25Z")));
    for text in ["2024-05-17 13:45:00Z", "2024-05-17T13:45Z", "20240517T134500Z", "2024-05-17T13:45:00Z[UTC]"] {
        assert_eq!(timestamp(text), Err("this date and time is not one of RFC 3339".to_owned()), "{text}");
    }
    assert!(serde_json::to_value(written_as::<AsTimestamp, Timestamp>(&Timestamp::MIN)).is_err());
}

#[cfg(feature = "rust_decimal")]
#[test]
fn a_decimal_keeps_its_digits_and_is_a_text() {
    use rust_decimal::Decimal;

    let decimal = |value: Value| back::<AsDecimal, Decimal>(value);
    for text in ["1.10", "-0.000000000000000000000000001", "79228162514264337593543950335"] {
        assert_eq!(decimal(json!(text)), Ok(json!(text)));
    }
    let not_held = "this number has more digits than `rust_decimal::Decimal` can hold";
    for (value, message) in [
        (json!("0.00000000000000000000000000001"), not_held),
        (json!("79228162514264337593543950336"), not_held),
        (json!("1_000"), "this is not a decimal number"),
        (json!(""), "this is not a decimal number"),
        (json!("ten"), "this is not a decimal number"),
        (json!(1.1), "expected a decimal number as a string, found a JSON value of the type number"),
    ] {
        assert_eq!(decimal(value), Err(message.to_owned()));
    }
}

#[test]
fn an_error_of_serde_does_not_repeat_the_value() {
    let said = |value: Value| <BySerde as ReadAs<u8>>::read_as(value).map_err(|error| error.to_string());
    assert_eq!(said(json!("sk_live, expected \"x\"")), Err("invalid type: string …, expected u8".to_owned()));
    assert_eq!(said(json!(300)), Err("invalid value: integer …, expected u8".to_owned()));
}

#[test]
fn a_comma_within_quotes_ends_no_member_of_a_header() {
    let mut headers = HeaderMap::new();
    headers.append("x-names", r#""a,b", "c\",d" , ,e"#.parse().expect("a header"));
    headers.append("x-names", "f".parse().expect("a header"));
    let items = header_items_as::<BySerde, String>(&headers, "x-names");
    assert_eq!(items, Some([r#""a,b""#, r#""c\",d""#, "e", "f"].map(str::to_owned).to_vec()));
}
