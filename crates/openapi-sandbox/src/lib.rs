#![doc = include_str!("../README.md")]

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

pub use document::{ServedOperation, ServedTokenEndpoint};
pub use sandbox::{Arrived, Sandbox, SandboxBuilder, SandboxError};
pub use script::Answer;
