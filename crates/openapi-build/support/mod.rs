//! What every generated operation shares: the operation table's rows, the call builder, the transport boundary,
//! responses and errors. Nothing here knows an operation or a schema; what the definition has no use for is left out.

pub use serde::{Deserializer as Reader, Serializer as Writer};
pub use std::result::Result;
