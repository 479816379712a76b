//! `names.lock`: which place in the definition got which name, wherever there was a choice.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;

/// A name that was chosen for a shape, with every place that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The places in the definition, such as `activateSignup/request/user`, sorted.
    pub places: Vec<String>,
    /// The name.
    pub name: String,
    /// Whether the lock already had it.
    pub locked: bool,
}

/// The names that are pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    names: BTreeMap<String, String>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// `L001` for a line that is not `place = name`; the position has the line and no file.
    pub fn parse(_text: &str) -> Result<Self, Diagnostic> {
        Ok(Self::default())
    }

    /// The lock that pins `choices`.
    pub fn from_choices(choices: &[Choice]) -> Self {
        let names =
            choices.iter().flat_map(|choice| choice.places.iter().map(|place| (place.clone(), choice.name.clone())));
        Self { names: names.collect() }
    }

    /// The name pinned for that place.
    pub fn get(&self, place: &str) -> Option<&str> {
        self.names.get(place).map(String::as_str)
    }

    /// The text of the lock file.
    pub fn to_text(&self) -> String {
        String::new()
    }
}
