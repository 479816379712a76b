//! Values that a generated type rejects.

use std::error::Error as StdError;
use std::fmt;

/// A value that a type rejects: the field that it is for, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError {
    /// The names that lead to the value.
    path: String,
    rule: std::borrow::Cow<'static, str>,
    /// Whether `path` names the value itself, and not yet the field that holds it.
    own: bool,
}

impl ConversionError {
    /// The error for a value of the type `name` that breaks `rule`.
    pub fn broken(name: &str, rule: String) -> Self {
        Self { path: name.to_owned(), rule: rule.into(), own: true }
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
}

/// The error for a text that is not a value of the enum `name`.
pub fn unknown<T>(name: &str, text: &str) -> Result<T, ConversionError> {
    Err(format!("`{text}` is no value of {name}").into())
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.rule),
            path => write!(f, "{path}: {}", self.rule),
        }
    }
}

impl StdError for ConversionError {}

impl From<&'static str> for ConversionError {
    fn from(rule: &'static str) -> Self {
        Self { path: String::new(), rule: rule.into(), own: true }
    }
}

impl From<String> for ConversionError {
    fn from(rule: String) -> Self {
        Self { path: String::new(), rule: rule.into(), own: true }
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
