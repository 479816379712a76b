//! Reading and writing values of generated types, as a client does.
#![allow(dead_code, reason = "each test uses some of it")]

use openapi_runtime::codegen::read;
use serde::Serialize;
use serde_json::Value;

/// A value of a type that is sent, read as strictly as it is made.
pub(crate) fn sent<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_str(&value.to_string()).map_err(|error: serde_json::Error| error.to_string())
}

/// A value of a type that is received, read as a client reads it.
pub(crate) fn received<T: openapi_runtime::FromJson>(value: Value) -> T {
    read(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

/// What a value is in JSON.
pub(crate) fn written(value: &impl Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(value).expect("it can be written")).expect("JSON")
}

/// The JSON comes back as it was.
pub(crate) fn comes_back<T: openapi_runtime::FromJson + Serialize>(value: Value) {
    assert_eq!(written(&received::<T>(value.clone())), value);
}
