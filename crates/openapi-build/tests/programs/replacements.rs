//! The bytes that the client of `replacements.yaml` sends for types of the user's own, and what it reads.
#![allow(missing_docs)]

include!("client.rs");

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use openapi_runtime::{BoxFuture, Failure, Reply, Request, http, rust_decimal::Decimal, time};
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// An amount in cents, on the wire `{"currency": "EUR", "amount": "1.50"}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Money(u64);

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Money", 2)?;
        members.serialize_field("currency", "EUR")?;
        members.serialize_field("amount", &format!("{}.{:02}", self.0 / 100, self.0 % 100))?;
        members.end()
    }
}

impl<'de> serde::Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
        let cents = members.get("amount").and_then(|text| text.replace('.', "").parse().ok());
        cents.map(Self).ok_or_else(|| serde::de::Error::custom("this is no money"))
    }
}

use serde::ser::SerializeStruct;

/// Durations in seconds: the module of `#[serde(with)]`.
pub mod seconds {
    use std::time::Duration;

    pub fn serialize<S: serde::Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.as_secs())
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        <u64 as serde::Deserialize>::deserialize(deserializer).map(Duration::from_secs)
    }
}

/// Answers as a test says, and keeps what is sent.
#[derive(Clone)]
struct Server {
    answer: (u16, &'static [(&'static str, &'static str)], &'static str),
    sent: Arc<Mutex<Vec<String>>>,
}

impl Transport for Server {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
        let body = String::from_utf8(request.body.as_bytes().unwrap_or_default().to_vec()).unwrap();
        let headers = [header("x-price"), header("x-span"), header("cookie")].join(" | ");
        let headers = match request.headers.get("x-prices") {
            Some(prices) => format!("{headers} | {}", prices.to_str().unwrap()),
            None => headers,
        };
        self.sent.lock().unwrap().extend([format!("{}?{}", request.path, request.query), headers, body]);
        let (status, fields, body) = self.answer;
        let mut headers = http::HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        let status = http::StatusCode::from_u16(status).unwrap();
        Box::pin(std::future::ready(Ok(Reply::new(status, headers, body.as_bytes().to_vec()))))
    }
}

fn client(status: u16, headers: &'static [(&'static str, &'static str)], body: &'static str) -> (Client, Server) {
    let server = Server { answer: (status, headers, body), sent: Arc::default() };
    (Client::with_transport(server.clone()), server)
}

/// What a future gives that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn at(hour: u8) -> OffsetDateTime {
    let day = Date::from_calendar_date(2024, Month::May, 17).unwrap();
    day.with_hms(hour, 45, 0).unwrap().assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap())
}

const ORDER: &str = r#"{"price":{"currency":"EUR","amount":"1.50"},"tip":null,"alias":{"currency":"EUR","amount":"0.01"},"at":"2024-05-17T13:45:00+02:00","day":"2024-05-17","rate":"1.10","span":7,"spans":[1,1],"by":{"a":2},"more":3,"either":4,"tagged":{"kind":"Cash","coins":3},"richer":{"currency":"USD","amount":"1","note":"n"},"color":"red","extra":5}"#;

fn order() -> types::OrderRequest {
    let (price, span) = (Money(150), Duration::from_secs(7));
    let order = types::OrderRequest::new(types::OrderRequestRequired { price, at: at(13), span });
    let spans = [1, 1].map(Duration::from_secs).to_vec();
    let order = order.tip_null().alias(Money(1)).day(at(13).date()).rate(Decimal::new(110, 2)).spans(spans);
    let order = order.by([("a".to_owned(), Duration::from_secs(2))]).more(Duration::from_secs(3));
    let mut order = order.either(Duration::from_secs(4)).color(Color("red".into())).tagged(Cash { coins: 3 });
    order.additional_properties.insert("extra".into(), Duration::from_secs(5));
    order
}

/// A place's own type, whose modules are those of serde's own `String`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Color(String);

