//! The transport that the builder makes: its settings, and the span around each call.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tracing::Instrument;
use tracing::field::Empty;

use crate::boxed::BoxFuture;
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::http_client::{Extent, Wire};
use crate::operation::SecurityScheme;
use crate::request::{Request, RequestError};
use crate::response::Reply;
use crate::retry::{Backoff, RetryBudget, RetryPolicy};
use crate::routes::Routes;
use crate::runtime::Caught;
use crate::streaming::Opened;
use crate::transport::{Failure, Transport};

/// Chooses server and credential by the operation's row, sends, and retries.
pub(crate) struct Managed {
    pub(crate) wire: Arc<Wire>,
    pub(crate) routes: Routes,
    pub(crate) security_schemes: &'static [SecurityScheme],
    pub(crate) settings: Settings,
}

/// The settings of each call that its options do not replace.
pub(crate) struct Settings {
    /// Headers that each request has, unless its operation sets them.
    pub(crate) headers: HeaderMap,
    pub(crate) policy: Arc<dyn RetryPolicy>,
    pub(crate) backoff: Arc<dyn Backoff>,
    pub(crate) budget: Arc<dyn RetryBudget>,
    /// For the whole call, waits and token fetches included.
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    /// For the next bytes of a body that is streamed.
    pub(crate) stall_timeout: Duration,
    /// The longest body that is streamed, in bytes.
    pub(crate) stream_limit: Option<usize>,
    /// Whether calls wait for the end of a rate limit's window that is used up.
    pub(crate) wait_for_rate_limit: bool,
}

impl Transport for Managed {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        self.call(request, Extent::Whole, |_, reply| reply)
    }

    fn open(&self, request: Request) -> BoxFuture<'_, Result<Opened, Failure>> {
        self.call(request, Extent::Head, |delivery, reply| {
            let care = delivery.care();
            match delivery.rest.take() {
                Some((rest, url)) => Opened::new(reply, rest).with(care, Some(url)),
                None => Opened::whole(reply).with(care, None),
            }
        })
    }
}

impl Managed {
    /// Sends `request`; `end` makes of the answer what the caller gets.
    fn call<'a, T: Send + 'a>(
        &'a self,
        mut request: Request,
        extent: Extent,
        end: fn(&mut Delivery<'_>, Reply) -> T,
    ) -> BoxFuture<'a, Result<T, Failure>> {
        let options = request.options.take();
        let operation = request.operation;
        let method = request.method.clone();
        // The names are OpenTelemetry's, for HTTP client spans. Neither URL nor query is among them: they may hold secrets.
        let span = tracing::info_span!(
            "HTTP",
            otel.kind = "client",
            otel.name = %format_args!("{method} {}", operation.path),
            http.request.method = method.as_str(),
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
        let mut delivery = Delivery::new(self, request, options, start, extent);
        let call = async move {
            let ran = Caught(pin!(delivery.run())).await;
            let result = ran.unwrap_or_else(|lack| Err(RequestError::Runtime(lack).into()));
            if delivery.attempts > 1 {
                recorded.record("http.request.resend_count", delivery.attempts - 1);
            }
            let elapsed = clock.now().saturating_duration_since(start);
            match result {
                Ok(reply) => {
                    recorded.record("http.response.status_code", reply.status.as_u16());
                    if reply.status.is_client_error() || reply.status.is_server_error() {
                        recorded.record("error.type", reply.status.as_str());
                    }
                    let reply = delivery.guarded(reply).after(delivery.attempts, elapsed);
                    Ok(end(&mut delivery, reply))
                }
                Err(kind) => {
                    recorded.record("error.type", kind_name(&kind));
                    let mut failure = Failure::new(kind, delivery.attempts, elapsed);
                    if matches!(failure.kind, ErrorKind::Deadline(_) | ErrorKind::Transport(_)) {
                        failure.reply = delivery.reply.take().map(|reply| Box::new(delivery.guarded(*reply)));
                    }
                    Err(failure)
                }
            }
        };
        Box::pin(call.instrument(span))
    }
}

/// The `error.type` of a call without an answer.
fn kind_name(kind: &ErrorKind<Infallible>) -> &'static str {
    match kind {
        ErrorKind::Request(_) => "request",
        ErrorKind::NoCredential(_) => "no_credential",
        ErrorKind::Token(_) => "token",
        ErrorKind::Deadline(_) => "deadline",
        ErrorKind::Transport(_) => "transport",
        ErrorKind::Documented(_) | ErrorKind::Undocumented | ErrorKind::Undecodable(_) | ErrorKind::File(_) => "_OTHER",
    }
}
