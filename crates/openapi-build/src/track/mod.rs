//! Following a definition over time: which place in it got which Rust name, which Rust API it gives, and what a new version
//! of it changes.
//!
//! A build script needs the [`lock`] alone. What compares two versions and what they do to Rust is behind the feature `track`.
//! What reaches the network, git and cargo is the command's: the crate `cargo-oas`.

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
