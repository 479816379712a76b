//! The shared parts of generated types: constrained values, unions, null beside absent.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::conversion::ConversionError;
use super::json::{FromJson, Read, ReadError, deserialize_sent, dropped, may_compare, set_dropped, tried_in_vain};
use super::tree::Tree;
use crate::file_part::checked_json;

/// The rules of a constrained schema.
pub trait Rules: 'static {
    /// The constrained value.
    type Value: Clone + fmt::Debug + Serialize;
    /// The name of the constrained type, in messages.
    const NAME: &'static str;

    /// Checks `value`.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    fn check(value: &Self::Value) -> Kept;
}

/// The result of checking a value: the rule that it breaks, if any
/// (OpenAPI 3.0.3, Schema Object; JSON Schema Validation, 5).
pub type Kept = Result<(), String>;

/// Checks how many characters, items or members there are; `of` says which.
pub fn check_count(found: usize, of: &str, least: Option<u64>, most: Option<u64>) -> Kept {
    let found = found as u64;
    match (least, most) {
        (Some(least), _) if found < least => Err(format!("has {found} {of}, fewer than {least}")),
        (_, Some(most)) if found > most => Err(format!("has {found} {of}, more than {most}")),
        _ => Ok(()),
    }
}

/// Checks `minimum`, `maximum` or `multipleOf`, which `holds` or is the `rule` that the value breaks.
pub fn check_number(holds: bool, rule: &str) -> Kept {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}

/// Whether an integer is a multiple of `step`; of zero any is.
pub fn is_multiple(value: i128, step: i128) -> bool {
    value.checked_rem(step).is_none_or(|rest| rest == 0)
}

/// An integer as a float, for comparison with one.
pub fn to_float(integer: impl Into<i128>) -> f64 {
    integer.into() as f64
}

/// The integer that any JSON value is.
pub fn any_integer(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or(value.as_u64().map(i128::from))
}

/// Whether a number is a multiple of `step`, as near as these numbers are to what is written.
pub fn is_nearly_multiple(value: f64, step: f64) -> bool {
    let ratio = value / step;
    !ratio.is_finite() || (ratio - ratio.round()).abs() < 1e-9
}

/// Checks `uniqueItems`.
pub fn check_unique<T: Serialize>(items: &[T]) -> Kept {
    let items: Result<Vec<Value>, _> = items.iter().map(checked_json).collect();
    let items = items.map_err(|error| error.to_string())?;
    for (index, item) in items.iter().enumerate() {
        if let Some(first) = items[..index].iter().position(|other| same_json(item, other)) {
            return Err(format!("has equal items, {first} and {index}"));
        }
    }
    Ok(())
}

/// Checks `enum`, of which `values` are the JSON texts.
pub fn check_one_of(value: &impl Serialize, values: &[&str]) -> Kept {
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let equals = |text: &&str| serde_json::from_str::<Value>(text).is_ok_and(|other| same_json(&value, &other));
    if values.iter().any(equals) { Ok(()) } else { Err(format!("is not one of {}", values.join(", "))) }
}

