//! Days, and the texts that definitions and teams write them as.

use std::fmt;
use std::str::FromStr;
use std::time::UNIX_EPOCH;

/// A day of the Gregorian calendar.
///
/// ```
/// use openapi_build::track::Date;
///
/// let day: Date = "2026-06-30".parse()?;
/// assert!(day < "2026-07-01".parse()?);
/// assert_eq!(day.to_string(), "2026-06-30");
/// # Ok::<(), openapi_build::track::NotADate>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// A text that is not a date, or a date that the calendar does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date is written as YYYY-MM-DD, and the calendar has it")
    }
}

impl std::error::Error for NotADate {}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return Err(NotADate) };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return Err(NotADate);
        }
        Self::new(number(year)?, number(month)?, number(day)?).ok_or(NotADate)
    }
}

impl Date {
    /// The day, if the calendar has it.
    pub(crate) fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// The day, in UTC, of the moment that is `seconds` after the start of 1970.
    ///
    /// ```
    /// assert_eq!(openapi_build::track::Date::from_unix_time(1_795_392_000).to_string(), "2026-11-23");
    /// ```
    pub fn from_unix_time(seconds: u64) -> Self {
        // Counted from 1 March of the year 0, so that a leap day is the last day of its year; 400 years have 146,097 days.
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }

    /// The day, in UTC, that a definition states: as a date, as a date-time of RFC 3339, or as HTTP writes it in `Sunset`
    /// (`Tue, 30 Jun 2026 23:59:59 GMT`).
    pub(crate) fn stated(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.ends_with(" GMT") {
            let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            return Some(Self::from_unix_time(since.as_secs()));
        }
        let (date, time) = match text.get(10..11) {
            Some("T" | "t" | " ") => (text.get(..10)?, text.get(11..)?),
            _ => return text.parse().ok(),
        };
        let date: Self = date.parse().ok()?;
        let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
            Some(index) => time.split_at(index),
            None => (time, "Z"),
        };
        let minutes = minutes(time.get(..5)?)?;
        if !time[5..].chars().all(|c| matches!(c, ':' | '.' | '0'..='9')) {
            return None;
        }
        let offset = match offset.split_at_checked(1)? {
            ("Z" | "z", "") => 0,
            ("+", offset) => self::minutes(offset)?,
            ("-", offset) => -self::minutes(offset)?,
            _ => return None,
        };
        match minutes - offset {
            ..0 => date.before(),
            0..1440 => Some(date),
            _ => date.after(),
        }
    }

    fn before(self) -> Option<Self> {
        let of_month = |month| (28..=31).rev().find_map(|day| Self::new(self.year, month, day));
        match (self.month, self.day) {
            (1, 1) => Self::new(self.year.checked_sub(1)?, 12, 31),
            (month, 1) => of_month(month - 1),
            (month, day) => Self::new(self.year, month, day - 1),
        }
    }

    fn after(self) -> Option<Self> {
        Self::new(self.year, self.month, self.day + 1)
            .or_else(|| Self::new(self.year, self.month + 1, 1))
            .or_else(|| Self::new(self.year.checked_add(1)?, 1, 1))
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, NotADate> {
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().map_err(|_| NotADate),
        false => Err(NotADate),
    }
}

/// The minutes of `23:59`.
fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i32, i32) = (number(hours).ok()?, number(minutes).ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Date::from_unix_time(days * 86_400 + 86_399).to_string(), date);
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for text in ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01"] {
            assert_eq!(text.parse::<Date>().map(|date| date.to_string()).as_deref(), Ok(text));
        }
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-06-31",
            "2026-6-30",
            "+026-06-30",
            "soon",
            "",
            "2026-06-30 ",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text:?}");
        }
    }

    #[test]
    fn what_a_definition_states_is_a_day_in_utc() {
        for (text, expected) in [
            ("2026-06-30", Some("2026-06-30")),
            (" 2026-06-30 ", Some("2026-06-30")),
            ("2026-06-30T23:59:59Z", Some("2026-06-30")),
            ("2026-06-30t23:59:59.25z", Some("2026-06-30")),
            ("2026-06-30 23:59", Some("2026-06-30")),
            ("2026-07-01T01:00:00+02:00", Some("2026-06-30")),
            ("2026-12-31T23:00:00-05:00", Some("2027-01-01")),
            ("2024-03-01T00:30:00+01:00", Some("2024-02-29")),
            ("Tue, 30 Jun 2026 23:59:59 GMT", Some("2026-06-30")),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some("1994-11-06")),
            ("Tue, 31 Jun 2026 23:59:59 GMT", None),
            ("Mon, 30 Jun 2026 23:59:59 GMT", None),
            ("Tue, 30 Jun 26 23:59:59 GMT", None),
            ("Tue, 30 Jun 2026 25:59:59 GMT", None),
            ("x 30 Jun 2026 junk GMT", None),
            ("2026-06-30T23:59:59+2", None),
            ("2026-06-30T23:5é:59Z", None),
            ("2026-06-3éT23:59:59Z", None),
            ("2026-06-30T", None),
            ("soon", None),
            ("", None),
            (" GMT", None),
        ] {
            assert_eq!(Date::stated(text).map(|date| date.to_string()).as_deref(), expected, "{text:?}");
        }
    }
}
