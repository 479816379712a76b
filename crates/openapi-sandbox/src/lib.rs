#![doc = include_str!("../README.md")]

#[cfg(feature = "server")]
mod accept;
#[cfg(feature = "server")]
mod arrived;
#[cfg(feature = "server")]
mod body;
#[cfg(feature = "server")]
mod check;
#[cfg(feature = "server")]
mod credential;
#[cfg(feature = "server")]
mod document;
#[cfg(feature = "server")]
mod documented;
#[cfg(feature = "server")]
mod documents;
#[cfg(feature = "server")]
mod file;
#[cfg(feature = "server")]
mod instance;
#[cfg(feature = "server")]
mod multipart;
#[cfg(feature = "server")]
mod paging;
#[cfg(feature = "server")]
mod response;
#[cfg(feature = "server")]
mod route;
#[cfg(feature = "server")]
mod sandbox;
#[cfg(feature = "server")]
mod schema;
#[cfg(feature = "server")]
mod script;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod state;
#[cfg(feature = "stub")]
mod stub;
#[cfg(feature = "server")]
mod swagger;
#[cfg(feature = "server")]
mod text;
#[cfg(feature = "server")]
mod token;
#[cfg(feature = "server")]
mod tree;

#[cfg(feature = "server")]
pub use arrived::Arrived;
#[cfg(feature = "server")]
pub use document::{ServedOperation, ServedTokenEndpoint};
#[cfg(feature = "server")]
pub use documents::Documents;
#[cfg(feature = "stub")]
pub use openapi_runtime::stub::typed_headers;
#[cfg(feature = "server")]
pub use sandbox::{Sandbox, SandboxBuilder, SandboxError};
#[cfg(feature = "server")]
pub use script::Answer;
#[cfg(feature = "stub")]
pub use stub::{Script, Scripting, Stub, StubCall};
