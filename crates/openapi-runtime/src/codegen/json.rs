//! Reading JSON into generated types: over one tree of values, so that each type costs the compiler a line a field, and an
//! error says where in the JSON it is.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::{Map, Value};

use super::check::Check;
use super::theirs::{Generated, ReadAs};
use super::value::{check_choices, check_count};

/// A JSON value.
pub type Json = Value;

/// The result of reading JSON.
pub type Read<T> = Result<T, ReadError>;

/// The result of `Deserialize`.
pub type Made<'de, T, D> = Result<T, <D as Deserializer<'de>>::Error>;

/// The result of `Serialize`.
pub type Written<S> = Result<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// A type that can be read from a JSON value.
pub trait FromJson: Sized {
    /// Reads `value`.
    ///
    /// # Errors
    ///
    /// When the value is not what the definition says.
    fn from_json(value: Value) -> Result<Self, ReadError>;
}

/// A JSON value that does not match the definition, and the place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError(Box<Failed>);

/// It is in a box because each field that is read has a result on the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failed {
    pointer: String,
    message: String,
    /// Whether the value is what the definition says, and the type cannot hold it.
    is_beyond: bool,
}

impl ReadError {
    /// Creates an error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Failed { pointer: String::new(), message: message.into(), is_beyond: false }))
    }

    /// The error for a value that is what the definition says, and that its type cannot hold.
    pub(super) fn not_held(message: impl Into<String>) -> Self {
        Self(Box::new(Failed { pointer: String::new(), message: message.into(), is_beyond: true }))
    }

    /// Whether the value is what the definition says, and the type cannot hold it.
    pub(super) fn is_beyond(&self) -> bool {
        self.0.is_beyond
    }

    /// The place as a JSON pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
    pub fn pointer(&self) -> &str {
        &self.0.pointer
    }

    fn expected(what: &str, found: &Value) -> Self {
        let article = match found {
            Value::Null => "",
            Value::Array(_) | Value::Object(_) => "an ",
            _ => "a ",
        };
        Self::new(format!("expected {what}, found {article}{}", kind(found)))
    }

    /// The error for a number beyond `format`.
    fn beyond(format: &str) -> Self {
        Self::not_held(format!(
            "this number is beyond `{format}`; `Config::format(\"{format}\", Format::Wide)` in the build script reads larger ones"
        ))
    }

    /// The error for a number that has been rounded when it was read, so that no type can hold what was written.
    fn rounded() -> Self {
        Self::not_held("this number has more than 64 bits, or an exponent, and was rounded when it was read")
    }

    /// The same error, seen from the value that holds this one at `token`.
    pub(super) fn at(mut self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        self.0.pointer.insert_str(0, &token);
        self.0.pointer.insert(0, '/');
        self
    }
}

/// The kind of JSON that `value` is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.pointer.as_str() {
            "" => f.write_str(&self.0.message),
            pointer => write!(f, "at `{pointer}`: {}", self.0.message),
        }
    }
}

impl std::error::Error for ReadError {}

std::thread_local! {
    /// Whether what is read at the moment is to be sent.
    static SENT: Cell<bool> = const { Cell::new(false) };
}

/// Whether what is read at the moment is to be sent.
#[cfg(feature = "chrono")]
pub(super) fn is_sent() -> bool {
    SENT.get()
}

/// Reads JSON.
///
/// # Errors
///
/// When `bytes` are not JSON, or not what the definition says.
pub fn read<T: FromJson>(bytes: &[u8]) -> Result<T, ReadError> {
    let value = serde_json::from_slice(bytes);
    from_value(value.map_err(|error| beyond(bytes, &error).unwrap_or(ReadError::new(error.to_string())))?, bytes.len())
}

/// The error for a number in `text` that serde_json does not read, because it is beyond a double.
pub(crate) fn beyond(text: &[u8], error: &serde_json::Error) -> Option<ReadError> {
    let is_number = error.is_syntax() && error.to_string().starts_with("number out of range");
    let line: usize =
        text.split_inclusive(|byte| *byte == b'\n').take(error.line().checked_sub(1)?).map(<[u8]>::len).sum();
    let number = text.get(..(line + error.column()).checked_sub(1)?).filter(|_| is_number)?;
    let failed = Failed { pointer: end_of(number), message: "this number is beyond `double`".into(), is_beyond: true };
    Some(ReadError(Box::new(failed)))
}

