//! UUIDs in JSON.

use serde_json::Value;

use super::{FromJson, ReadError};

impl FromJson for ::uuid::Uuid {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        super::json::by_serde(value)
    }
}
