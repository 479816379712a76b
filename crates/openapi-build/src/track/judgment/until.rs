//! How long an acceptance holds.

use std::cmp::Ordering;
use std::fmt;

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
        numbers(version).map(|_| make(version.to_owned()))
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
        None => State::Unknown(format!("the version of {of}, `{version}`, does not begin with a number")),
    }
}

/// Which of two versions is later: by their numbers, then by whether they are pre-releases. `None` if one of them does not begin
/// with a number.
fn compare(one: &str, other: &str) -> Option<Ordering> {
    let ((mut one, pre), (mut other, other_pre)) = (numbers(one)?, numbers(other)?);
    let length = one.len().max(other.len());
    one.resize(length, 0);
    other.resize(length, 0);
    // A pre-release comes before the release.
    Some(one.cmp(&other).then_with(|| match (pre.is_empty(), other_pre.is_empty()) {
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => pre.cmp(other_pre),
    }))
}

/// The numbers of a version such as `v1.2.3-rc.1` or `2026-11-01`, and what follows them.
fn numbers(version: &str) -> Option<(Vec<u64>, &str)> {
    let mut rest = version.trim().trim_start_matches(['v', 'V']);
    rest = rest.split('+').next().unwrap_or_default();
    let mut numbers = Vec::new();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        match number.parse() {
            Ok(number) if after.is_empty() || after.starts_with(['.', '-']) => numbers.push(number),
            _ => break,
        }
        rest = after.get(1..).unwrap_or_default();
    }
    (!numbers.is_empty()).then_some((numbers, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for (one, expected, other) in [
            ("1.2.3", Ordering::Equal, "v1.2.3"),
            ("1.2", Ordering::Equal, "1.2.0"),
            ("1.10.0", Ordering::Greater, "1.9.9"),
            ("2.0.0-rc.1", Ordering::Less, "2.0.0"),
            ("2.0.0-rc.2", Ordering::Greater, "2.0.0-rc.1"),
            ("2.0.0+7", Ordering::Equal, "2.0.0"),
            ("2026-11-02", Ordering::Greater, "2026-11-01"),
        ] {
            assert_eq!(compare(one, other), Some(expected), "{one} {other}");
        }
        for text in ["2027-02-30", "2027-1-1", "2027-13-01", "2027-01-01-rc", "later", "crate", "crate later", ""] {
            let expected = (text == "2027-01-01-rc").then(|| Until::Definition(text.to_owned()));
            assert_eq!(Until::parse(text), expected, "{text:?}");
        }
        assert_eq!((compare("next", "1"), compare("", "1"), compare("1", "1x")), (None, None, None));
        assert_eq!(compare("99999999999999999999999", "1"), None, "more than a version has");
    }
}
