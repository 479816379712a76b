#![doc = include_str!("../README.md")]

mod arrived;
mod check;
mod credential;
mod document;
mod documented;
mod instance;
mod response;
mod sandbox;
mod schema;
mod script;
mod server;
mod state;
mod token;

pub use arrived::Arrived;
pub use document::{ServedOperation, ServedTokenEndpoint};
pub use sandbox::{Sandbox, SandboxBuilder, SandboxError};
pub use script::Answer;
