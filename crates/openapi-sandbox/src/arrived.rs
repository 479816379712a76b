//! What the sandbox remembers of the requests that it gets.

use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::HeaderMap;

/// A request that arrived. It holds no credential.
///
/// ```
/// # use openapi_sandbox::Sandbox;
/// fn tokens_fetched(sandbox: &Sandbox) -> usize {
///     sandbox.arrived().iter().filter(|arrived| arrived.operation == "token").count()
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Arrived {
    /// The operation's id, or `token` for a token endpoint.
    pub operation: String,
    /// The headers, without `Authorization`, `Cookie` and keys.
    pub headers: HeaderMap,
    /// The body; empty for a token endpoint, because its requests hold credentials.
    pub body: Bytes,
}