/// A value as text: a string as it is, any other as JSON.
pub fn json_text(value: &impl Serialize) -> Result<String, String> {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => Ok(text),
        Ok(other) => Ok(other.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A value that keeps to the rules `R`. It is made by `new` or `try_from` of a plain value, or by `parse` of a text, all of
/// which check the value; it derefs to what it holds. What the rules are is in the documentation of the type's alias.
pub struct Checked<R: Rules>(R::Value);

impl<R: Rules> Checked<R> {
    /// Checks `value`.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn new(value: R::Value) -> Result<Self, ConversionError> {
        match R::check(&value) {
            Ok(()) => Ok(Self(value)),
            Err(rule) => Err(ConversionError::broken(R::NAME, kind_of(&value), rule)),
        }
    }

    /// The value, without its promise.
    pub fn into_inner(self) -> R::Value {
        self.0
    }
}

impl<R: Rules> Deref for Checked<R> {
    type Target = R::Value;

    fn deref(&self) -> &R::Value {
        &self.0
    }
}

impl<R: Rules> Clone for Checked<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Rules> fmt::Debug for Checked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: Rules> fmt::Display for Checked<R>
where
    R::Value: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: Rules> PartialEq for Checked<R>
where
    R::Value: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R: Rules> Eq for Checked<R> where R::Value: Eq {}

impl<R: Rules> PartialOrd for Checked<R>
where
    R::Value: PartialOrd,
{
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl<R: Rules> Ord for Checked<R>
where
    R::Value: Ord,
{
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<R: Rules> Hash for Checked<R>
where
    R::Value: Hash,
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<R: Rules<Value = String>> AsRef<str> for Checked<R> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<R: Rules> Serialize for Checked<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<R: Rules> FromJson for Checked<R>
where
    R::Value: FromJson,
{
    fn from_json(value: Value) -> Result<Self, ReadError> {
        // The place says which value it is.
        Self::new(R::Value::from_json(value)?).map_err(|error| ReadError::new(error.of_value()))
    }
}

impl<'de, R: Rules> Deserialize<'de> for Checked<R>
where
    R::Value: FromJson,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_sent(deserializer)
    }
}

impl<R: Rules<Value = String>> TryFrom<&str> for Checked<R> {
    type Error = ConversionError;

    fn try_from(value: &str) -> Result<Self, ConversionError> {
        Self::new(value.to_owned())
    }
}

impl<T, R: Rules<Value = Vec<T>>> TryFrom<Vec<T>> for Checked<R> {
    type Error = ConversionError;

    fn try_from(value: Vec<T>) -> Result<Self, ConversionError> {
        Self::new(value)
    }
}

impl<T, R: Rules<Value = BTreeMap<String, T>>> TryFrom<BTreeMap<String, T>> for Checked<R> {
    type Error = ConversionError;

    fn try_from(value: BTreeMap<String, T>) -> Result<Self, ConversionError> {
        Self::new(value)
    }
}

impl<R: Rules<Value = String>> FromStr for Checked<R> {
    type Err = ConversionError;

    fn from_str(value: &str) -> Result<Self, ConversionError> {
        Self::new(value.to_owned())
    }
}

/// The kind of JSON that a value is.
fn kind_of(value: &impl Serialize) -> &'static str {
    serde_json::to_value(value).map_or("value", |value| super::json::kind(&value))
}

/// Whether two JSON values are equal, as JSON Schema sees it: `1` and `1.0` are.
pub(super) fn same_json(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_json(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same_json(one, other)))
        }
        _ => one == other,
    }
}

/// Makes a checked value of a plain one.
macro_rules! checked_from {
    ($ty:ty) => {
        impl<R: Rules<Value = $ty>> TryFrom<$ty> for Checked<R> {
            type Error = ConversionError;

            fn try_from(value: $ty) -> Result<Self, ConversionError> {
                Self::new(value)
            }
        }
    };
}

checked_from!(String);
checked_from!(Value);
checked_from!(serde_json::Map<String, Value>);
checked_from!(bool);
checked_from!(i8);
checked_from!(i16);
checked_from!(i32);
checked_from!(i64);
checked_from!(i128);
checked_from!(u8);
checked_from!(u16);
checked_from!(u32);
checked_from!(u64);
checked_from!(f64);

