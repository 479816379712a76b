//! Clients of two APIs of one's own.
#![deny(warnings, missing_docs)]

openapi_runtime::include_client!();

openapi_runtime::include_client! {
    /// The billing API.
    billing
}
