//! What a plain scalar of YAML means: the core schema of YAML 1.2, in which `yes` and `on` are texts.

use serde_json::{Number, Value};

/// The meaning of a plain scalar.
#[derive(Debug, PartialEq)]
pub(super) enum Scalar {
    /// A value that JSON has too.
    Value(Value),
    /// An infinity, or not a number at all, which JSON cannot hold.
    Beyond,
}

/// The meaning of `text`, which stands without quotes.
pub(super) fn resolve(text: &str) -> Scalar {
    // Most texts begin with a letter, and all that follows begins with one of these.
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.~nNtTfF".contains(c)) && !text.is_empty() {
        return Scalar::Value(text.into());
    }
    Scalar::Value(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Beyond,
        _ if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF") => return Scalar::Beyond,
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    })
}

/// The number that `text` is; one beyond 64 bits is the nearest that JSON holds.
fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix).filter(|rest| !rest.starts_with(['+', '-'])) {
            let magnitude = u64::from_str_radix(rest, radix).ok()?;
            return integer(magnitude, negative);
        }
    }
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    // Leading zeros make a text, such as a postal code.
    if all_digits && digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    let whole = digits.parse().ok().filter(|_| all_digits).and_then(|magnitude| integer(magnitude, negative));
    whole.or_else(|| Number::from_f64(text.parse().ok().filter(|_| digits != ".")?))
}

fn integer(magnitude: u64, negative: bool) -> Option<Number> {
    match negative {
        false => Some(magnitude.into()),
        true => 0i64.checked_sub_unsigned(magnitude).map(Number::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_scalar_means_what_yaml_1_2_says() {
        let table = [
            ("", json!(null)),
            ("~", json!(null)),
            ("Null", json!(null)),
            ("True", json!(true)),
            ("yes", json!("yes")),
            ("on", json!("on")),
            ("12", json!(12)),
            ("+12", json!(12)),
            ("-12", json!(-12)),
            ("-0", json!(0)),
            ("--1", json!("--1")),
            ("012", json!("012")),
            ("0", json!(0)),
            ("0x1F", json!(31)),
            ("-0x1F", json!(-31)),
            ("0o17", json!(15)),
            ("0b11", json!(3)),
            ("0xZZ", json!("0xZZ")),
            ("1.10", json!(1.1)),
            (".5", json!(0.5)),
            ("1e3", json!(1e3)),
            (".", json!(".")),
            ("1.2.3", json!("1.2.3")),
            ("1_000", json!("1_000")),
            ("2020-01-01", json!("2020-01-01")),
            ("18446744073709551615", json!(u64::MAX)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("-9223372036854776000", json!(-9_223_372_036_854_775_808.0)),
            ("1e999", json!("1e999")),
            ("infinity", json!("infinity")),
            ("nan", json!("nan")),
        ];
        for (text, value) in table {
            assert_eq!(resolve(text), Scalar::Value(value), "{text}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan"] {
            assert_eq!(resolve(text), Scalar::Beyond, "{text}");
        }
    }
}
