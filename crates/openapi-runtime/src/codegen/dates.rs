//! Dates and times in JSON: an instant with its offset, and a day ([RFC 3339, 5.6]).
//!
//! [RFC 3339, 5.6]: https://www.rfc-editor.org/rfc/rfc3339#section-5.6

use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::conversion::ConversionError;
use super::json::{FromJson, ReadError, deserialize, is_sent};
use super::value::{Checked, Rules};

impl FromJson for DateTime<FixedOffset> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        match instant(&text) {
            Some(instant) if is_sent() && !may_be(instant) => {
                Err(ReadError::new("this date and time has no second of 60"))
            }
            Some(instant) => Ok(instant),
            None => Err(no_instant(&text)),
        }
    }
}

/// The instant of a text of RFC 3339. Its parser takes a space between date and time too, which the RFC leaves to agreement.
fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    let separated = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
    zoned(text).filter(|_| separated)
}

/// The same, where a space may stand between date and time.
fn zoned(text: &str) -> Option<DateTime<FixedOffset>> {
    // The parser takes another minus sign than that of ASCII.
    DateTime::parse_from_rfc3339(text).ok().filter(|_| text.is_ascii())
}

/// Whether a second of 60, if it is one, ends a day in UTC: only there are leap seconds.
fn may_be(instant: DateTime<FixedOffset>) -> bool {
    let utc = instant.with_timezone(&Utc);
    utc.nanosecond() < 1_000_000_000 || (utc.hour(), utc.minute()) == (23, 59)
}

/// The error for a text that is no date and time: what is wrong with it, and how it can be read nevertheless.
fn no_instant(text: &str) -> ReadError {
    let (what, knob) = match () {
        () if text.is_empty() => ("is empty", "Text"),
        () if unzoned(text).is_some() => ("has no offset", "AssumeUtc"),
        () if zoned(text).is_some() => ("has a space and no `T`", "AssumeUtc"),
        () => ("is not one of RFC 3339", "Text"),
    };
    ReadError::new(format!(
        "this date and time {what}; `Config::format(\"date-time\", Format::{knob})` in the build script reads it"
    ))
}

/// The date and time of a text that has no offset.
fn unzoned(text: &str) -> Option<NaiveDateTime> {
    // With an offset it would be of RFC 3339.
    zoned(&format!("{text}Z")).map(|at| at.naive_utc())
}

impl FromJson for NaiveDate {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        let text = String::from_json(value)?;
        // The parser takes `2024-1-2` too, and spaces.
        let digits = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
        let day = (text.len() == 10 && text.bytes().enumerate().all(digits)).then(|| text.parse().ok()).flatten();
        day.ok_or_else(|| {
            let what = if text.is_empty() { "is empty" } else { "is not one of RFC 3339" };
            ReadError::new(format!(
                "this date {what}; `Config::format(\"date\", Format::Text)` in the build script reads it"
            ))
        })
    }
}

checked_from!(DateTime<FixedOffset>);

checked_from!(NaiveDate);

/// A date and time as it is written: what `Format::Wide` and `x-rust-format: wide` make of `date-time`. Whatever text comes is
/// kept as it is, so that it goes back unchanged.
///
/// ```
/// use openapi_runtime::DateTimeText;
///
/// let read: DateTimeText = serde_json::from_str("\"2024-02-30\"")?;
/// assert_eq!((read.as_str(), read.date_time()), ("2024-02-30", None));
/// let read: DateTimeText = serde_json::from_str("\"2016-12-31t23:59:60.1234567890123z\"")?;
/// assert_eq!(read.date_time().map(|at| at.timestamp()), Some(1_483_228_799));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTimeText(String);

impl DateTimeText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant, to the nanosecond; `None` if the text is not a date and time of RFC 3339.
    pub fn date_time(&self) -> Option<DateTime<FixedOffset>> {
        instant(&self.0)
    }
}

impl fmt::Display for DateTimeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for DateTimeText {
    fn from(at: DateTime<Z>) -> Self {
        Self(written(&at.fixed_offset()))
    }
}

impl From<String> for DateTimeText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for DateTimeText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for DateTimeText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl Serialize for DateTimeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromJson for DateTimeText {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        String::from_json(value).map(Self)
    }
}

impl<'de> Deserialize<'de> for DateTimeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

checked_from!(DateTimeText);