/// The place in JSON where `text` ends, as a JSON pointer.
fn end_of(text: &[u8]) -> String {
    // For each value that is open: the index of the item or the name of the member, and whether a name comes next.
    let mut open: Vec<(Value, bool)> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'[' => open.push((0.into(), false)),
            b'{' => open.push((Value::Null, true)),
            b']' | b'}' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some((Value::Number(index), _)) => *index = (index.as_u64().unwrap_or_default() + 1).into(),
                Some((_, is_name)) => *is_name = true,
                None => {}
            },
            b'"' => {
                let begin = at;
                at += 1;
                while text.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                let name = text.get(begin..=at).and_then(|name| serde_json::from_slice(name).ok());
                if let (Some((step, is_name @ true)), Some(name)) = (open.last_mut(), name) {
                    (*step, *is_name) = (name, false);
                }
            }
            _ => {}
        }
        at += 1;
    }
    let steps = open.iter().map(|(step, _)| step.as_str().map_or(step.to_string(), str::to_owned));
    steps.map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Reads a whole value, whose text has that size, and stops before it takes too much of the stack or too long.
///
/// # Errors
///
/// When the value is not what the definition says, or is nested too deeply for its type.
pub(crate) fn from_value<T: FromJson>(value: Value, size: usize) -> Result<T, ReadError> {
    from_value_as::<Generated, T>(value, size)
}

/// As [`from_value`], in the way `A`.
pub(crate) fn from_value_as<A: ReadAs<T>, T>(value: Value, size: usize) -> Result<T, ReadError> {
    let _reading = Reading::begin(|| size);
    A::read_as(value)
}

/// As [`from_value`], of a value whose size is not known.
fn from_any<T: FromJson>(value: Value) -> Result<T, ReadError> {
    let _reading = Reading::begin(|| size(&value));
    T::from_json(value)
}

/// The number of values in `value`.
fn size(value: &Value) -> usize {
    let (mut open, mut size) = (vec![value], 0);
    while let Some(value) = open.pop() {
        size += 1;
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    size
}

/// The most that reading takes of the stack, in bytes. serde_json reads 127 levels of nesting, each of which takes as much as a
/// type has fields: a few hundred bytes, but tens of kilobytes in a program that is not optimized. The threads of tokio have 2 MiB.
const STACK: usize = 1 << 20;

/// How many alternatives may be tried in vain for each byte of a text. Where two alternatives hold each other and neither a name nor
/// a constant tells them apart, each level of nesting doubles what is tried.
const TRIED: usize = 16;

std::thread_local! {
    static READING: Cell<Reading> = const { Cell::new(Reading::NONE) };
}

/// What reading the value that is read at the moment may still take.
#[derive(Clone, Copy)]
struct Reading {
    /// Where the stack was when reading began; 0 outside of it.
    begun: usize,
    /// How many alternatives may still be tried in vain.
    tries: usize,
    /// How many alternatives may still be compared by what they drop.
    comparisons: usize,
    /// How many values have been dropped because nothing declares the members that hold them.
    dropped: usize,
}

/// Ends the reading of a whole value.
struct Ended;

impl Reading {
    const NONE: Self = Self { begun: 0, tries: 0, comparisons: 0, dropped: 0 };

    /// Begins the reading of a whole value, unless it is part of one that is read.
    fn begin(size: impl FnOnce() -> usize) -> Option<Ended> {
        if READING.get().begun != 0 {
            return None;
        }
        let tries = size().saturating_mul(TRIED).saturating_add(10_000);
        READING.set(Self { begun: here(), tries, comparisons: tries, dropped: 0 });
        Some(Ended)
    }

    /// Fails where reading has taken too much.
    fn check() -> Result<(), ReadError> {
        let Self { begun, tries, .. } = READING.get();
        match begun {
            0 => Ok(()),
            _ if begun.abs_diff(here()) >= STACK => {
                Err(ReadError::new("this is nested too deeply to be read as its type"))
            }
            _ if tries == 0 => {
                Err(ReadError::new("this fits too many alternatives that hold each other to be told apart"))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        READING.set(Reading::NONE);
    }
}

/// Notes that so many alternatives were tried in vain.
pub(super) fn tried_in_vain(count: usize) {
    let reading = READING.get();
    READING.set(Reading { tries: reading.tries.saturating_sub(count), ..reading });
}

/// How many values have been dropped until now.
pub(super) fn dropped() -> usize {
    READING.get().dropped
}

/// Takes back what a value dropped that was not kept.
pub(super) fn set_dropped(count: usize) {
    READING.set(Reading { dropped: count, ..READING.get() });
}

/// Notes that another alternative is read to compare what it drops, and says whether it may be.
pub(super) fn may_compare() -> bool {
    let reading = READING.get();
    READING.set(Reading { comparisons: reading.comparisons.saturating_sub(1), ..reading });
    reading.comparisons > 0
}

/// Where the stack is.
#[inline(never)]
fn here() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// The half of serde that reads, for a type that is only received.
///
/// # Errors
///
/// When the value is not what the definition says.
pub fn deserialize<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    from_any(<Value as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// The half of serde that reads, for a type that is sent: it checks what making a value checks. A response that holds the
/// same type is still read leniently, because servers send null for what is absent, and members that are new.
///
/// # Errors
///
/// When the value is not what the definition says.
pub fn deserialize_sent<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            SENT.set(self.0);
        }
    }
    let value = <Value as Deserialize>::deserialize(deserializer)?;
    let _restore = Restore(SENT.replace(true));
    from_any(value).map_err(serde::de::Error::custom)
}

/// An object that is being read, member by member.
#[derive(Debug)]
pub struct Object(Map<String, Value>);

impl Drop for Object {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            let reading = READING.get();
            let lost: usize = self.0.values().map(size).sum();
            READING.set(Reading { dropped: reading.dropped + lost, ..reading });
        }
    }
}

