//! Types of the user's own in generated code: how they are read and written, also within lists, maps and `Option`.
//!
//! Generated types are read by [`FromJson`], which nobody can implement for the type of another crate. For a type of the user's
//! own, generated code therefore names a way: [`BySerde`], one for the types that the runtime knows, or one that is generated for
//! a module with `serialize` and `deserialize`. A way of lists, `Vec<BySerde>`, is made as the type of lists is.

#[cfg(feature = "rust_decimal")]
mod decimal;
#[cfg(any(feature = "jiff", feature = "time"))]
mod rfc3339;
#[cfg(feature = "jiff")]
mod timestamp;
#[cfg(feature = "time")]
mod zoned;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::ser::{SerializeMap, SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};
use serde_json::Value;

#[cfg(feature = "rust_decimal")]
pub use self::decimal::AsDecimal;
#[cfg(feature = "jiff")]
pub use self::timestamp::AsTimestamp;
#[cfg(feature = "time")]
pub use self::zoned::AsTime;
use super::headers::HeaderError;
use super::json::{FromJson, Read, ReadError, Written, dropped, each_item, each_member, exactly, set_dropped};

/// A way to read a `T`.
pub trait ReadAs<T> {
    /// Reads `value`.
    ///
    /// # Errors
    ///
    /// When it is no `T`.
    fn read_as(value: Value) -> Read<T>;
}

/// A way to write a `T`.
pub trait WriteAs<T: ?Sized> {
    /// Writes `value`.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Written<S>;
}

/// By the type's own implementations of serde.
#[derive(Debug)]
pub enum BySerde {}

impl<T: DeserializeOwned> ReadAs<T> for BySerde {
    fn read_as(value: Value) -> Read<T> {
        T::deserialize(value).map_err(unread)
    }
}

impl<T: Serialize> WriteAs<T> for BySerde {
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Written<S> {
        value.serialize(serializer)
    }
}

/// As generated types are read and written: for what stands beside a type of the user's own in a list of exactly so many items.
#[derive(Debug)]
pub enum Generated {}

impl<T: FromJson> ReadAs<T> for Generated {
    fn read_as(value: Value) -> Read<T> {
        T::from_json(value)
    }
}

impl<T: Serialize> WriteAs<T> for Generated {
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Written<S> {
        value.serialize(serializer)
    }
}

/// The error for a value that a type of the user's own, or a module for it, does not read. serde's messages quote the value, which
/// may be a secret.
pub fn unread(error: impl Display) -> ReadError {
    ReadError::new(without_values(&error.to_string()))
}

fn without_values(text: &str) -> String {
    let quotes = ['"', '`'];
    if text.starts_with("missing field `") || !text.contains(quotes) {
        return text.to_owned();
    }
    let before = text.split(quotes).next().unwrap_or_default().trim_end();
    let after = match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!(", expected {expected}"),
        None => text.rsplit(quotes).next().unwrap_or_default().to_owned(),
    };
    format!("{before} …{after}")
}

impl<T, A: ReadAs<T>> ReadAs<Option<T>> for Option<A> {
    fn read_as(value: Value) -> Read<Option<T>> {
        if value.is_null() { Ok(None) } else { A::read_as(value).map(Some) }
    }
}

impl<T, A: WriteAs<T>> WriteAs<Option<T>> for Option<A> {
    fn write_as<S: Serializer>(value: &Option<T>, serializer: S) -> Written<S> {
        match value {
            Some(value) => serializer.serialize_some(&written_as::<A, T>(value)),
            None => serializer.serialize_none(),
        }
    }
}

impl<T, A: ReadAs<T>> ReadAs<Vec<T>> for Vec<A> {
    fn read_as(value: Value) -> Read<Vec<T>> {
        each_item(value, A::read_as)
    }
}

impl<T, A: WriteAs<T>> WriteAs<[T]> for Vec<A> {
    fn write_as<S: Serializer>(value: &[T], serializer: S) -> Written<S> {
        let mut items = serializer.serialize_seq(Some(value.len()))?;
        value.iter().try_for_each(|item| items.serialize_element(&written_as::<A, T>(item)))?;
        items.end()
    }
}

