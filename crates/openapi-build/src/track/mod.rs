//! Following a definition over time: which place in it got which Rust name, which Rust API it gives, and what a new version
//! of it changes.
//!
//! A build script needs the [`lock`] alone. What compares two versions and what they do to Rust is behind the feature `track`;
//! what reaches out of this crate besides, for the network, git and cargo, behind `cli`.

#[cfg(feature = "cli")]
mod baseline;
#[cfg(feature = "cli")]
pub mod bump;
#[cfg(feature = "cli")]
mod changelog;
#[cfg(feature = "cli")]
pub mod check;
#[cfg(feature = "track")]
mod derived;
#[cfg(feature = "track")]
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
#[cfg(feature = "track")]
pub(crate) mod rules;
#[cfg(feature = "track")]
pub mod semver;
#[cfg(feature = "track")]
pub mod surface;
#[cfg(feature = "cli")]
mod swap;

#[cfg(feature = "track")]
pub use derived::Derived;
#[cfg(feature = "track")]
pub use diff::diff;
