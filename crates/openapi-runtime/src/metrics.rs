//! Metrics by the API of OpenTelemetry (feature `opentelemetry`).

use std::fmt;
use std::time::Instant;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};

use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::clock::Clock;
use crate::hook::{Hook, Next, Outbound};
use crate::http_client::HttpError;

/// The bounds, in seconds, that the conventions advise.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The methods that the conventions know; any other is `_OTHER`.
const METHODS: [&str; 10] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];

/// Measures each attempt as OpenTelemetry's
/// [conventions for HTTP clients](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/) say: a [`Hook`] that records the
/// histogram `http.client.request.duration`, in seconds.
///
/// An attempt is measured until the headers of its response have come. As the last hook of a client, it measures what the
/// server and the network take; hooks that follow are measured too.
///
/// | attribute | value |
/// | --- | --- |
/// | `http.request.method` | the method; `_OTHER` for one that the conventions do not have |
/// | `url.template` | the path template of the operation |
/// | `server.address`, `server.port` | the server |
/// | `http.response.status_code` | the status, if there is a response |
/// | `error.type` | the status if it is 400 or above; without a response `connect`, `refused`, `timeout`, `lost` or `request`, after the variants of [`HttpError`], and `canceled` if the call was given up |
/// | `http.request.resend_count` | how often the request was sent before, unless this is the first time. (The conventions have it for spans.) |
///
/// ```
/// use openapi_runtime::opentelemetry::global;
/// use openapi_runtime::{Api, BuildError, Metrics};
///
/// fn client<A: Api>() -> Result<A, BuildError> {
///     A::builder().hook(Metrics::new(&global::meter("my-program"))).build()
/// }
/// ```
#[derive(Clone)]
pub struct Metrics {
    duration: Histogram<f64>,
}

impl Metrics {
    /// Records by `meter`.
    pub fn new(meter: &Meter) -> Self {
        let duration = meter.f64_histogram("http.client.request.duration").with_unit("s");
        let duration = duration.with_description("Duration of HTTP client requests.").with_boundaries(BOUNDS.to_vec());
        Self { duration: duration.build() }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Hook for Metrics {
    fn around<'a>(
        &'a self,
        outbound: Outbound,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>> {
        let clock = next.clock();
        let (start, attributes) = (clock.now(), known(&outbound));
        let error = Some("canceled".to_owned());
        let mut measured = Measured { duration: &self.duration, clock, start, attributes, error };
        Box::pin(async move {
            let answered = next.run(outbound).await;
            measured.answered(&answered);
            answered
        })
    }
}

/// The attributes that are known before the request is sent.
fn known(outbound: &Outbound) -> Vec<KeyValue> {
    let Outbound { operation, attempt, request } = outbound;
    let (method, uri) = (request.method().as_str(), request.uri());
    let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("_OTHER");
    let mut attributes = vec![KeyValue::new("http.request.method", method)];
    if !operation.path.is_empty() {
        attributes.push(KeyValue::new("url.template", operation.path));
    }
    if let Some(host) = uri.host() {
        attributes.push(KeyValue::new("server.address", host.to_owned()));
    }
    let known = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    attributes.push(KeyValue::new("server.port", i64::from(uri.port_u16().unwrap_or(known))));
    if *attempt > 1 {
        attributes.push(KeyValue::new("http.request.resend_count", i64::from(attempt - 1)));
    }
    attributes
}

/// An attempt that is being measured. It is recorded when it is dropped, because a call can be given up at any time.
struct Measured<'a> {
    duration: &'a Histogram<f64>,
    clock: &'a dyn Clock,
    start: Instant,
    attributes: Vec<KeyValue>,
    /// The `error.type`.
    error: Option<String>,
}

impl Measured<'_> {
    fn answered(&mut self, answered: &Result<http::Response<Body>, HttpError>) {
        self.error = match answered {
            Ok(response) => {
                let status = response.status();
                self.attributes.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
                (status.is_client_error() || status.is_server_error()).then(|| status.as_str().to_owned())
            }
            Err(error) => Some(name(error).to_owned()),
        };
    }
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        if let Some(error) = self.error.take() {
            self.attributes.push(KeyValue::new("error.type", error));
        }
        let elapsed = self.clock.now().saturating_duration_since(self.start);
        self.duration.record(elapsed.as_secs_f64(), &self.attributes);
    }
}

/// The `error.type` of an attempt without a response.
fn name(error: &HttpError) -> &'static str {
    match error {
        HttpError::Connect(_) => "connect",
        HttpError::Refused(_) => "refused",
        HttpError::Timeout { .. } | HttpError::Stalled { .. } => "timeout",
        HttpError::Lost(_) | HttpError::Cut { .. } => "lost",
        HttpError::Request(_) => "request",
        HttpError::TooLarge { .. } | HttpError::Continue(_) => "_OTHER",
    }
}