/// What a setter of a checked value takes: everything of which `TryInto` makes that value, be it checked already or plain.
///
/// ```
/// use openapi_runtime::IntoChecked;
///
/// struct Port(u16);
///
/// impl TryFrom<u32> for Port {
///     type Error = openapi_runtime::ConversionError;
///
///     fn try_from(number: u32) -> Result<Self, Self::Error> {
///         u16::try_from(number).map(Self).map_err(|_| "is not a port".into())
///     }
/// }
///
/// fn listen(port: impl IntoChecked<Port>) -> Result<u16, openapi_runtime::ConversionError> {
///     Ok(port.into_checked()?.0)
/// }
///
/// assert_eq!(listen(8080_u32), listen(Port(8080)));
/// assert!(listen(100_000_u32).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{T}` cannot be made of `{Self}`",
    label = "neither a `{T}` nor a plain value of the type that it holds",
    note = "a checked value is made by `new`, `try_from` or, of a text, `parse`, which return what rule is broken",
    note = "the rules are in the documentation of the type's alias, whose name is that of the rules without `Rules`"
)]
pub trait IntoChecked<T> {
    /// Checks the value.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    fn into_checked(self) -> Result<T, ConversionError>;
}

#[diagnostic::do_not_recommend]
impl<T, V: TryInto<T>> IntoChecked<T> for V
where
    V::Error: Into<ConversionError>,
{
    fn into_checked(self) -> Result<T, ConversionError> {
        self.try_into().map_err(Into::into)
    }
}

/// Writes numbers, of which JSON has the finite ones only ([RFC 8259, 6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).
pub fn finite<T: Serialize + Finite, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() { value.serialize(serializer) } else { Err(not_finite()) }
}

/// The error for a number that JSON cannot write.
pub(super) fn not_finite<E: serde::ser::Error>() -> E {
    E::custom("a number is not finite")
}

/// Checks that JSON can write all numbers of a value.
pub fn check_finite(value: &impl Finite) -> Kept {
    if value.is_finite() { Ok(()) } else { Err("is not finite".to_owned()) }
}

/// A type with numbers that JSON may not be able to write.
pub trait Finite {
    /// Whether JSON can write all of them.
    fn is_finite(&self) -> bool;
}

impl Finite for f64 {
    fn is_finite(&self) -> bool {
        Self::is_finite(*self)
    }
}

/// The other items of a tuple that has numbers.
macro_rules! always_finite {
    ($($other:ty),+) => {
        $(impl Finite for $other {
            fn is_finite(&self) -> bool {
                true
            }
        })+
    };
}

always_finite!(bool, i8, i16, i32, i64, i128, u8, u16, u32, u64, String, Value);

impl<T: Finite> Finite for Option<T> {
    fn is_finite(&self) -> bool {
        self.as_ref().is_none_or(T::is_finite)
    }
}

impl<T: Finite> Finite for Vec<T> {
    fn is_finite(&self) -> bool {
        self.iter().all(T::is_finite)
    }
}

impl<T: Finite> Finite for BTreeMap<String, T> {
    fn is_finite(&self) -> bool {
        self.values().all(T::is_finite)
    }
}

/// Whether all numbers of a list of exactly so many items are finite.
macro_rules! finite_tuple {
    ($($item:ident $index:tt),+) => {
        impl<$($item: Finite),+> Finite for ($($item,)+) {
            fn is_finite(&self) -> bool {
                $(self.$index.is_finite())&&+
            }
        }
    };
}

finite_tuple!(A 0);
finite_tuple!(A 0, B 1);
finite_tuple!(A 0, B 1, C 2);
finite_tuple!(A 0, B 1, C 2, D 3);
finite_tuple!(A 0, B 1, C 2, D 3, E 4);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
finite_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// Checks the number of members of what is written as the object `name`.
///
/// # Errors
///
/// When there are too few or too many.
pub fn count_members<E: serde::ser::Error>(
    name: &str,
    members: u64,
    least: Option<u64>,
    most: Option<u64>,
) -> Result<(), E> {
    let members = usize::try_from(members).unwrap_or(usize::MAX);
    check_count(members, "members", least, most).map_err(|rule| E::custom(format!("{name}: {rule}")))
}