impl Object {
    /// The object that `value` is.
    ///
    /// # Errors
    ///
    /// When `value` is not an object, or is nested too deeply.
    pub fn new(value: Value) -> Result<Self, ReadError> {
        Reading::check()?;
        match value {
            Value::Object(members) => Ok(Self(members)),
            other => Err(ReadError::expected("an object", &other)),
        }
    }

    /// Checks the number of its members, in what is sent.
    ///
    /// # Errors
    ///
    /// When there are too few or too many.
    pub fn counted(self, least: Option<u64>, greatest: Option<u64>) -> Result<Self, ReadError> {
        match check_count(self.0.len(), "members", least, greatest) {
            Err(rule) if SENT.get() => Err(ReadError::new(rule)),
            _ => Ok(self),
        }
    }

    /// Checks which members are there, in what is sent.
    ///
    /// # Errors
    ///
    /// When too few or too many of the sets of names are there.
    pub fn chosen(self, choices: &[super::value::Choice<'_>]) -> Result<Self, ReadError> {
        match check_choices(|name| self.0.contains_key(name), choices) {
            Err(rule) if SENT.get() => Err(ReadError::new(rule)),
            _ => Ok(self),
        }
    }

    /// Checks its members by a schema, in what is sent.
    ///
    /// # Errors
    ///
    /// When they do not obey it.
    pub fn obeying(mut self, check: &Check) -> Result<Self, ReadError> {
        if !SENT.get() {
            return Ok(self);
        }
        let value = Value::Object(std::mem::take(&mut self.0));
        check.obeyed_by(&value).map_err(ReadError::new)?;
        Self::new(value)
    }

    /// A member that must be there.
    ///
    /// # Errors
    ///
    /// When it is absent, or not what the definition says.
    pub fn required<T: FromJson>(&mut self, name: &str) -> Result<T, ReadError> {
        match self.0.remove(name) {
            Some(value) => T::from_json(value).map_err(|error| error.at(name)),
            None => Err(ReadError::new(format!("`{name}` is missing"))),
        }
    }

    /// As [`required`](Self::required), read by `read`.
    ///
    /// # Errors
    ///
    /// When it is absent, or `read` fails.
    pub fn required_by<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Read<T>) -> Result<T, ReadError> {
        self.given_by(name, read)?.ok_or_else(|| ReadError::new(format!("`{name}` is missing")))
    }

