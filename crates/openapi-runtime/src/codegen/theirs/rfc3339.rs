//! What RFC 3339 takes for a date and time: the parsers of libraries take more.

use serde_json::Value;

use crate::codegen::json::{FromJson, Read, ReadError};

/// The text of a date and time of [RFC 3339, 5.6](https://www.rfc-editor.org/rfc/rfc3339#section-5.6); `ty` is the type that it is
/// read as, which has no second of 60.
pub(super) fn date_time(value: Value, ty: &str) -> Read<String> {
    let text = String::from_json(value)?;
    if !is_date_time(text.as_bytes()) {
        return Err(ReadError::new("this date and time is not one of RFC 3339"));
    }
    match text.get(17..19) {
        Some("60") => {
            Err(ReadError::not_held(format!("this date and time has a second of 60, which `{ty}` cannot hold")))
        }
        _ => Ok(text),
    }
}

/// Whether `text` is a date of RFC 3339, as far as its digits go.
pub(super) fn is_date(text: &[u8]) -> bool {
    matches_pattern(text, b"dddd-dd-dd")
}

fn is_date_time(text: &[u8]) -> bool {
    let (Some(date), Some(b'T' | b't'), Some(time), Some(rest)) =
        (text.get(..10), text.get(10), text.get(11..19), text.get(19..))
    else {
        return false;
    };
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    let is_offset = match rest {
        b"Z" | b"z" => true,
        [b'+' | b'-', offset @ ..] => matches_pattern(offset, b"dd:dd"),
        _ => false,
    };
    is_date(date) && matches_pattern(time, b"dd:dd:dd") && is_offset
}

/// Whether `text` is `pattern`, in which a `d` stands for a digit.
fn matches_pattern(text: &[u8], pattern: &[u8]) -> bool {
    let fits = |(byte, wanted): (&u8, &u8)| if *wanted == b'd' { byte.is_ascii_digit() } else { byte == wanted };
    text.len() == pattern.len() && text.iter().zip(pattern).all(fits)
}