impl<T, A: WriteAs<T>> WriteAs<Vec<T>> for Vec<A> {
    fn write_as<S: Serializer>(value: &Vec<T>, serializer: S) -> Written<S> {
        <Self as WriteAs<[T]>>::write_as(value, serializer)
    }
}

impl<T, A: ReadAs<T>> ReadAs<BTreeMap<String, T>> for BTreeMap<String, A> {
    fn read_as(value: Value) -> Read<BTreeMap<String, T>> {
        each_member(value, A::read_as)
    }
}

impl<T, A: WriteAs<T>> WriteAs<BTreeMap<String, T>> for BTreeMap<String, A> {
    fn write_as<S: Serializer>(value: &BTreeMap<String, T>, serializer: S) -> Written<S> {
        let mut members = serializer.serialize_map(Some(value.len()))?;
        value.iter().try_for_each(|(name, value)| members.serialize_entry(name, &written_as::<A, T>(value)))?;
        members.end()
    }
}

impl<T, A: ReadAs<T>> ReadAs<Box<T>> for Box<A> {
    fn read_as(value: Value) -> Read<Box<T>> {
        A::read_as(value).map(Box::new)
    }
}

impl<T, A: WriteAs<T>> WriteAs<Box<T>> for Box<A> {
    fn write_as<S: Serializer>(value: &Box<T>, serializer: S) -> Written<S> {
        A::write_as(value, serializer)
    }
}

/// Reads and writes lists of exactly so many items.
macro_rules! tuple {
    ($($item:ident $by:ident $name:ident $index:tt),+; $count:literal) => {
        impl<$($item, $by: ReadAs<$item>),+> ReadAs<($($item,)+)> for ($($by,)+) {
            fn read_as(value: Value) -> Read<($($item,)+)> {
                let [$($name),+] = exactly::<$count>(value)?;
                Ok(($($by::read_as($name).map_err(|error| error.at(stringify!($index)))?,)+))
            }
        }

        impl<$($item, $by: WriteAs<$item>),+> WriteAs<($($item,)+)> for ($($by,)+) {
            fn write_as<Z: Serializer>(value: &($($item,)+), serializer: Z) -> Written<Z> {
                let mut items = serializer.serialize_tuple($count)?;
                $(items.serialize_element(&written_as::<$by, $item>(&value.$index))?;)+
                items.end()
            }
        }
    };
}

tuple!(A AA a 0; 1);
tuple!(A AA a 0, B BB b 1; 2);
tuple!(A AA a 0, B BB b 1, C CC c 2; 3);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3; 4);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4; 5);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5; 6);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6; 7);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6, H HH h 7; 8);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6, H HH h 7, I II i 8; 9);
tuple!(A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6, H HH h 7, I II i 8, J JJ j 9; 10);
tuple!(
    A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6, H HH h 7, I II i 8, J JJ j 9, K KK k 10; 11
);
tuple!(
    A AA a 0, B BB b 1, C CC c 2, D DD d 3, E EE e 4, F FF f 5, G GG g 6, H HH h 7, I II i 8, J JJ j 9, K KK k 10,
    L LL l 11; 12
);

/// Reads `value` in the way `A`.
///
/// # Errors
///
/// When it is no `T`.
pub fn read_as<A: ReadAs<T>, T>(value: Value) -> Read<T> {
    A::read_as(value)
}

/// Writes `value` in the way `A`.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_as<A: WriteAs<T>, T: ?Sized, S: Serializer>(value: &T, serializer: S) -> Written<S> {
    A::write_as(value, serializer)
}

/// A value that is written in the way `A`.
pub fn written_as<A: WriteAs<T>, T: ?Sized>(value: &T) -> Writing<'_, A, T> {
    Writing { value, by: PhantomData }
}

/// What [`written_as`] gives.
#[derive(Debug)]
pub struct Writing<'a, A, T: ?Sized> {
    value: &'a T,
    by: PhantomData<A>,
}

impl<A: WriteAs<T>, T: ?Sized> Serialize for Writing<'_, A, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        A::write_as(self.value, serializer)
    }
}

/// The alternative that a known tag names, read in the way `A`, or the value as it is.
///
/// # Errors
///
/// Never: this is an alternative to a function that may fail.
pub fn known_as<A: ReadAs<T>, T, U>(value: Value, made: fn(T) -> U, raw: fn(Value) -> U) -> Read<U> {
    let before = dropped();
    Ok(match A::read_as(value.clone()) {
        Ok(read) => made(read),
        Err(_) => {
            set_dropped(before);
            raw(value)
        }
    })
}