    /// As [`given`](Self::given), read by `read`.
    ///
    /// # Errors
    ///
    /// When `read` fails.
    pub fn given_by<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Read<T>) -> Result<Option<T>, ReadError> {
        self.0.remove(name).map(|value| read(value).map_err(|error| error.at(name))).transpose()
    }

    /// As [`optional`](Self::optional), read by `read`.
    ///
    /// # Errors
    ///
    /// When `read` fails.
    pub fn optional_by<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Read<T>) -> Result<Option<T>, ReadError> {
        if !SENT.get() && self.0.get(name).is_some_and(Value::is_null) {
            return Ok(None);
        }
        self.given_by(name, read)
    }

    /// As [`rest`](Self::rest), each read by `read`.
    ///
    /// # Errors
    ///
    /// When `read` fails.
    pub fn rest_by<T>(mut self, read: impl Fn(Value) -> Read<T>) -> Result<BTreeMap<String, T>, ReadError> {
        each_member(Value::Object(std::mem::take(&mut self.0)), read)
    }

    /// A member that may be absent; null is a value like others.
    ///
    /// # Errors
    ///
    /// When it is not what the definition says.
    pub fn given<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, ReadError> {
        match self.0.remove(name) {
            Some(value) => T::from_json(value).map(Some).map_err(|error| error.at(name)),
            None => Ok(None),
        }
    }

    /// A member that may be absent, and that servers send as null where it is.
    ///
    /// # Errors
    ///
    /// When it is not what the definition says.
    pub fn optional<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, ReadError> {
        if !SENT.get() && self.0.get(name).is_some_and(Value::is_null) {
            return Ok(None);
        }
        self.given(name)
    }

    /// The members that have not been read.
    ///
    /// # Errors
    ///
    /// When one is not what the definition says of all of them.
    pub fn rest<T: FromJson>(mut self) -> Result<BTreeMap<String, T>, ReadError> {
        BTreeMap::from_json(Value::Object(std::mem::take(&mut self.0)))
    }

    /// The members that have not been read, as they are.
    ///
    /// # Errors
    ///
    /// Never; it is called as [`rest`](Self::rest) is.
    pub fn rest_as_json(mut self) -> Result<Map<String, Value>, ReadError> {
        Ok(std::mem::take(&mut self.0))
    }

    /// Refuses members that have not been read, in what is sent.
    ///
    /// # Errors
    ///
    /// When there is one.
    pub fn nothing_else(self) -> Result<(), ReadError> {
        match self.0.keys().next().filter(|_| SENT.get()) {
            Some(name) => Err(ReadError::new(format!("`{name}` is not declared"))),
            None => Ok(()),
        }
    }
}

impl FromJson for Value {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        Ok(value)
    }
}

impl FromJson for Map<String, Value> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        Object::new(value).and_then(Object::rest_as_json)
    }
}

impl FromJson for String {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(ReadError::expected("a string", &other)),
        }
    }
}

impl FromJson for bool {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        value.as_bool().ok_or_else(|| ReadError::expected("a boolean", &value))
    }
}

/// Reads an integer of a format, and says of one that is beyond it what reads it.
macro_rules! integer {
    ($ty:ty, $format:literal) => {
        impl FromJson for $ty {
            fn from_json(value: Value) -> Result<Self, ReadError> {
                let integer = integer(&value)?.ok_or_else(ReadError::rounded)?;
                Self::try_from(integer).map_err(|_| ReadError::beyond($format))
            }
        }
    };
}

integer!(i8, "int8");
integer!(i16, "int16");
integer!(i32, "int32");
integer!(i64, "int64");
integer!(u8, "uint8");
integer!(u16, "uint16");
integer!(u32, "uint32");
integer!(u64, "uint64");

impl FromJson for i128 {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        integer(&value)?.ok_or_else(ReadError::rounded)
    }
}

