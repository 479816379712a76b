//! Null and alternatives through compiled, generated types: read, made and written.

use exactness::types::*;
use openapi_runtime::codegen::read;
use serde::Serialize;
use serde_json::{Value, json};

/// A value of a type that is sent, read as strictly as it is made.
fn sent<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_str(&value.to_string()).map_err(|error: serde_json::Error| error.to_string())
}

/// A value of a type that is received, read as a client reads it.
fn received<T: openapi_runtime::FromJson>(value: Value) -> T {
    read(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn written(value: &impl Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(value).expect("it can be written")).expect("JSON")
}

/// The JSON comes back as it was.
fn comes_back<T: openapi_runtime::FromJson + Serialize>(value: Value) {
    assert_eq!(written(&received::<T>(value.clone())), value);
}

#[test]
fn null_is_a_value_wherever_nullable_stands() {
    let none = json!({"owner": null, "next": null, "order": null, "either": null, "former": null, "held": {"a": null}});
    comes_back::<Ticket>(none.clone());
    assert_eq!(written(&sent::<TicketRequest>(none.clone()).expect("null is a value")), none);
    let made = TicketRequest::new(TicketRequestRequired { owner: None, next: None }).order_null().either_null();
    assert_eq!(written(&made), json!({"owner": null, "next": null, "order": null, "either": null}));
    assert!(sent::<TicketRequest>(json!({"owner": null, "next": null, "order": "up"})).is_err());
}

#[test]
fn a_list_that_holds_its_like_ends_with_null() {
    let inner = TicketRequest::new(TicketRequestRequired { owner: None, next: None });
    let outer = TicketRequest::new(TicketRequestRequired { owner: None, next: Some(Box::new(inner)) });
    let json = json!({"owner": null, "next": {"owner": null, "next": null}});
    assert_eq!(written(&outer.clone()), json);
    comes_back::<Ticket>(json);
    assert!(sent::<TicketRequest>(json!({"owner": null, "next": {}})).is_err());
}
