//! Q028: dates that are texts.
//!
//! # What it is
//! A text looks like a date and stands without quotes: a version `2023-12-01`, the example of a date.
//!
//! # Where it was seen
//! In most Confluent documents, as examples of timestamps.
//!
//! # Why it matters
//! By YAML 1.1 it is a date, and readers that keep to that (PyYAML, Ruby) give one, which no longer is what JSON Schema
//! calls a string. By YAML 1.2, which OpenAPI asks for, it is a text.
//!
//! # The repair
//! It is read as the text that it is, and written in quotes, so that every reader agrees.
//!
//! # Before and after
//! ```yaml
//! info: {title: Items, version: 2023-12-01}
//! ```
//! ```yaml
//! info: {title: Items, version: '2023-12-01'}
//! ```

use super::Repair;

/// The reader of YAML does it.
pub(super) const REPAIR: Repair = Repair::Elsewhere;

/// Whether a reader that keeps to YAML 1.1 takes `text` for a date or a time (its types `timestamp` and, in base 60,
/// `int` and `float`).
pub(crate) fn is_date_to_some(text: &str) -> bool {
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let day = text.split(['T', 't', ' ', '\t']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split('-').collect();
    if let [year, month, day] = parts.as_slice() {
        return digits(year, 4, 4) && digits(month, 1, 2) && digits(day, 1, 2);
    }
    let clock: Vec<&str> = text.trim_start_matches(['+', '-']).split(':').collect();
    clock.len() > 1 && clock.iter().all(|part| digits(part.split('.').next().unwrap_or_default(), 1, 9))
}

#[cfg(test)]
mod tests {
    use super::is_date_to_some;

    #[test]
    fn what_yaml_1_1_takes_for_a_date_is_known() {
        for text in ["2023-12-01", "2023-12-01T10:00:00Z", "2023-1-2 10:00:00.5 +1", "12:30", "190:20:30.15"] {
            assert!(is_date_to_some(text), "{text}");
        }
        for text in ["2023-12", "1.2.3", "a:b", "12", "v2023-12-01", "2023-12-01-a", "http://a:80"] {
            assert!(!is_date_to_some(text), "{text}");
        }
    }
}