/// The alternative of `name` that fits `value`: of several, the first of those that drop least.
///
/// # Errors
///
/// When none does, or more than one where exactly one must.
pub fn fitting<T>(exactly_one: bool, name: &str, value: &Value, tried: &[fn(Value) -> Read<T>]) -> Read<T> {
    tried_in_vain(tried.len().saturating_sub(1));
    let before = dropped();
    let mut found: Option<(T, usize)> = None;
    for read in tried {
        set_dropped(before);
        let Ok(read) = read(value.clone()) else { continue };
        let lost = dropped() - before;
        if exactly_one && found.is_some() {
            return Err(ReadError::new(format!("more than one alternative of {name} fits")));
        }
        if found.as_ref().is_none_or(|(_, least)| lost < *least) {
            found = Some((read, lost));
        }
    }
    let Some((found, lost)) = found else { return Err(ReadError::new(format!("no alternative of {name} fits"))) };
    set_dropped(before + lost);
    Ok(found)
}

/// The alternative that a known tag names or, where `value` is not what the definition says of it, the value as it is.
///
/// # Errors
///
/// Never: this is an alternative to a function that may fail.
pub fn known<T: FromJson, U>(
    value: Value,
    made: impl FnOnce(T) -> U,
    raw: impl FnOnce(Value) -> U,
) -> Result<U, ReadError> {
    let before = dropped();
    Ok(match T::from_json(value.clone()) {
        Ok(read) => made(read),
        Err(_) => {
            set_dropped(before);
            raw(value)
        }
    })
}

/// Writes an alternative with its tag: the first of `tags` at `tag`, unless one of them is there. Of what the alternative does not
/// write itself, the tag comes first.
///
/// # Errors
///
/// When `value` cannot be written.
pub fn tagged<T: Serialize, S: Serializer>(
    serializer: S,
    tag: &str,
    tags: &[&str],
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut tree = Tree::of(value).map_err(serde::ser::Error::custom)?;
    let own = tree.get(tag).and_then(Tree::as_str).is_some_and(|own| tags.contains(&own));
    if let (Some(first), false) = (tags.first(), own) {
        tree.set(tag, (*first).into());
    }
    tree.serialize(serializer)
}

/// Sets of names, and how many of the sets must at least and may at most be there in full.
pub type Choice<'a> = (u64, Option<u64>, &'a [&'a [&'a str]]);

/// Checks which members are there, by `there`, in what is written as the object `name`.
///
/// # Errors
///
/// When too few or too many of the sets are there.
pub fn choose_members<E: serde::ser::Error>(
    name: &str,
    there: impl Fn(&str) -> bool,
    choices: &[Choice<'_>],
) -> Result<(), E> {
    check_choices(there, choices).map_err(|rule| E::custom(format!("{name}: {rule}")))
}

/// The rule of `choices` that is broken, if one is.
pub(super) fn check_choices(there: impl Fn(&str) -> bool, choices: &[Choice<'_>]) -> Result<(), String> {
    for (least, most, sets) in choices {
        let found = sets.iter().filter(|set| set.iter().all(|name| there(name))).count() as u64;
        if found < *least || most.is_some_and(|most| found > most) {
            let sets: Vec<String> = sets.iter().map(|set| set.join(" and ")).collect();
            let wanted = match (least, most) {
                (0, _) => "must not have",
                (_, Some(_)) => "must have exactly one of",
                _ => "must have",
            };
            return Err(format!("{wanted} `{}`", sets.join("`, `")));
        }
    }
    Ok(())
}

/// The features that distinguish an alternative from others.
#[derive(Debug)]
pub struct Probe {
    /// The JSON type, `closed object` for an object that has no undeclared members, or the format of a text; empty where any will do.
    pub json_type: &'static str,
    /// The members that must be there.
    pub required: &'static [&'static str],
    /// The members that it declares.
    pub properties: &'static [&'static str],
    /// Members with the only values that they can have; the value itself has no name.
    pub constants: &'static [(&'static str, &'static [&'static str])],
}

