//! Following a definition over time: which place in it got which Rust name, which Rust API it gives, and what a new version
//! of it changes.
//!
//! A build script needs the [`lock`] alone. The feature `track` adds the comparison of two versions and of their Rust
//! APIs. The crate `cargo-oas`, which is the command, does everything that needs the network, git or cargo.

#[cfg(feature = "track")]
mod derived;
#[cfg(feature = "track")]
pub mod diff;
pub mod lock;
#[cfg(feature = "track")]
pub(crate) mod rules;
#[cfg(feature = "track")]
pub mod semver;
#[cfg(feature = "track")]
pub mod surface;

#[cfg(feature = "track")]
pub use derived::Derived;
#[cfg(feature = "track")]
pub use diff::diff;
