//! What a generated client has, written by hand: for the tests and for the benches.

/// `Api` of `$client`, and an operation for each number of the table. Every success has an empty body, and no error is
/// documented.
macro_rules! as_generated {
    ($client:ident, $definition:ident, $table:ident, $agent:literal) => {
        impl Api for $client {
            const DEFINITION: &'static Definition = &$definition;
            const USER_AGENT: &'static str = $agent;

            fn from_transport(transport: Arc<dyn Transport>) -> Self {
                Self { transport }
            }

            fn transport(&self) -> &Arc<dyn Transport> {
                &self.transport
            }
        }

        struct Op<const N: usize>;

        impl<const N: usize> Endpoint for Op<N> {
            const OPERATION: &'static Operation = $table[N];
            type Body = ();
            type Headers = ();
            type Error = NotDocumented;
            const READ: Reads<()> = &[(200..=299, Reply::nothing)];
        }
    };
}

use openapi_runtime::Reply;
use openapi_runtime::codegen::{Decoded, Documented};

/// The error of an operation that documents none.
#[derive(Debug)]
pub(crate) enum NotDocumented {}

impl std::fmt::Display for NotDocumented {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NotDocumented {}

impl Documented for NotDocumented {
    fn decode(_: &Reply) -> Decoded<Self> {
        None
    }
}
