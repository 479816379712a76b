//! Helpers that the tests and benches of the workspace share.
//!
//! A helper that needs a folder or a program known only to the test's own crate takes it as an argument:
//! `env!("CARGO_TARGET_TMPDIR")`, `env!("CARGO_BIN_EXE_cargo-oas")`.

pub mod chromium;
pub mod client;
pub mod corpus;
pub mod edits;
pub mod entries;
pub mod folder;
pub mod http2;
pub mod instances;
pub mod loopback;
pub mod measured;
mod members;
pub mod oracle;
pub mod project;
pub mod rules;
pub mod rustc;
pub mod sources;
pub mod terms;
pub mod versions;
pub mod whole;
