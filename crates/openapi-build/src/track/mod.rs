//! Follows a definition over time: which Rust API it gives, and what a new version of it changes.
//!
//! A build script needs none of this. The crate `cargo-oas`, which is the command, does everything that needs the network,
//! git or cargo.

mod change;
mod credentials;
mod date;
mod defaults;
mod derived;
pub mod diff;
mod difference;
mod generator;
pub mod history;
pub mod judgment;
mod options;
pub(crate) mod page;
mod patterns;
pub(crate) mod rules;
pub mod semver;
mod servers;
pub(crate) mod silent;
pub mod surface;
pub mod version;

pub use date::{Date, NotADate};
pub use derived::Derived;
pub use generator::Generator;
pub use options::Options;

use crate::diagnostic::Diagnostic;
use crate::pipeline::Loaded;

/// Compares two versions of a definition, on no day in particular: see [`Options`]. If `new` pins no names, those that `old` pins hold
/// for it too. What a team says of the changes in the folder of `new` holds ([`judgment`]).
///
/// # Errors
///
/// `T001`, `T003`, and whatever keeps a client of one of them from being generated.
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
    diff_with(old, new, &Options::default())
}

/// Compares two versions of a definition, as [`diff()`] does, on a day and for a version of the package.
///
/// # Errors
///
/// As [`diff()`].
///
/// # Example
///
/// ```
/// use openapi_build::{pipeline::Loaded, source::SourceFile, track::{self, Options, diff::Wire}};
///
/// let load = |text: &str| Loaded::sources(vec![SourceFile::from_bytes("ping.yaml".as_ref(), text.into())?], &[]);
/// let stays = "/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}";
/// let goes = "/pong: {get: {operationId: pong, x-sunset: 2026-06-30, responses: {'204': {description: ping}}}}";
/// let (old, new) = (load(&format!("paths:\n  {stays}\n  {goes}"))?, load(&format!("paths:\n  {stays}"))?);
/// let on = |day: &str| track::diff_with(&old, &new, &Options::default().today(day.parse().expect("a day")));
/// assert_eq!(on("2026-06-29")?.verdict.wire, Wire::Breaks);
/// assert_eq!(on("2026-06-30")?.verdict.wire, Wire::Safe);
/// # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
/// ```
pub fn diff_with(old: &Loaded, new: &Loaded, options: &Options) -> Result<diff::Changes, Diagnostic> {
    diff::compare(old, new, rules::RULES, options)
}
