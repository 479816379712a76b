//! Which of two versions is the later one.

use std::cmp::Ordering;

/// Which of two versions is later: by their numbers, then a pre-release comes before its release, then by the parts of the
/// pre-releases, numbers as numbers. `None` if one of them is something else.
///
/// ```
/// use openapi_build::track::version::compare;
///
/// assert!(compare("1.10.0", "1.9.9").is_some_and(|order| order.is_gt()));
/// assert!(compare("2.0.0-rc.1", "v2.0.0").is_some_and(|order| order.is_lt()));
/// assert_eq!(compare("next", "2.0.0"), None);
/// ```
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    let ((mut one, pre), (mut other, other_pre)) = (parts(one)?, parts(other)?);
    let length = one.len().max(other.len());
    one.resize(length, 0);
    other.resize(length, 0);
    Some(one.cmp(&other).then_with(|| match (pre.is_empty(), other_pre.is_empty()) {
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => runs(pre).cmp(&runs(other_pre)),
    }))
}

pub(crate) fn is_version(text: &str) -> bool {
    parts(text).is_some()
}

/// The numbers of a version such as `v1.2.3-rc.1` or `2026-11-01`, and its pre-release.
fn parts(version: &str) -> Option<(Vec<u64>, &str)> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let version = version.split('+').next().unwrap_or_default();
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (core, mut pre) = version.split_once('-').unwrap_or((version, ""));
    let mut numbers: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
    // A day is a version too.
    while let ([_] | [_, _], false) = (numbers.as_slice(), core.contains('.')) {
        let (first, rest) = pre.split_once('-').unwrap_or((pre, ""));
        let Some(next) = number(first) else { break };
        numbers.push(next);
        pre = rest;
    }
    Some((numbers, pre))
}

/// What a pre-release consists of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Run<'a> {
    /// A number, without leading zeros: by how many digits it has, then by these.
    Number(usize, &'a str),
    Text(&'a str),
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text.trim_start_matches(['.', '-']);
    while let Some(first) = rest.chars().next() {
        let is_same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && !matches!(c, '.' | '-');
        let end = rest.find(|c| !is_same(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(match run.trim_start_matches('0') {
            number if first.is_ascii_digit() => Run::Number(number.len(), number),
            _ => Run::Text(run),
        });
        rest = after.trim_start_matches(['.', '-']);
    }
    runs
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
            ("2.0.0-rc.10", Ordering::Greater, "2.0.0-rc.9"),
            ("2.0.0-rc10", Ordering::Greater, "2.0.0-rc9"),
            ("2.0.0-alpha", Ordering::Less, "2.0.0-alpha.1"),
            ("2.0.0-beta.11", Ordering::Less, "2.0.0-rc.1"),
            ("2.0.0-1", Ordering::Less, "2.0.0-alpha"),
            ("2.0.0-1", Ordering::Less, "2.0.0"),
            ("2.0.0-99999999999999999999999", Ordering::Greater, "2.0.0-9"),
            ("2.0.0--", Ordering::Less, "2.0.0"),
            ("2.0.0+7", Ordering::Equal, "2.0.0"),
            ("2026-11-02", Ordering::Greater, "2026-11-01"),
            ("2026-11-01-preview", Ordering::Less, "2026-11-01"),
            ("0.9.0", Ordering::Less, "0.10.0"),
        ] {
            assert_eq!(compare(one, other), Some(expected), "{one} {other}");
            assert_eq!(compare(other, one), Some(expected.reverse()), "{other} {one}");
        }
        for text in ["next", "", "1x", "2.1b", "2.later", "2.", ".2", "v", "-1", "+1", "99999999999999999999999"] {
            assert_eq!((compare(text, "1"), compare("1", text)), (None, None), "{text:?}");
        }
    }
}