/// The integer that `value` is; `None` if it is one that serde_json has rounded.
fn integer(value: &Value) -> Result<Option<i128>, ReadError> {
    let Value::Number(number) = value else { return Err(ReadError::expected("an integer", value)) };
    let integer = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    // With serde_json's `arbitrary_precision`, which we do not ask for, it keeps larger ones.
    if let Some(integer) = integer.or_else(|| number.to_string().parse().ok()) {
        return Ok(Some(integer));
    }
    match number.as_f64().filter(|float| float.fract() == 0.0) {
        // A server may write an integer with a fraction of zero. In what is sent, `1.0` is not an integer, as in JSON Schema
        // draft 4, on which OpenAPI 3.0 is based.
        Some(float) if float.abs() < 9e15 && !SENT.get() => Ok(Some(float as i128)),
        Some(float) if float.abs() >= 9e15 => Ok(None),
        _ => Err(ReadError::new("expected an integer, found a number with a fraction")),
    }
}

impl FromJson for f64 {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        value.as_f64().ok_or_else(|| ReadError::expected("a number", &value))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        if value.is_null() { Ok(None) } else { T::from_json(value).map(Some) }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        each_item(value, T::from_json)
    }
}

/// Reads each item of a list.
pub(super) fn each_item<T>(value: Value, read: impl Fn(Value) -> Read<T>) -> Read<Vec<T>> {
    let Value::Array(items) = value else { return Err(ReadError::expected("an array", &value)) };
    Reading::check()?;
    let numbered = items.into_iter().enumerate();
    numbered.map(|(index, item)| read(item).map_err(|error| error.at(&index.to_string()))).collect()
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: Value) -> Result<Self, ReadError> {
        each_member(value, T::from_json)
    }
}

/// Reads the value of each member of an object.
pub(super) fn each_member<T>(value: Value, read: impl Fn(Value) -> Read<T>) -> Read<BTreeMap<String, T>> {
    let members = Object::new(value)?.rest_as_json()?.into_iter();
    let read = |(name, value): (String, Value)| match read(value) {
        Ok(value) => Ok((name, value)),
        Err(error) => Err(error.at(&name)),
    };
    members.map(read).collect()
}

/// The items of a list of exactly so many.
pub(super) fn exactly<const COUNT: usize>(value: Value) -> Read<[Value; COUNT]> {
    let Value::Array(items) = value else { return Err(ReadError::expected("an array", &value)) };
    let found = items.len();
    <[Value; COUNT]>::try_from(items).map_err(|_| ReadError::new(format!("expected {COUNT} items, found {found}")))
}

/// Reads lists of exactly so many items.
macro_rules! tuple {
    ($($item:ident $name:ident $index:literal),+; $count:literal) => {
        impl<$($item: FromJson),+> FromJson for ($($item,)+) {
            fn from_json(value: Value) -> Result<Self, ReadError> {
                let [$($name),+] = exactly::<$count>(value)?;
                Ok(($($item::from_json($name).map_err(|error| error.at($index))?,)+))
            }
        }
    };
}

tuple!(A a "0"; 1);
tuple!(A a "0", B b "1"; 2);
tuple!(A a "0", B b "1", C c "2"; 3);
tuple!(A a "0", B b "1", C c "2", D d "3"; 4);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4"; 5);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5"; 6);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6"; 7);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6", H h "7"; 8);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6", H h "7", I i "8"; 9);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6", H h "7", I i "8", J j "9"; 10);
tuple!(A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6", H h "7", I i "8", J j "9", K k "10"; 11);
tuple!(
    A a "0", B b "1", C c "2", D d "3", E e "4", F f "5", G g "6", H h "7", I i "8", J j "9", K k "10", L l "11"; 12
);

/// Reads an enum of texts; an open one takes any text. It is a function and not an implementation for all such types, because the
/// compiler would compare that with those of all other types.
///
/// # Errors
///
/// When `value` is no text, or none of the enum.
pub fn read_word<T: for<'a> TryFrom<&'a str, Error: fmt::Display>>(value: Value) -> Read<T> {
    let text = String::from_json(value)?;
    T::try_from(&text).map_err(|error| ReadError::new(error.to_string()))
}
