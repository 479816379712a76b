//! Generates a Rust client from an OpenAPI definition, in a build script.
//!
//! Published definitions have quirks that generators cannot take or take wrongly. This crate reads a definition (a whole
//! document, or the fragments that documentation pages show), applies your corrections, cures the quirks, and generates a
//! client with progenitor, typed errors and headers added. Nothing is lost in silence: what is cured or cannot be
//! expressed is said, with a code and a place.
//!
//! # In a build script
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), openapi_build::Error> {
//!     openapi_build::Config::new().generate("spec")
//! }
//! ```
//!
//! `spec/` holds a manifest, `spec.toml`, that names the documents, their files and digests ([`manifest`]). The client is
//! then a line in your crate: `include!(concat!(env!("OUT_DIR"), "/client.rs"));`.
//!
//! It stands alone: it needs `reqwest`, `serde` (with `derive`) and `serde_json`, and only where a schema asks for them
//! `chrono`, `uuid` and `regress`.
//!
//! # Step by step
//!
//! [`source`] reads → [`overlay`] corrects → [`normalize`] cures → [`generate`] writes Rust. [`pipeline`] runs them without
//! a build script:
//!
//! ```
//! use openapi_build::{pipeline::Loaded, source::SourceFile};
//!
//! let page = "paths: {/ping: {get: {operationId: ping, responses: {'204': {description: pong}}}}}";
//! let file = SourceFile::from_bytes("ping.yaml".as_ref(), page.into())?;
//! let output = Loaded::sources(vec![file], &[])?.generate()?;
//! assert!(output.code.contains("pub fn ping(&self)"));
//! # Ok::<(), openapi_build::diagnostic::Diagnostic>(())
//! ```
//!
//! Every message is a [`diagnostic::Diagnostic`]; each module lists its codes, and `cargo oas explain CODE` explains one.
//!
//! # Features
//!
//! - `track`: what tells two versions of a definition apart and judges what that does to clients and to Rust (`track::diff`,
//!   `track::semver`, `track::surface`), and the `catalogue` of codes. A build script needs none of it.
//!
//! The command `cargo oas` (`cargo install cargo-oas`) does all of this from a shell.

#[cfg(feature = "track")]
pub mod catalogue;
mod classes;
mod config;
pub mod diagnostic;
#[cfg(any(test, feature = "track"))]
mod doc_comment;
pub mod generate;
mod grammar;
mod json_type;
mod keywords;
pub mod lock;
pub mod manifest;
mod media_type;
mod names;
pub mod normalize;
pub mod overlay;
pub mod pipeline;
mod pointer;
mod slice;
pub mod source;
pub mod stages;
#[cfg(feature = "track")]
#[doc(hidden)]
pub mod tool;
#[cfg(feature = "track")]
pub mod track;
mod validate;

pub use config::{Config, Error};
