//! Dates and times of the crate `time`, in RFC 3339.

use serde::Serializer;
use serde::ser::Error;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

use super::{ReadAs, WriteAs, rfc3339, unread};
use crate::codegen::json::{FromJson, Read, ReadError, Written};

/// `time::OffsetDateTime` and `time::Date`, in RFC 3339.
#[derive(Debug)]
pub enum AsTime {}

impl ReadAs<OffsetDateTime> for AsTime {
    fn read_as(value: Value) -> Read<OffsetDateTime> {
        let text = rfc3339::date_time(value, "time::OffsetDateTime")?;
        OffsetDateTime::parse(&text, &Rfc3339).map_err(unread)
    }
}

impl WriteAs<OffsetDateTime> for AsTime {
    fn write_as<S: Serializer>(value: &OffsetDateTime, serializer: S) -> Written<S> {
        serializer.serialize_str(&value.format(&Rfc3339).map_err(Error::custom)?)
    }
}

impl ReadAs<Date> for AsTime {
    fn read_as(value: Value) -> Read<Date> {
        let text = String::from_json(value)?;
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
        let date = rfc3339::is_date(text.as_bytes()).then(|| {
            let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
            let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
            Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
        });
        date.flatten().ok_or_else(|| ReadError::new("this date is not one of RFC 3339"))
    }
}

impl WriteAs<Date> for AsTime {
    fn write_as<S: Serializer>(value: &Date, serializer: S) -> Written<S> {
        let (year, month, day) = value.to_calendar_date();
        if !(0..=9999).contains(&year) {
            return Err(Error::custom(format!("RFC 3339 has no year {year}")));
        }
        serializer.collect_str(&format_args!("{year:04}-{:02}-{day:02}", u8::from(month)))
    }
}
