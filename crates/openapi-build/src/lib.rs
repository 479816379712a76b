//! Generates a Rust client from an OpenAPI definition, in a build script.
//!
//! Published definitions have quirks that generators reject or misread. This crate reads a definition (a whole document, or
//! the fragments that documentation pages show), applies your corrections, repairs the quirks, and generates a client with
//! exact types, typed errors and typed headers. Nothing is lost in silence: each repair, and each part that cannot be
//! expressed, is reported with a code and a place.
//!
//! # In a build script
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), openapi_build::Error> {
//!     openapi_build::Config::new().generate("api.yaml")
//! }
//! ```
//!
//! One line in `src/lib.rs` includes the client: `openapi_runtime::include_client!();`. The generated code depends on the crate
//! `openapi-runtime` of the same version, and on nothing else. Several clients in one crate are modules: [`Config::module`].
//!
//! Instead of a file, `generate` takes a folder with a manifest, `spec.toml`, that lists the documents with their files,
//! overlays and digests ([`manifest`]), so that a new version of a definition can be tracked.
//!
//! # Step by step
//!
//! [`source`] reads → [`overlay`] corrects → [`normalize`] repairs → [`generate`] writes Rust. [`pipeline`] runs these stages
//! without a build script:
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
//! Every message is a [`diagnostic::Diagnostic`]; each module lists its codes, and `cargo oas explain CODE` explains one. A user
//! can silence a code or make it an error: [`Config::allow`], [`Config::deny`], [`levels`].
//!
//! # Features
//!
//! - `track`: compares two versions of a definition, and judges how the changes affect deployed clients and Rust code
//!   (`track::diff`, `track::semver`, `track::surface`); and the `catalogue` of codes. A build script needs none of it.
//!
//! The command `cargo oas` (`cargo install cargo-oas`) does all of this from a shell.

#[cfg(feature = "track")]
pub mod catalogue;
mod classes;
mod codes;
mod config;
mod convert;
pub mod diagnostic;
#[cfg(any(test, feature = "track"))]
mod doc_comment;
mod extensions;
mod features;
mod formats;
pub mod generate;
mod grammar;
mod groups;
mod invisible;
mod json_type;
mod keywords;
pub mod levels;
pub mod lock;
pub mod manifest;
mod media_type;
mod names;
mod nearest;
pub mod normalize;
pub mod overlay;
mod path_template;
pub mod pipeline;
mod pointer;
mod renames;
mod replacements;
mod slice;
pub mod source;
pub mod stages;
mod status;
#[cfg(feature = "track")]
#[doc(hidden)]
pub mod tool;
#[cfg(feature = "track")]
pub mod track;
mod validate;
mod version;
mod words;

pub use config::{Config, Error};
pub use formats::Format;
pub use replacements::Replacement;
pub use slice::Selector;
