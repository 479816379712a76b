//! How long an acceptance holds.

use std::cmp::Ordering;
use std::fmt;

use crate::track::version::{compare, is_version};
use crate::track::{Date, Options};

/// How long an acceptance holds: through a day, or through a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// Through that day.
    Date(Date),
    /// Through that version of the definition, which is `info.version`.
    Definition(String),
    /// Through that version of the package that has the client.
    Package(String),
}

/// Before a version of the package, in a text.
const PACKAGE: &str = "crate ";

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Definition(version) => f.write_str(version),
            Self::Package(version) => write!(f, "{PACKAGE}{version}"),
        }
    }
}

/// Whether an acceptance still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It does.
    Holds,
    /// It does not: what has come.
    Over(String),
    /// It cannot be known: why.
    Unknown(String),
}

impl Until {
    /// Reads `2027-01-01`, `2.0.0` (of the definition) or `crate 2.0.0`; `None` if it is something else, such as a day that the
    /// calendar does not have.
    ///
    /// ```
    /// use openapi_build::track::judgment::Until;
    ///
    /// assert_eq!(Until::parse("2.0.0"), Some(Until::Definition("2.0.0".to_owned())));
    /// assert_eq!(Until::parse("crate 2.0.0"), Some(Until::Package("2.0.0".to_owned())));
    /// assert!(matches!(Until::parse("2027-01-01"), Some(Until::Date(_))));
    /// assert_eq!(Until::parse("later"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if is_like_a_date(text) {
            return text.parse().ok().map(Self::Date);
        }
        let (make, version): (fn(String) -> Self, &str) = match text.strip_prefix(PACKAGE) {
            Some(version) => (Self::Package, version.trim()),
            None => (Self::Definition, text),
        };
        is_version(version).then(|| make(version.to_owned()))
    }

    /// Whether it still holds for a definition of that version.
    pub(crate) fn state(&self, definition: Option<&str>, options: &Options) -> State {
        match self {
            Self::Date(date) => match options.today {
                Some(today) if today > *date => State::Over(format!("{date} is past")),
                _ => State::Holds,
            },
            Self::Definition(until) => through(until, definition, "the definition"),
            Self::Package(until) => through(until, options.package_version.as_deref(), "the package"),
        }
    }
}

/// Whether a text is meant to be a date, such as `2027-01-01`, and not a version. The calendar need not have it.
fn is_like_a_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    digits && matches!(parts.as_slice(), [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2)
}

fn through(until: &str, version: Option<&str>, of: &str) -> State {
    let Some(version) = version else { return State::Unknown(format!("{of} has no known version")) };
    match compare(version, until) {
        Some(Ordering::Greater) => State::Over(format!("{of} has version {version}")),
        Some(_) => State::Holds,
        None => State::Unknown(format!("the version of {of}, `{version}`, cannot be compared with {until}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_a_date_nor_a_version_is_refused() {
        for text in [
            "2027-02-30",
            "2027-1-1",
            "2027-13-01",
            "2027-01-01-rc",
            "later",
            "crate",
            "crate later",
            "2.later",
            "2.1b",
            "",
        ] {
            let expected = (text == "2027-01-01-rc").then(|| Until::Definition(text.to_owned()));
            assert_eq!(Until::parse(text), expected, "{text:?}");
        }
    }
}