/// One header that must be there, read in the way `A`.
///
/// # Errors
///
/// When it is absent or is no `T`.
pub fn required_header_as<A: ReadAs<T>, T>(headers: &HeaderMap, name: &'static str) -> Result<T, HeaderError> {
    header_as::<A, T>(headers, name).ok_or(HeaderError::of(headers, name))
}

/// One header, read in the way `A` as a text or, where that does not fit, as a number or a boolean; `None` where it is absent or
/// is no `T`.
pub fn header_as<A: ReadAs<T>, T>(headers: &HeaderMap, name: &str) -> Option<T> {
    text_as::<A, T>(headers.get(name)?.to_str().ok()?.trim()).ok()
}

/// A header that must be there and is a list, each of whose members is read in the way `A`.
///
/// # Errors
///
/// When it is absent, or a member is no `T`.
pub fn required_header_items_as<A: ReadAs<T>, T>(
    headers: &HeaderMap,
    name: &'static str,
) -> Result<Vec<T>, HeaderError> {
    header_items_as::<A, T>(headers, name).ok_or(HeaderError::of(headers, name))
}

/// A header that is a list, each of whose members is read in the way `A` as [`header_as`] reads a value; `None` where it is absent
/// or a member is no `T`. The list may be in several fields, empty members do not count, and a comma within quotes ends no member
/// ([RFC 9110, 5.6.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2)).
pub fn header_items_as<A: ReadAs<T>, T>(headers: &HeaderMap, name: &str) -> Option<Vec<T>> {
    headers.get(name)?;
    let mut items = Vec::new();
    for field in headers.get_all(name) {
        let mut quoted = false;
        // Within quotes, a backslash keeps the next character from ending them.
        let mut escaped = false;
        let members = field.to_str().ok()?.split(|c: char| {
            let was_escaped = std::mem::take(&mut escaped);
            match c {
                '"' if !was_escaped => quoted = !quoted,
                '\\' => escaped = quoted && !was_escaped,
                _ => {}
            }
            c == ',' && !quoted
        });
        for member in members.map(str::trim).filter(|member| !member.is_empty()) {
            items.push(text_as::<A, T>(member).ok()?);
        }
    }
    Some(items)
}

/// `text`, read in the way `A` as a text or, where that does not fit, as a number or a boolean.
///
/// # Errors
///
/// When it is no `T`: the error of reading the text.
pub(crate) fn text_as<A: ReadAs<T>, T>(text: &str) -> Read<T> {
    A::read_as(Value::from(text)).or_else(|error| {
        let scalar = Value::from_str(text).ok().filter(|value| !value.is_object() && !value.is_array());
        scalar.and_then(|value| A::read_as(value).ok()).ok_or(error)
    })
}

/// A type of the user's own, whatever its values are read and written by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot replace a generated type",
    label = "it lacks `Clone`, `Debug` or `PartialEq`",
    note = "generated types are `Clone + Debug + PartialEq`, and so must be the types that replace one"
)]
pub trait Replaces: Clone + Debug + PartialEq {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + PartialEq> Replaces for T {}

/// A type of the user's own that is sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot replace a generated type in requests",
    label = "it lacks `serde::Serialize`",
    note = "implement it, or name a module with a function `serialize`: `Replacement::of(…).with(\"crate::…\")` in the build script"
)]
pub trait ReplacesSent: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ReplacesSent for T {}

/// A type of the user's own that is received.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot replace a generated type in responses",
    label = "it lacks `serde::Deserialize`",
    note = "implement it, or name a module with a function `deserialize`: `Replacement::of(…).with(\"crate::…\")` in the build script"
)]
pub trait ReplacesReceived: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> ReplacesReceived for T {}

/// Checks that a type can replace a generated one.
pub const fn replaces<T: Replaces>() {}

/// Checks that a type can replace a generated one that is sent by the type's own `Serialize`.
pub const fn replaces_sent<T: ReplacesSent>() {}

/// Checks that a type can replace a generated one that is received by the type's own `Deserialize`.
pub const fn replaces_received<T: ReplacesReceived>() {}

#[cfg(test)]
mod tests;