/// What a reader is given of a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Digits(String);

/// Reads it whatever it is.
pub mod digits {
    use super::Digits;

    struct Any;

    impl serde::de::Visitor<'_> for Any {
        type Value = Digits;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a number or a text")
        }

        fn visit_u64<E>(self, value: u64) -> Result<Digits, E> {
            Ok(Digits(format!("u64 {value}")))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Digits, E> {
            Ok(Digits(format!("i64 {value}")))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Digits, E> {
            Ok(Digits(format!("f64 {value}")))
        }

        fn visit_str<E>(self, value: &str) -> Result<Digits, E> {
            Ok(Digits(format!("text {value}")))
        }
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Digits, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

/// A text, however much it looks like JSON.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Amount(String);

/// One that lacks the tag, which the union writes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cash {
    coins: u8,
}

fn the_bytes_are_those_of_the_types() {
    let headers: &[_] = &[("x-at", "2024-05-17T13:45:00+02:00"), ("x-span", "9"), ("x-rate", "1.10")];
    let (client, server) = client(200, headers, ORDER);
    let richer = types::OrderRicherRequest::new(types::OrderRicherRequestRequired { currency: types::CurrencyRequest::Usd, amount: "1".parse().unwrap() });
    let sent = order().richer(richer.note("n"));
    let call = client.add_order(Money(150), at(13).date(), Decimal::new(110, 2), sent);
    let call = call.since(at(13)).prices(&[Money(150), Money(2), Money(3)]).spans(&[1, 2].map(Duration::from_secs));
    let answer = now(call.x_price(Money(5)).x_span(Duration::from_secs(6)).until(at(14)).send()).unwrap();
    let sent = server.sent.lock().unwrap();
    assert_eq!(
        sent[0],
        "/orders/currency,EUR,amount,1.50/2024-05-17/1.10?since=2024-05-17T13%3A45%3A00%2B02%3A00\
         &prices=%7B%22currency%22%3A%22EUR%22%2C%22amount%22%3A%221.50%22%7D,%7B%22currency%22%3A%22EUR%22%2C%22amount%22%3A%220.02%22%7D,%7B%22currency%22%3A%22EUR%22%2C%22amount%22%3A%220.03%22%7D\
         &spans=1&spans=2"
    );
    assert_eq!(sent[1], "currency,EUR,amount,0.05 | 6 | until=2024-05-17T14%3A45%3A00%2B02%3A00");
    assert_eq!(sent[2], ORDER);
    let headers = answer.headers().as_ref().unwrap();
    assert_eq!((headers.x_at, headers.x_span, headers.x_rate), (at(13), Some(Duration::from_secs(9)), Some(Decimal::new(110, 2))));
    let read = answer.into_body();
    assert_eq!((read.price, read.tip, read.alias), (Money(150), Some(None), Some(Money(1))));
    assert_eq!((read.at, read.day, read.rate), (at(13), Some(at(13).date()), Some(Decimal::new(110, 2))));
    assert_eq!((read.span, read.spans), (Duration::from_secs(7), Some([1, 1].map(Duration::from_secs).to_vec())));
    assert_eq!(read.more, Some(Some(Duration::from_secs(3))));
    assert!(matches!(read.either, Some(types::Either::Duration(span)) if span.as_secs() == 4), "{:?}", read.either);
    assert!(matches!(read.tagged, Some(types::Tagged::Cash(Cash { coins: 3 }))), "{:?}", read.tagged);
    assert_eq!(read.additional_properties["extra"], Duration::from_secs(5));
    assert_eq!(read.richer.unwrap().note.as_deref(), Some("n"));
}

fn a_body_may_be_one_by_itself() {
    let (client_of_list, server) = client(200, &[], "[1,2]");
    let spans = vec![Some(Duration::from_secs(1)), None];
    let read = now(client_of_list.put_spans(spans).send()).unwrap().into_body();
    assert_eq!(read, [1, 2].map(Duration::from_secs));
    assert_eq!(server.sent.lock().unwrap()[2], "[1,null]");

    let (failing, _) = client(500, &[], "30");
    let error = now(failing.put_spans(Vec::new()).send()).unwrap_err();
    assert!(matches!(error.documented(), Some(errors::PutSpansError::Default { body, .. }) if body.as_secs() == 30));
    let (failing, _) = client(402, &[], r#"{"currency": "EUR", "amount": "9.00"}"#);
    let error = now(failing.add_order(Money(1), at(1).date(), Decimal::ONE, order()).send()).unwrap_err();
    assert!(matches!(error.documented(), Some(errors::AddOrderError::PaymentRequired { body: Money(900), .. })), "{error}");

    let (client_of_lines, _) = client(200, &[("content-type", "application/jsonl")], "1\n2\n");
    let mut lines = now(client_of_lines.list_lines().send_items()).unwrap().into_body();
    assert_eq!(now(lines.next()).unwrap().unwrap(), Duration::from_secs(1));
    assert_eq!(now(lines.try_next()).unwrap(), Some(Duration::from_secs(2)));

    let (client_of_form, server) = client(204, &[], "");
    let form = types::Form::new().price(Decimal::new(110, 2)).span(Duration::from_secs(1)).at(at(13));
    now(client_of_form.post_form(form).send()).unwrap();
    assert_eq!(server.sent.lock().unwrap()[2], "price=1.10&span=1&at=2024-05-17T13%3A45%3A00%2B02%3A00");
}

fn amount(text: &str) -> Amount {
    Amount(text.to_owned())
}

fn a_text_body_and_a_list_in_a_header_are_of_the_type_too() {
    let headers: &[_] = &[
        ("content-type", "text/plain"),
        ("x-price", "7"),
        ("x-prices", "1.50, 2"),
        ("x-prices", "true,"),
        ("x-days", "2024-05-17,2024-05-18"),
        ("x-spans", "1, 2"),
    ];
    let (client_of_text, server) = client(200, headers, "1.50\n");
    let call = client_of_text.put_price(amount("\"7\"")).x_prices(&[amount("1.50"), amount("2")]);
    let answer = now(call.send()).unwrap();
    let headers = answer.headers().as_ref().unwrap();
    assert_eq!((&headers.x_price, &headers.x_prices), (&Some(amount("7")), &Some(["1.50", "2", "true"].map(amount).to_vec())));
    assert_eq!(headers.x_days, [at(13).date(), at(13).date().next_day().unwrap()]);
    assert_eq!(headers.x_spans, Some([1, 2].map(Duration::from_secs).to_vec()));
    assert_eq!(answer.into_body(), amount("1.50\n"));
    let sent = server.sent.lock().unwrap();
    assert_eq!((sent[1].as_str(), sent[2].as_str()), ("- | - | - | 1.50,2", "\"7\""));

    // A list with a member that is no date is not what the definition says.
    let (client_of_text, _) = client(200, &[("x-days", "2024-05-17, now"), ("x-spans", "1, x")], "7");
    let answer = now(client_of_text.put_price(amount("7")).send()).unwrap();
    assert_eq!(answer.headers().as_ref().unwrap_err().to_string(), "the header `x-days` is not what the definition says".replace("x-days", "X-Days"));
    let (failing, _) = client(409, &[("content-type", "text/plain")], "30");
    let error = now(failing.put_price(amount("7")).send()).unwrap_err();
    assert!(matches!(error.documented(), Some(errors::PutPriceError::Conflict { body, .. }) if body.as_secs() == 30), "{error}");
    let (failing, _) = client(409, &[("content-type", "text/plain")], "soon");
    let error = now(failing.put_price(amount("7")).send()).unwrap_err();
    assert!(error.documented().is_none() && !error.to_string().contains("soon"), "{error}");

    // JSON and text are of one type, and the answer says which of the two it is.
    for (media_type, body) in [("application/json", "\"x\""), ("text/plain", "x")] {
        let headers: &'static [_] = Box::leak(Box::new([("content-type", media_type)]));
        let (either, server) = client(200, headers, body);
        let read = now(either.post_span().body(Duration::from_secs(6)).send()).unwrap().into_body();
        assert_eq!((read, server.sent.lock().unwrap()[2].as_str()), (amount("x"), "6"));
    }
}

fn a_text_in_an_event_is_a_text() {
    let events = &[("content-type", "text/event-stream")];
    let (watched, _) = client(200, events, "data: \"1\"\n\ndata: [DONE]\n\ndata: 2\n\n");
    let mut prices = now(watched.watch_prices().send_events()).unwrap().into_body();
    for text in ["\"1\"", "[DONE]", "2"] {
        assert_eq!(now(prices.try_next()).unwrap().unwrap().data, amount(text));
    }
    assert!(now(prices.try_next()).unwrap().is_none());
    let (watched, _) = client(200, events, "data: 2024-05-17\n\ndata: end\n\ndata: 2024-05-17\n\n");
    let mut days = now(watched.watch_days().send_events()).unwrap().into_body();
    assert_eq!(now(days.try_next()).unwrap().unwrap().data, at(13).date());
    assert!(now(days.try_next()).unwrap().is_none(), "the definition says so");
    let (watched, _) = client(200, events, "data: 7\n\ndata: [DONE]\n\n");
    let mut spans = now(watched.watch_spans().send_events()).unwrap().into_body();
    assert_eq!(now(spans.try_next()).unwrap().unwrap().data, Duration::from_secs(7));
    assert!(now(spans.try_next()).unwrap().is_none());
}

fn a_number_is_as_the_reader_of_json_has_it() {
    for (digits, seen) in [
        ("18446744073709551615", "u64 18446744073709551615"),
        ("-9223372036854775808", "i64 -9223372036854775808"),
        ("18446744073709551617", "f64 18446744073709552000"),
        ("1.10", "f64 1.1"),
        ("0.1000000000000000055511151231257827", "f64 0.1"),
        ("\"1.10\"", "text 1.10"),
    ] {
        let (client_of_digits, _) = client(200, &[], Box::leak(digits.to_owned().into_boxed_str()));
        assert_eq!(now(client_of_digits.get_digits().send()).unwrap().into_body(), Digits(seen.to_owned()));
    }
}

fn what_cannot_be_read_says_where() {
    for (body, message) in [
        (r#"{"price": {}, "at": "2024-05-17T13:45:00Z", "span": 1}"#, "at `/price`: this is no money"),
        (r#"{"at": "2024-05-17T13:45:00Z", "span": 1}"#, "`price` is missing"),
        (r#"{"price": {"amount": "1"}, "at": "now", "span": 1}"#, "at `/at`: this date and time is not one of RFC 3339"),
        (r#"{"price": {"amount": "1"}, "at": "2024-05-17T13:45:00Z", "span": 1, "spans": [1, "x"]}"#, "at `/spans/1`: invalid type"),
        (r#"{"price": {"amount": "1"}, "at": "2024-05-17T13:45:00Z", "span": 1, "rate": 1.1}"#, "at `/rate`: expected a decimal number as a string"),
    ] {
        let (client, _) = client(200, &[("x-at", "x")], body);
        let error = now(client.add_order(Money(1), at(1).date(), Decimal::ONE, order()).send()).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}

fn main() {
    the_bytes_are_those_of_the_types();
    a_body_may_be_one_by_itself();
    a_text_body_and_a_list_in_a_header_are_of_the_type_too();
    a_text_in_an_event_is_a_text();
    a_number_is_as_the_reader_of_json_has_it();
    what_cannot_be_read_says_where();
    println!("all of it");
}
