//! Following a definition over time: which place in it got which Rust name, which Rust API it gives, and what a new version
//! of it changes.

mod derived;
pub mod diff;
pub mod lock;
pub(crate) mod rules;
pub mod semver;
pub mod surface;

pub use derived::Derived;
pub use diff::diff;
