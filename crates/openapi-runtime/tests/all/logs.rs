//! What is logged of a call, and that no secret is.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, OnceLock};

use openapi_runtime::http::Method;
use openapi_runtime::{ApiKey, BasicAuth, UndescribedRequest};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;

use super::clock::run;
use super::keys::{call_keys, keys};
use super::server::{Answer, Server};
use super::{GET, KEY_WEST, WEST, alone, builder, call, is_alone};

/// Keeps all that is logged, at every level.
#[derive(Clone, Default)]
pub(super) struct Log(pub(super) Arc<Mutex<String>>, Arc<OnceLock<&'static Metadata<'static>>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = self.0.lock().expect("no test panics with it");
        write!(text, "{field}={value:?} ").expect("a string takes all");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.1.get_or_init(|| span.metadata());
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn current_span(&self) -> Current {
        self.1.get().map_or_else(Current::none, |metadata| Current::new(Id::from_u64(1), metadata))
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// In a process of its own: tracing remembers for all threads together who listens.
#[test]
fn a_call_is_logged_with_its_attempts_and_without_a_secret() {
    if !is_alone() {
        let output = alone("logs::a_call_is_logged_with_its_attempts_and_without_a_secret").output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        run(|clock| async move {
            let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
                (true, 1) => Answer::status(503),
                (true, _) => Answer::token("token-secret", 3600),
                (false, 1) => Answer::status(500).body("echo-secret"),
                _ => Answer::status(404),
            });
            let things = builder(&server, &clock).credential("key", BasicAuth::new("user", "password-secret"));
            let things = things.server(WEST.url, "https://west.test").build().expect("a client");
            let keys = keys(&server, &clock)
                .credential("header_key", ApiKey::new("header-secret"))
                .credential("query_key", ApiKey::new("query-secret"))
                .credential("cookie_key", ApiKey::new("cookie-secret"))
                .build()
                .expect("a client");
            call(&things, GET).await.expect_err("a 404");
            call(&things, KEY_WEST).await.expect_err("a 404");
            for operation in 0..3 {
                call_keys(&keys, operation).await.expect_err("a 404");
            }
            let request = UndescribedRequest::new(&keys, Method::GET, "/path-secret").query("q", "parameter-secret");
            request.await.expect_err("a 500, then a 404");
        });
    });
    let text = log.0.lock().expect("no test panics with it").clone();
    for part in [
        "otel.name=GET /things",
        "server.address=\"api.test\"",
        "http.response.status_code=404",
        "http.request.resend_count=1",
        "error.type=\"404\"",
        "message=retry",
        "message=token fetched",
        "message=token not fetched",
    ] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    for secret in ["secret", "cGFzc3dvcmQ", "an%20id"] {
        assert!(!text.contains(secret), "`{secret}` is in {text}");
    }
}
