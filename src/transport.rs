//! The transport of a client: its settings, and the span around each call.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;
use tracing::field::Empty;

use crate::call::Call;
use crate::http::Wire;
use crate::options::CallOptions;
use crate::retry::{Backoff, RetryBudget, RetryPolicy};
use crate::routes::Routes;
use crate::support::{BoxFuture, Failure, FailureKind, Reply, Request, Transport};

/// Picks server and credential by the operation's row, sends, and tries again where that is right.
pub(crate) struct Managed {
    pub(crate) wire: Arc<Wire>,
    pub(crate) routes: Routes,
    pub(crate) policy: Arc<dyn RetryPolicy>,
    pub(crate) backoff: Arc<dyn Backoff>,
    pub(crate) budget: Arc<dyn RetryBudget>,
    /// For the whole call, waits and token fetches included.
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    /// Whether calls wait for the end of a rate limit's window that is used up.
    pub(crate) heed_rate_limit: bool,
}

impl Transport for Managed {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        let options = request.options.take().and_then(|options| options.downcast::<CallOptions>().ok());
        let operation = request.operation;
        // The names are OpenTelemetry's, for HTTP client spans. Neither URL nor query is among them: they may hold secrets.
        let span = tracing::info_span!(
            "HTTP",
            otel.kind = "client",
            otel.name = %format_args!("{} {}", operation.method, operation.path),
            http.request.method = operation.method,
            url.template = operation.path,
            server.address = Empty,
            server.port = Empty,
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            error.type = Empty,
        );
        let recorded = span.clone();
        let clock = &self.wire.clock;
        let start = clock.now();
        // Made here and not within the future, which would hold the request twice.
        let mut call = Call::new(self, request, options, start);
        let call = async move {
            let result = call.run().await;
            if call.attempts > 1 {
                recorded.record("http.request.resend_count", call.attempts - 1);
            }
            let elapsed = clock.now().saturating_duration_since(start);
            match result {
                Ok(reply) => {
                    recorded.record("http.response.status_code", reply.status.as_u16());
                    if reply.status.is_client_error() || reply.status.is_server_error() {
                        recorded.record("error.type", reply.status.as_str());
                    }
                    Ok(reply.after(call.attempts, elapsed))
                }
                Err(kind) => {
                    recorded.record("error.type", kind_name(&kind));
                    let mut failure = Failure::new(kind, call.attempts, elapsed);
                    if matches!(failure.kind, FailureKind::Deadline(_) | FailureKind::Transport(_)) {
                        failure.reply = call.reply.take();
                    }
                    Err(failure)
                }
            }
        };
        Box::pin(call.instrument(span))
    }
}

fn kind_name(kind: &FailureKind) -> &'static str {
    match kind {
        FailureKind::Request(_) => "request",
        FailureKind::NoCredential(_) => "no_credential",
        FailureKind::Token(_) => "token",
        FailureKind::Deadline(_) => "deadline",
        FailureKind::Transport(_) => "transport",
    }
}
