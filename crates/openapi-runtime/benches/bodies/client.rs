//! A client as `openapi-build` would generate it.

use std::sync::Arc;

use openapi_runtime::codegen::{Call, Generated, Reads};
use openapi_runtime::{Api, Definition, Endpoint, EventStream, Operation, Reply, Transport};

use super::generated::NotDocumented;

/// Sends a body.
const UPLOAD: usize = 0;
/// Receives events.
const FEED: usize = 1;

static TABLE: [&Operation; 2] = [
    &Operation { idempotent: true, statuses: &["200"], ..Operation::new("upload", "PUT", "/upload") },
    &Operation { statuses: &["200"], ..Operation::new("feed", "GET", "/feed") },
];

static DEFINITION: Definition = Definition {
    title: "Bodies",
    version: "1",
    operations: &TABLE,
    undescribed: &Operation::new("request", "GET", ""),
    security_schemes: &[],
    environment: &[],
    base_url_variable: "BODIES_BASE_URL",
};

#[derive(Clone)]
pub(crate) struct Client {
    transport: Arc<dyn Transport>,
}

as_generated!(Client, DEFINITION, TABLE, "bodies/1.0");

impl Client {
    /// A call that sends the body that `with` gives it.
    pub(crate) async fn upload(&self, with: impl FnOnce(Call) -> Call) {
        with(Call::new::<Op<UPLOAD>>(&self.transport)).send::<Op<UPLOAD>>().await.expect("a success");
    }

    /// The events of the feed, whose data is text.
    pub(crate) async fn events(&self) -> EventStream<String> {
        let call =
            Call::new::<Op<FEED>>(&self.transport).send_texts::<Op<FEED>, Generated, String>("text/event-stream", &[]);
        call.await.expect("a success").into_body()
    }
}
