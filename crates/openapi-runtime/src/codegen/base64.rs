//! Bytes that JSON writes in base64.

use std::fmt;
use std::ops::Deref;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::conversion::ConversionError;
use super::json::{FromJson, ReadError, deserialize};
use super::value::{Checked, Rules};

/// Bytes, in base64 on the wire (OpenAPI 3.0.3, Data Types, `byte`; [RFC 4648, 4]).
///
/// [RFC 4648, 4]: https://www.rfc-editor.org/rfc/rfc4648#section-4
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Base64(pub Vec<u8>);

impl Deref for Base64 {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_owned())
    }
}

/// Shows how many bytes there are: they may be a secret.
impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Engine::encode(&STANDARD, &self.0))
    }
}

impl FromJson for Base64 {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        Engine::decode(&STANDARD, text).map(Self).map_err(|_| {
            ReadError::new(
                "this string is not in base64 with padding; `Config::format(\"byte\", Format::Text)` in the build script reads it",
            )
        })
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

checked_from!(Base64);
