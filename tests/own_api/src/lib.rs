//! A client of an API of one's own.
#![deny(warnings, missing_docs)]

openapi_runtime::include_client!();
