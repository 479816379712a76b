//! Dates and times in JSON.

use serde_json::Value;

use super::{FromJson, ReadError};

impl FromJson for ::chrono::DateTime<::chrono::FixedOffset> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        super::json::by_serde(value)
    }
}

impl FromJson for ::chrono::NaiveDate {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        super::json::by_serde(value)
    }
}
