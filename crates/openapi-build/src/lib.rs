//! Generates clients.

pub mod diagnostic;
pub mod generate;
mod names;
pub mod normalize;
pub mod track;
