//! Dates and times in JSON: an instant with its offset, and a day ([RFC 3339, 5.6]).
//!
//! [RFC 3339, 5.6]: https://www.rfc-editor.org/rfc/rfc3339#section-5.6

use serde_json::Value;

use super::conversion::ConversionError;
use super::json::{FromJson, ReadError};
use super::value::{Checked, Rules};

impl FromJson for ::chrono::DateTime<::chrono::FixedOffset> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        // The parser takes a space between date and time too, which this profile of ISO 8601 leaves to agreement.
        match text.as_bytes().get(10) {
            Some(b'T' | b't') => {
                Self::parse_from_rfc3339(&text).map_err(|error| ReadError::new(format!("is no date and time: {error}")))
            }
            _ => Err(ReadError::new("is no date and time of RFC 3339")),
        }
    }
}

impl FromJson for ::chrono::NaiveDate {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        // The parser takes `2024-1-2` too.
        match text.len() {
            10 => text.parse().map_err(|error| ReadError::new(format!("is no date: {error}"))),
            _ => Err(ReadError::new("is no date of RFC 3339")),
        }
    }
}

checked_from!(::chrono::DateTime<::chrono::FixedOffset>);

checked_from!(::chrono::NaiveDate);
