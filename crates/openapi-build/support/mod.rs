//! What every generated operation shares: the operation table's rows, the call builder, the transport boundary,
//! responses and errors. It is the same for all definitions; nothing here knows an operation or a schema.

mod call;
mod error;
mod json;
mod operation;
mod parameter;
mod response;
mod transport;
mod value;

pub use call::{Call, Documented, Endpoint, Reads};
pub use error::{ConversionError, Error, ErrorKind, OperationError};
#[allow(unused_imports)] // a definition may convert nothing
pub(crate) use error::{given, not_null, unknown, within};
pub use operation::{
    Definition, EnvironmentVariable, Operation, Requirement, SecurityScheme, SecuritySchemeKind, Server, ServerVariable,
};
pub use parameter::Style;
pub use response::{DecodeError, Decoded, FromHeaders, HeaderError, Reply, Response, TryFromHeaders, header, required_header};
// What generated code calls by short names.
pub use serde::{Deserializer as Reader, Serializer as Writer};
pub use std::result::Result;
pub use json::{FromJson, Json, Made, Object, Read, ReadError, Word, Written, deserialize, deserialize_sent, read};
pub use value::{Bound, Checked, Finite, Limited, Limits, Probe, Rules, choose, finite, fitting, members};
pub use transport::{BoxError, BoxFuture, Direct, Failure, FailureKind, Request, Transport};
