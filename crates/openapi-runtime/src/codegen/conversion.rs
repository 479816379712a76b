//! Values that a generated type rejects.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;

/// A value that a type rejects: the field that it is for, its kind, and the rule that it breaks. It does not hold the value, which
/// may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError {
    /// The names that lead to the value.
    path: String,
    rule: std::borrow::Cow<'static, str>,
    kind: Option<&'static str>,
    /// Whether `path` names the value itself, and not yet the field that holds it.
    own: bool,
}

impl ConversionError {
    /// The error for a value of the type `name`, of that kind of JSON, that breaks `rule`.
    pub fn broken(name: &str, kind: &'static str, rule: String) -> Self {
        Self { path: name.to_owned(), rule: rule.into(), kind: Some(kind), own: true }
    }

    /// A value that matches no alternative of `name`.
    pub fn no_alternative(name: &str) -> Self {
        format!("it is no alternative of {name}").into()
    }

    /// The field with the invalid value, as a path of names with dots; empty if the value has no field.
    pub fn field(&self) -> &str {
        &self.path
    }

    /// The rule that the value breaks.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The kind of JSON that the value is: `string`, `number`, `boolean`, `array` or `object`. `None` if there is no value, or none
    /// that could be taken.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// What is wrong, without the field.
    pub(super) fn of_value(&self) -> String {
        self.kind.map_or_else(|| self.rule.to_string(), |kind| format!("the {kind} {}", self.rule))
    }
}

/// The error for a text that is not a value of the enum `name`.
pub fn unknown<T>(name: &str) -> Result<T, ConversionError> {
    let rule = format!("is no value of {name}").into();
    Err(ConversionError { path: String::new(), rule, kind: Some("string"), own: true })
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.of_value()),
            path => write!(f, "{path}: {}", self.of_value()),
        }
    }
}

impl StdError for ConversionError {}

impl From<&'static str> for ConversionError {
    fn from(rule: &'static str) -> Self {
        Self { path: String::new(), rule: rule.into(), kind: None, own: true }
    }
}

impl From<String> for ConversionError {
    fn from(rule: String) -> Self {
        Self { path: String::new(), rule: rule.into(), kind: None, own: true }
    }
}

impl From<std::convert::Infallible> for ConversionError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Puts the name of a field before the path of the error in `result`.
///
/// # Errors
///
/// Those of `result`.
pub fn in_field<T>(name: &str, result: Result<T, ConversionError>) -> Result<T, ConversionError> {
    result.map_err(|error| {
        let path = if error.own { name.to_owned() } else { format!("{name}.{}", error.path) };
        ConversionError { path, own: false, ..error }
    })
}

/// Converts the items of a list.
///
/// # Errors
///
/// That of the first item that cannot be converted, with its index.
pub fn each<T, U>(items: Vec<T>, convert: impl Fn(T) -> Result<U, ConversionError>) -> Result<Vec<U>, ConversionError> {
    let numbered = items.into_iter().enumerate();
    numbered.map(|(index, item)| in_field(&index.to_string(), convert(item))).collect()
}

/// Converts the members of a map.
///
/// # Errors
///
/// That of the first member that cannot be converted, with its name.
pub fn each_member<T, U>(
    members: BTreeMap<String, T>,
    convert: impl Fn(T) -> Result<U, ConversionError>,
) -> Result<BTreeMap<String, U>, ConversionError> {
    let convert = |(name, value): (String, T)| {
        let value = in_field(&name, convert(value))?;
        Ok((name, value))
    };
    members.into_iter().map(convert).collect()
}

/// The value of a required field.
///
/// # Errors
///
/// If the value is missing.
pub fn given<T>(name: &str, value: Option<T>) -> Result<T, ConversionError> {
    in_field(name, value.ok_or_else(|| "it is required".into()))
}

/// A value that must not be null.
///
/// # Errors
///
/// If it is null.
pub fn not_null<T>(value: Option<T>) -> Result<T, ConversionError> {
    value.ok_or_else(|| "it must not be null".into())
}
