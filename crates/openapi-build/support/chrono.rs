//! Dates and times in JSON: an instant with its offset, and a day ([RFC 3339, 5.6]).
//!
//! [RFC 3339, 5.6]: https://www.rfc-editor.org/rfc/rfc3339#section-5.6

use serde_json::Value;

use super::{FromJson, ReadError};

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

impl super::Limited for ::chrono::DateTime<::chrono::FixedOffset> {
    fn keeps(&self, limits: &super::Limits, matches: fn(&str) -> bool) -> Result<(), String> {
        super::value::written_keeps(self, limits, matches)
    }
}

impl<R: super::Rules<Value = ::chrono::DateTime<::chrono::FixedOffset>>> TryFrom<::chrono::DateTime<::chrono::FixedOffset>> for super::Checked<R> {
    type Error = super::ConversionError;

    fn try_from(value: ::chrono::DateTime<::chrono::FixedOffset>) -> Result<Self, super::ConversionError> {
        Self::new(value)
    }
}

impl super::Limited for ::chrono::NaiveDate {
    fn keeps(&self, limits: &super::Limits, matches: fn(&str) -> bool) -> Result<(), String> {
        super::value::written_keeps(self, limits, matches)
    }
}

impl<R: super::Rules<Value = ::chrono::NaiveDate>> TryFrom<::chrono::NaiveDate> for super::Checked<R> {
    type Error = super::ConversionError;

    fn try_from(value: ::chrono::NaiveDate) -> Result<Self, super::ConversionError> {
        Self::new(value)
    }
}