/// The alternative that `value` is: of those that it may be, the likeliest that it can be read as. Of several that declare as many
/// of its members, it is the one that drops least below them.
///
/// # Errors
///
/// With the value, when no alternative can be read, or only one that drops members which another one declares that fits as well.
pub fn alternative<T>(value: Value, probes: &[Probe], tried: &[fn(Value) -> Read<T>]) -> Result<T, Value> {
    let mut likely: Vec<_> =
        probes.iter().zip(tried).filter_map(|(probe, read)| Some((evidence(&value, probe)?, probe, read))).collect();
    likely.sort_by_key(|(evidence, ..)| std::cmp::Reverse(*evidence));
    let mut found: Option<(T, usize, &Probe)> = None;
    // Those that it is by the definition.
    let mut fitting: Vec<&Probe> = Vec::new();
    let (before, mut most) = (dropped(), 0);
    for ((known, ..), probe, read) in &likely {
        if found.is_some() && (*known < most || !may_compare()) {
            break;
        }
        set_dropped(before);
        match read(value.clone()) {
            Ok(read) => {
                let lost = dropped() - before;
                fitting.push(probe);
                if found.as_ref().is_none_or(|(_, least, _)| lost < *least) {
                    found = Some((read, lost, probe));
                }
                if lost == 0 {
                    break;
                }
                most = *known;
            }
            Err(error) => {
                fitting.extend(error.is_beyond().then_some(*probe));
                tried_in_vain(1);
            }
        }
    }
    set_dropped(before + found.as_ref().map_or(0, |(_, lost, _)| *lost));
    let Some((found, lost, probe)) = found else { return Err(value) };
    let is_lost = |name: &&str| value.get(name).is_some() && !probe.properties.contains(name);
    let declares_lost = |other: &Probe| other.properties.iter().any(is_lost);
    // A closed object does not have the members that only others declare.
    let is_closed = probe.json_type == "closed object";
    let loses = (is_closed && probes.iter().any(declares_lost))
        || (lost > 0 && fitting.iter().any(|other| declares_lost(other)));
    if !loses {
        return Ok(found);
    }
    set_dropped(before);
    match likely.iter().find(|(_, other, _)| other.is_any()) {
        Some((.., read)) => read(value.clone()).map_err(|_| value),
        None => Err(value),
    }
}

impl Probe {
    /// Whether the alternative is any value.
    fn is_any(&self) -> bool {
        self.json_type.is_empty() && self.required.is_empty() && self.properties.is_empty() && self.constants.is_empty()
    }
}

/// How many of the declared members are there, how many are required, and how closely a scalar fits; nothing if `value` is not
/// the alternative.
type Evidence = (usize, usize, u8, u8);

/// The evidence that `value` is the alternative of `probe`, unless its type, its required members or its constants say otherwise.
fn evidence(value: &Value, probe: &Probe) -> Option<Evidence> {
    let (typed, close) = match probe.json_type {
        "string" => (value.is_string(), 1),
        "date-time" | "date" | "uuid" | "byte" => (value.is_string(), 2),
        "integer" => (value.is_i64() || value.is_u64(), 2),
        "number" => (value.is_number(), 1),
        "boolean" => (value.is_boolean(), 1),
        "array" => (value.is_array(), 1),
        "object" | "closed object" => (value.is_object(), 1),
        _ => (true, 0),
    };
    // A new value of an enum is no reason to take a text for something else.
    let of_value =
        |text: &str| probe.constants.iter().find(|(name, _)| name.is_empty()).map(|(_, all)| all.contains(&text));
    let listed = value.as_str().and_then(of_value).map_or(1, |listed| if listed { 2 } else { 0 });
    let required = probe.required.iter().all(|name| value.get(name).is_some());
    let constants = probe
        .constants
        .iter()
        .filter(|(name, _)| !name.is_empty())
        .all(|(name, values)| value.get(name).and_then(Value::as_str).is_none_or(|text| values.contains(&text)));
    let known = probe.properties.iter().filter(|name| value.get(name).is_some()).count();
    (typed && required && constants).then_some((known, probe.required.len(), listed, close))
}
