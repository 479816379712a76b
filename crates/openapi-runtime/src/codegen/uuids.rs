//! UUIDs in JSON ([RFC 9562, 4]).
//!
//! [RFC 9562, 4]: https://www.rfc-editor.org/rfc/rfc9562#section-4

use serde_json::Value;

use super::conversion::ConversionError;
use super::json::{FromJson, ReadError};
use super::value::{Checked, Rules};

impl FromJson for ::uuid::Uuid {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        // The parser takes it without hyphens, in braces and as a URN too.
        match text.len() {
            36 => Self::try_parse(&text).ok(),
            _ => None,
        }
        .ok_or_else(|| {
            ReadError::new(
                "this string is no UUID in groups of 8, 4, 4, 4 and 12 digits; `Config::format(\"uuid\", Format::Text)` in the \
                 build script reads it",
            )
        })
    }
}

checked_from!(::uuid::Uuid);
