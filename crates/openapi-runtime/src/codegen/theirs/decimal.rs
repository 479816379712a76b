//! Decimal numbers of the crate `rust_decimal`, as texts: serde_json has rounded a number before anybody can read its digits.

use rust_decimal::Decimal;
use serde::Serializer;
use serde_json::Value;

use super::{ReadAs, WriteAs};
use crate::codegen::json::{Read, ReadError, Written, kind};

/// `rust_decimal::Decimal`, as a text with all its digits.
#[derive(Debug)]
pub enum AsDecimal {}

impl ReadAs<Decimal> for AsDecimal {
    fn read_as(value: Value) -> Read<Decimal> {
        let Value::String(text) = value else {
            let found = kind(&value);
            return Err(ReadError::new(format!(
                "expected a decimal number as a string, found a JSON value of the type {found}"
            )));
        };
        // The parser takes underscores between digits too.
        if !is_decimal(&text) {
            return Err(ReadError::new("this is not a decimal number"));
        }
        Decimal::from_str_exact(&text)
            .map_err(|_| ReadError::not_held("this number has more digits than `rust_decimal::Decimal` can hold"))
    }
}

/// Whether `text` is digits, with a sign before and a point between them at most.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    [whole, fraction].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

impl WriteAs<Decimal> for AsDecimal {
    fn write_as<S: Serializer>(value: &Decimal, serializer: S) -> Written<S> {
        serializer.collect_str(value)
    }
}
