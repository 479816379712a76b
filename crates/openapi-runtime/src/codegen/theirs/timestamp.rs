//! Instants of the crate `jiff`, in RFC 3339.

use jiff::Timestamp;
use serde::Serializer;
use serde::ser::Error;
use serde_json::Value;

use super::{ReadAs, WriteAs, rfc3339, unread};
use crate::codegen::json::{Read, Written};

/// `jiff::Timestamp`, in RFC 3339. The offset is lost: what is written is in UTC.
#[derive(Debug)]
pub enum AsTimestamp {}

impl ReadAs<Timestamp> for AsTimestamp {
    fn read_as(value: Value) -> Read<Timestamp> {
        rfc3339::date_time(value, "jiff::Timestamp")?.parse().map_err(unread)
    }
}

impl WriteAs<Timestamp> for AsTimestamp {
    fn write_as<S: Serializer>(value: &Timestamp, serializer: S) -> Written<S> {
        let text = value.to_string();
        // Years before the first have a sign.
        if text.starts_with('-') {
            return Err(Error::custom(format!("RFC 3339 has no date and time {text}")));
        }
        serializer.serialize_str(&text)
    }
}
