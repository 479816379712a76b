//! What generated types share: values that keep to rules, values that are one of several, null beside absent.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The rules of a constrained schema.
pub trait Rules: 'static {
    /// What keeps to them.
    type Value;
    /// The name of what they are for, in messages.
    const NAME: &'static str;
    /// The rules, the pattern aside.
    const LIMITS: Limits;

    /// Whether `text` matches the pattern, if there is one.
    fn matches(text: &str) -> bool {
        let _ = text;
        true
    }
}

/// The constraints of a schema (OpenAPI 3.0.3, Schema Object; JSON Schema Validation, 5).
#[derive(Clone, Debug)]
pub struct Limits {
    /// The least number of characters.
    pub min_length: Option<u64>,
    /// The greatest number of characters.
    pub max_length: Option<u64>,
    /// The regular expression (ECMA-262), for messages; empty where there is none.
    pub pattern: &'static str,
    /// The least value, and whether that itself is excluded.
    pub minimum: Option<(Bound, bool)>,
    /// The greatest value, and whether that itself is excluded.
    pub maximum: Option<(Bound, bool)>,
    /// What the value is a multiple of.
    pub multiple_of: Option<Bound>,
    /// The least number of items.
    pub min_items: Option<u64>,
    /// The greatest number of items.
    pub max_items: Option<u64>,
    /// Whether no two items are equal.
    pub unique_items: bool,
    /// The least number of members.
    pub min_properties: Option<u64>,
    /// The greatest number of members.
    pub max_properties: Option<u64>,
    /// The only values, as JSON; empty where any will do.
    pub one_of: &'static [&'static str],
}

impl Limits {
    /// No constraint.
    pub const NONE: Self = Self {
        min_length: None,
        max_length: None,
        pattern: "",
        minimum: None,
        maximum: None,
        multiple_of: None,
        min_items: None,
        max_items: None,
        unique_items: false,
        min_properties: None,
        max_properties: None,
        one_of: &[],
    };

    fn count(least: Option<u64>, greatest: Option<u64>, count: usize, of: &str) -> Result<(), String> {
        let count = count as u64;
        match (least, greatest) {
            (Some(least), _) if count < least => Err(format!("has {count} {of}, fewer than {least}")),
            (_, Some(greatest)) if count > greatest => Err(format!("has {count} {of}, more than {greatest}")),
            _ => Ok(()),
        }
    }
}

/// A number in a constraint, or one that is checked; an integer stays exact.
#[derive(Clone, Debug)]
pub enum Bound {
    /// An integer.
    Integer(i64),
    /// Any other number.
    Float(f64),
}

impl Bound {
    fn float(&self) -> f64 {
        match self {
            Self::Integer(integer) => *integer as f64,
            Self::Float(float) => *float,
        }
    }

