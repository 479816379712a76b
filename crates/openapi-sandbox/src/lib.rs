#![doc = include_str!("../README.md")]

mod accept;
mod arrived;
mod body;
mod check;
mod credential;
mod document;
mod documented;
mod documents;
mod file;
mod instance;
mod multipart;
mod paging;
mod response;
mod route;
mod sandbox;
mod schema;
mod script;
mod server;
mod state;
mod swagger;
mod text;
mod token;
mod tree;

pub use arrived::Arrived;
pub use document::{ServedOperation, ServedTokenEndpoint};
pub use documents::Documents;
pub use sandbox::{Sandbox, SandboxBuilder, SandboxError};
pub use script::Answer;
