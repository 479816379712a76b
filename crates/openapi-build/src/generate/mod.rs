//! From cured documents to Rust: progenitor, then what progenitor lacks.

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::track::lock::{Choice, Lock};

/// One cured document to generate from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The document's name in the manifest; its module where there are several documents.
    pub name: &'a str,
    /// The cured document.
    pub tree: &'a Value,
}

/// An environment variable that holds a part of a credential.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub name: String,
    /// The security scheme it serves.
    pub scheme: String,
    /// The part of the credential: `id`, `secret` or `token`.
    pub part: String,
}

/// A generated client.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The Rust code, formatted.
    pub code: String,
    /// Warnings and notes; their pointers are places in the cured document.
    pub diagnostics: Vec<Diagnostic>,
    /// The names that were chosen where there was a choice.
    pub choices: Vec<Choice>,
}

/// Generates one client from `inputs`.
///
/// # Errors
///
/// The first thing that cannot be generated; a panic of progenitor comes back as such an error too.
pub fn generate(
    inputs: &[Input<'_>],
    _environment: &[EnvironmentVariable],
    _lock: &Lock,
) -> Result<Generated, Diagnostic> {
    let _ = inputs;
    Ok(Generated { code: String::new(), diagnostics: Vec::new(), choices: Vec::new() })
}
