//! The trait of generated clients.

use std::sync::Arc;

use crate::builder::ClientBuilder;
use crate::operation::Definition;
use crate::options::CallOptions;
use crate::transport::{Optioned, Transport};

/// A generated client: the operations of one definition over a [`Transport`].
///
/// Generated code implements it for its `Client`. Code that serves any API is generic over it:
///
/// ```
/// use openapi_runtime::{Api, BearerToken, BuildError};
///
/// fn connect<A: Api>(url: &str, token: &str) -> Result<A, BuildError> {
///     A::builder().base_url(url).credentials(BearerToken::new(token)).build()
/// }
/// ```
pub trait Api: Clone + Send + Sync + Sized + 'static {
    /// The operation table, the security schemes and the environment variables.
    const DEFINITION: &'static Definition;

    /// The product in the `User-Agent` of requests: the crate that the client was generated for.
    const USER_AGENT: &'static str;

    /// Creates a client that sends by `transport`.
    fn from_transport(transport: Arc<dyn Transport>) -> Self;

    /// The transport of this client.
    fn transport(&self) -> &Arc<dyn Transport>;

    /// Builds a client with credentials and settings.
    fn builder() -> ClientBuilder<Self> {
        ClientBuilder::default()
    }

    /// This client with other settings, for one call or for several. It shares everything else: connections, tokens and the
    /// retry budget. Creating it costs two small allocations.
    ///
    /// ```
    /// use std::time::Duration;
    /// use openapi_runtime::{Api, CallOptions};
    ///
    /// fn hasty<A: Api>(client: &A) -> A {
    ///     client.with(CallOptions::new().timeout(Duration::from_secs(2)).no_retry())
    /// }
    /// ```
    #[must_use]
    fn with(&self, options: CallOptions) -> Self {
        Self::from_transport(Arc::new(Optioned { inner: Arc::clone(self.transport()), options: Arc::new(options) }))
    }
}
