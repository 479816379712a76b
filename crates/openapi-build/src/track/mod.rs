//! Follows a definition over time: which Rust API it gives, and what a new version of it changes.
//!
//! A build script needs none of this: the feature `track` adds what only computes, `cli` what reaches the network, git and
//! cargo.

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
