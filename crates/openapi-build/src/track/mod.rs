//! Follows a definition over time: which Rust API it gives, and what a new version of it changes.
//!
//! A build script needs none of this. The crate `cargo-oas`, which is the command, does everything that needs the network,
//! git or cargo.

mod change;
mod credentials;
mod defaults;
mod derived;
pub mod diff;
mod difference;
pub mod history;
pub(crate) mod page;
mod patterns;
pub(crate) mod rules;
pub mod semver;
mod servers;
pub mod surface;

pub use derived::Derived;

use crate::diagnostic::Diagnostic;
use crate::pipeline::Loaded;

/// Compares two versions of a definition. If `new` pins no names, those that `old` pins hold for it too.
///
/// # Errors
///
/// `T001`, and whatever keeps a client of one of them from being generated.
///
/// # Example
///
/// ```
/// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, diff::Wire, semver::Level}};
///
/// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[]);
/// let old = load("paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}")?;
/// let new = load("paths: {/ping: {get: {operationId: pong, responses: {'204': {description: pong}}}}}")?;
/// let changes = track::diff(&old, &new)?;
/// assert_eq!(changes.changes[0].code, "D004");
/// assert_eq!((changes.verdict.wire, changes.verdict.rust), (Wire::Safe, Level::Major));
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
pub fn diff(old: &Loaded, new: &Loaded) -> Result<diff::Changes, Diagnostic> {
    diff::compare(old, new, rules::RULES)
}
