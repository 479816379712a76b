//! Following a definition over time: which place in it got which Rust name, which Rust API it gives, and what a new version
//! of it changes.
//!
//! What reaches out of this crate, for the network, git and cargo, is behind the feature `cli`: a build script needs none of
//! it.

#[cfg(feature = "cli")]
mod baseline;
#[cfg(feature = "cli")]
pub mod bump;
#[cfg(feature = "cli")]
mod changelog;
#[cfg(feature = "cli")]
pub mod check;
mod derived;
pub mod diff;
#[cfg(feature = "cli")]
pub mod fetch;
#[cfg(feature = "cli")]
mod git;
pub mod lock;
#[cfg(feature = "cli")]
mod package;
#[cfg(feature = "cli")]
pub mod record;
pub(crate) mod rules;
pub mod semver;
pub mod surface;
#[cfg(feature = "cli")]
mod swap;

pub use derived::Derived;
pub use diff::diff;