    /// The order of two numbers, or nothing where one is not a number.
    fn order(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => Some(one.cmp(other)),
            _ => self.float().partial_cmp(&other.float()),
        }
    }

    fn is_multiple(&self, step: &Self) -> bool {
        match (self, step) {
            (Self::Integer(_), Self::Integer(0)) => true,
            (Self::Integer(value), Self::Integer(step)) => value.checked_rem(*step).is_none_or(|rest| rest == 0),
            _ => {
                let ratio = self.float() / step.float();
                !ratio.is_finite() || (ratio - ratio.round()).abs() < 1e-9
            }
        }
    }

    fn keeps(&self, limits: &Limits) -> Result<(), String> {
        use std::cmp::Ordering::{Equal, Greater, Less};
        if let Some((bound, excluded)) = &limits.minimum {
            let order = self.order(bound);
            if !(order == Some(Greater) || (order == Some(Equal) && !excluded)) {
                return Err(format!("{self} is {} {bound}", if *excluded { "not above" } else { "below" }));
            }
        }
        if let Some((bound, excluded)) = &limits.maximum {
            let order = self.order(bound);
            if !(order == Some(Less) || (order == Some(Equal) && !excluded)) {
                return Err(format!("{self} is {} {bound}", if *excluded { "not below" } else { "above" }));
            }
        }
        match &limits.multiple_of {
            Some(step) if !self.is_multiple(step) => Err(format!("{self} is no multiple of {step}")),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}

/// A value that keeps to the rules `R`. It is made by `try_from`, and derefs to what it holds.
pub struct Checked<R: Rules>(R::Value);

impl<R: Rules> Checked<R>
where
    R::Value: Limited,
{
    /// Checks `value`.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn new(value: R::Value) -> Result<Self, ConversionError> {
        let checked = value.keeps(&R::LIMITS, R::matches).and_then(|()| value.is_among(R::LIMITS.one_of));
        match checked {
            Ok(()) => Ok(Self(value)),
            Err(rule) => Err(ConversionError::broken(R::NAME, rule)),
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

impl<R: Rules> Clone for Checked<R>
where
    R::Value: Clone,
{
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Rules> fmt::Debug for Checked<R>
where
    R::Value: fmt::Debug,
{
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

impl<R: Rules> Serialize for Checked<R>
where
    R::Value: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<R: Rules> FromJson for Checked<R>
where
    R::Value: FromJson + Limited,
{
    fn from_json(value: Value) -> Result<Self, ReadError> {
        Self::new(R::Value::from_json(value)?).map_err(|error| ReadError::new(error.to_string()))
    }
}

impl<'de, R: Rules> Deserialize<'de> for Checked<R>
where
    R::Value: FromJson + Limited,
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

impl<T, R: Rules<Value = Vec<T>>> TryFrom<Vec<T>> for Checked<R>
where
    Vec<T>: Limited,
{
    type Error = ConversionError;

    fn try_from(value: Vec<T>) -> Result<Self, ConversionError> {
        Self::new(value)
    }
}

impl<T, R: Rules<Value = BTreeMap<String, T>>> TryFrom<BTreeMap<String, T>> for Checked<R>
where
    BTreeMap<String, T>: Limited,
{
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

/// What [`Limits`] can be checked of.
pub trait Limited: Serialize {
    /// Checks the limits that are for this type.
    ///
    /// # Errors
    ///
    /// The rule that the value breaks.
    fn keeps(&self, limits: &Limits, matches: fn(&str) -> bool) -> Result<(), String>;

    /// Checks that the value is one of `values`, which are JSON texts.
    ///
    /// # Errors
    ///
    /// When it is not.
    fn is_among(&self, values: &[&str]) -> Result<(), String> {
        let value = match values {
            [] => return Ok(()),
            _ => serde_json::to_value(self).map_err(|error| error.to_string())?,
        };
        let equals = |text: &&str| serde_json::from_str::<Value>(text).is_ok_and(|other| same_json(&value, &other));
        if values.iter().any(equals) { Ok(()) } else { Err(format!("is none of {}", values.join(", "))) }
    }
}

/// Whether two JSON values are equal, as JSON Schema sees it: `1` and `1.0` are.
fn same_json(one: &Value, other: &Value) -> bool {
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

impl Limited for str {
    fn keeps(&self, limits: &Limits, matches: fn(&str) -> bool) -> Result<(), String> {
        if limits.min_length.is_some() || limits.max_length.is_some() {
            Limits::count(limits.min_length, limits.max_length, self.chars().count(), "characters")?;
        }
        if matches(self) { Ok(()) } else { Err(format!("does not match `{}`", limits.pattern)) }
    }
}

impl Limited for String {
    fn keeps(&self, limits: &Limits, matches: fn(&str) -> bool) -> Result<(), String> {
        self.as_str().keeps(limits, matches)
    }
}

/// Checks what JSON writes as text.
fn written_keeps(value: &impl Serialize, limits: &Limits, matches: fn(&str) -> bool) -> Result<(), String> {
    let written = serde_json::to_value(value).map_err(|error| error.to_string())?;
    written.as_str().map_or(Ok(()), |text| text.keeps(limits, matches))
}

impl<T: Serialize> Limited for Vec<T> {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Limits::count(limits.min_items, limits.max_items, self.len(), "items")?;
        if !limits.unique_items {
            return Ok(());
        }
        let items: Result<Vec<Value>, _> = self.iter().map(serde_json::to_value).collect();
        let items = items.map_err(|error| error.to_string())?;
        for (index, item) in items.iter().enumerate() {
            if let Some(first) = items[..index].iter().position(|other| same_json(item, other)) {
                return Err(format!("item {index} is equal to item {first}"));
            }
        }
        Ok(())
    }
}

impl<T: Serialize> Limited for BTreeMap<String, T> {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Limits::count(limits.min_properties, limits.max_properties, self.len(), "members")
    }
}

impl Limited for serde_json::Map<String, Value> {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Limits::count(limits.min_properties, limits.max_properties, self.len(), "members")
    }
}

/// Each rule is for the values of its own type.
impl Limited for Value {
    fn keeps(&self, limits: &Limits, matches: fn(&str) -> bool) -> Result<(), String> {
        match self {
            Self::String(text) => text.keeps(limits, matches),
            Self::Array(items) => items.keeps(limits, matches),
            Self::Object(members) => members.keeps(limits, matches),
            Self::Number(value) => match (value.as_i64(), value.as_f64()) {
                (Some(integer), _) => Bound::Integer(integer).keeps(limits),
                (None, Some(float)) => Bound::Float(float).keeps(limits),
                (None, None) => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl Limited for bool {
    fn keeps(&self, _: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Ok(())
    }
}

impl Limited for i32 {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Bound::Integer(i64::from(*self)).keeps(limits)
    }
}

impl Limited for i64 {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Bound::Integer(*self).keeps(limits)
    }
}

impl Limited for f32 {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Bound::Float(f64::from(*self)).keeps(limits)
    }
}

impl Limited for f64 {
    fn keeps(&self, limits: &Limits, _: fn(&str) -> bool) -> Result<(), String> {
        Bound::Float(*self).keeps(limits)
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
checked_from!(bool);
checked_from!(i32);
checked_from!(i64);
checked_from!(f32);
checked_from!(f64);

/// Writes numbers, of which JSON has the finite ones only ([RFC 8259, 6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).
pub fn finite<T: Serialize + Finite, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        value.serialize(serializer)
    } else {
        Err(serde::ser::Error::custom("a number is not finite"))
    }
}

/// What holds numbers that JSON may not be able to write.
pub trait Finite {
    /// Whether JSON can write all of them.
    fn is_finite(&self) -> bool;
}

impl Finite for f32 {
    fn is_finite(&self) -> bool {
        Self::is_finite(*self)
    }
}

impl Finite for f64 {
    fn is_finite(&self) -> bool {
        Self::is_finite(*self)
    }
}

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

/// Checks the number of members of what is written as the object `name`.
///
/// # Errors
///
/// When there are too few or too many.
pub fn count_members<E: serde::ser::Error>(
    name: &str,
    count: u64,
    least: Option<u64>,
    greatest: Option<u64>,
) -> Result<(), E> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Limits::count(least, greatest, count, "members").map_err(|rule| E::custom(format!("{name}: {rule}")))
}

/// The alternative that fits, of those that were tried.
///
/// # Errors
///
/// When none does, or more than one where exactly one must.
pub fn fitting<T, const N: usize>(
    exactly_one: bool,
    name: &str,
    tried: [Result<T, ReadError>; N],
) -> Result<T, ReadError> {
    let mut fitting = tried.into_iter().filter_map(Result::ok);
    match (fitting.next(), fitting.next()) {
        (None, _) => Err(ReadError::new(format!("no alternative of {name} fits"))),
        (Some(_), Some(_)) if exactly_one => Err(ReadError::new(format!("more than one alternative of {name} fits"))),
        (Some(first), _) => Ok(first),
    }
}

/// What tells an alternative from others.
#[derive(Debug)]
pub struct Probe {
    /// The JSON type; empty where any will do.
    pub json_type: &'static str,
    /// The members that must be there.
    pub required: &'static [&'static str],
    /// The members that it declares.
    pub properties: &'static [&'static str],
    /// Members with the only values that they can have.
    pub constants: &'static [(&'static str, &'static [&'static str])],
}

/// The alternative that `value` is: of those whose type, required members and constants fit, the one that declares most of
/// the members that are there.
pub fn choose(value: &Value, probes: &[Probe]) -> Option<usize> {
    let fits = |probe: &Probe| {
        let typed = match probe.json_type {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        };
        let required = probe.required.iter().all(|name| value.get(name).is_some());
        let constants = probe.constants.iter().all(|(name, values)| match value.get(name).and_then(Value::as_str) {
            Some(text) => values.contains(&text),
            None => true,
        });
        typed && required && constants
    };
    let declared = |probe: &Probe| {
        let known = probe.properties.iter().filter(|name| value.get(name).is_some()).count();
        (known, probe.required.len(), !probe.json_type.is_empty())
    };
    let mut best = None;
    for (index, probe) in probes.iter().enumerate().filter(|(_, probe)| fits(probe)) {
        if best.is_none_or(|(_, most)| declared(probe) > most) {
            best = Some((index, declared(probe)));
        }
    }
    best.map(|(index, _)| index)
}