/// A date and time that is in UTC where its text has no offset: what `Format::AssumeUtc` and `x-rust-format: assume-utc` make of
/// `date-time`. A space may stand between date and time. It is written with an offset, and derefs to the instant.
///
/// ```
/// use openapi_runtime::AssumedUtc;
///
/// let read: AssumedUtc = serde_json::from_str("\"2024-05-17 13:45:00\"")?;
/// assert_eq!((read.timestamp(), read.offset().local_minus_utc()), (1_715_953_500, 0));
/// assert_eq!(serde_json::to_string(&read)?, "\"2024-05-17T13:45:00Z\"");
/// let read: AssumedUtc = serde_json::from_str("\"2024-05-17T13:45:00+02:00\"")?;
/// assert_eq!(read.offset().local_minus_utc(), 7200);
/// assert!(serde_json::from_str::<AssumedUtc>("\"\"").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssumedUtc(pub DateTime<FixedOffset>);

impl Deref for AssumedUtc {
    type Target = DateTime<FixedOffset>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Display for AssumedUtc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.0))
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for AssumedUtc {
    fn from(at: DateTime<Z>) -> Self {
        Self(at.fixed_offset())
    }
}

impl FromStr for AssumedUtc {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        let read = zoned(text).or_else(|| Some(unzoned(text)?.and_utc().fixed_offset()));
        read.map(Self).ok_or_else(|| no_instant(text))
    }
}

impl Serialize for AssumedUtc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl FromJson for AssumedUtc {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        String::from_json(value)?.parse()
    }
}

impl<'de> Deserialize<'de> for AssumedUtc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

checked_from!(AssumedUtc);

/// An instant as JSON has it.
fn written(at: &DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type At = DateTime<FixedOffset>;

    #[test]
    fn all_of_rfc_3339_is_read_and_the_instant_goes_back() {
        let read = [
            ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),
            ("1996-12-19T16:39:57-08:00", "1996-12-19T16:39:57-08:00"),
            ("1990-12-31T23:59:60Z", "1990-12-31T23:59:60Z"),
            ("1990-12-31T15:59:60-08:00", "1990-12-31T15:59:60-08:00"),
            ("1990-12-31T23:59:60.5z", "1990-12-31T23:59:60.500Z"),
            ("1937-01-01t12:00:27.87+00:20", "1937-01-01T12:00:27.870+00:20"),
            ("2024-05-17t13:45:00z", "2024-05-17T13:45:00Z"),
            ("2024-05-17T13:45:00.123456789Z", "2024-05-17T13:45:00.123456789Z"),
            ("2024-05-17T13:45:00.1234567890123456789012Z", "2024-05-17T13:45:00.123456789Z"),
            ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00+23:59"),
            ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
            ("2024-05-17T13:45:00-00:00", "2024-05-17T13:45:00Z"),
        ];
        for (text, back) in read {
            let at = At::from_json(json!(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(serde_json::to_value(at).expect("it is written"), json!(back), "{text}");
        }
    }

    #[test]
    fn no_offset_is_invented_and_the_error_names_what_reads_it() {
        for (text, what, knob) in [
            ("2024-05-17T13:45:00", "has no offset", "AssumeUtc"),
            ("2024-05-17 13:45:00", "has no offset", "AssumeUtc"),
            ("2024-05-17T13:45:00.25", "has no offset", "AssumeUtc"),
            ("2024-05-17 13:45:00Z", "has a space and no `T`", "AssumeUtc"),
            ("", "is empty", "Text"),
            ("2024-05-17", "is not one of RFC 3339", "Text"),
            ("2024-02-30T00:00:00Z", "is not one of RFC 3339", "Text"),
            ("2024-05-17T13:45:61Z", "is not one of RFC 3339", "Text"),
            ("2024-05-17T24:00:00Z", "is not one of RFC 3339", "Text"),
            ("2024-05-17T13:45:00+24:00", "is not one of RFC 3339", "Text"),
            ("2024-05-17T13:45:00.Z", "is not one of RFC 3339", "Text"),
            ("2024-05-17T13:45:00\u{2212}01:00", "is not one of RFC 3339", "Text"),
            ("🙂🙂🙂🙂", "is not one of RFC 3339", "Text"),
        ] {
            let error = At::from_json(json!(text)).expect_err(text).to_string();
            let knob = format!("`Config::format(\"date-time\", Format::{knob})`");
            assert!(error.contains(what) && error.contains(&knob), "{text}: {error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
            // What reads it does.
            assert_eq!(text.parse::<AssumedUtc>().is_ok(), knob.contains("AssumeUtc"), "{text}");
            assert_eq!(DateTimeText::from_json(json!(text)).expect("any text").as_str(), text);
        }
    }

    #[test]
    fn a_day_is_ten_characters() {
        assert!(NaiveDate::from_json(json!("2024-02-29")).is_ok());
        for text in ["", "2024-2-29", "2024-02- 1", "+024-02-01", "2023-02-29", "0000-00-00", "2024-02-29T"] {
            let error = NaiveDate::from_json(json!(text)).expect_err(text).to_string();
            assert!(error.contains("`Config::format(\"date\", Format::Text)`"), "{error}");
        }
    }
}
