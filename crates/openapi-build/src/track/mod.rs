//! Following a definition over time: which place in it got which Rust name, and which Rust API it gives.

mod derived;
pub mod lock;
pub mod surface;

pub use derived::Derived;
