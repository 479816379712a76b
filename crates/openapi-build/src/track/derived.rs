//! The files of a definition's folder that are made from its other files, and committed with them.

use super::surface::{self, Surface};
use crate::diagnostic::Diagnostic;
use crate::lock::{self, Lock};
use crate::pipeline::Output;

/// What [`names.lock`](lock) and [`api.txt`](surface) have to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The text of `names.lock`.
    pub lock: String,
    /// The text of `api.txt`.
    pub api: String,
}

impl Derived {
    /// What follows from `output`, made without [`both_ways`](crate::Config::both_ways) unless the manifest has it.
    ///
    /// # Errors
    ///
    /// As [`Surface::of`].
    pub fn of(output: &Output) -> Result<Self, Diagnostic> {
        Ok(Self { lock: Lock::from_choices(&output.choices).to_text(), api: Surface::of(&output.code)?.to_text() })
    }

    /// The files' names and texts.
    pub fn files(&self) -> [(&'static str, &str); 2] {
        [(lock::FILE_NAME, &self.lock), (surface::FILE_NAME, &self.api)]
    }
}
