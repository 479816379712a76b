//! Following a definition over time: which place in it got which Rust name.

pub mod lock;
