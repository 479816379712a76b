//! Requests that are shown and not sent.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::hook::{Hook, Next, Outbound};
use crate::http_client::{HttpClient, HttpError};
use crate::operation::SecurityScheme;
use crate::options::is_key;
use crate::redact::hide;
use crate::request::decoded_name;

/// What stands instead of a secret.
pub(super) const HIDDEN: &str = "***";

/// Keeps the request that a call would send, as text without secrets, and answers it. It is the last hook of a client.
pub(super) struct Capture {
    pub(super) schemes: &'static [SecurityScheme],
    pub(super) secrets: Vec<SecretString>,
    pub(super) text: Mutex<String>,
}

impl Capture {
    pub(super) fn take(&self) -> String {
        std::mem::take(&mut *self.text.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn shown(&self, request: &http::Request<Body>) -> String {
        let hidden = |text: &str| {
            // Shorter ones would garble the text, but as a whole they can be hidden.
            let short = self.secrets.iter().any(|secret| !text.is_empty() && secret.expose_secret() == text);
            if short { HIDDEN.to_owned() } else { hide(text.to_owned(), &self.secrets) }
        };
        let (uri, query) = request.uri().to_string().split_once('?').map_or_else(
            || (request.uri().to_string(), String::new()),
            |(uri, query)| (uri.to_owned(), query.to_owned()),
        );
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_key(self.schemes, "query", &decoded_name(pair)) => format!("{name}={HIDDEN}"),
            Some((name, value)) => format!("{name}={}", hidden(value)),
            None => hidden(pair),
        });
        let query = if query.is_empty() { query } else { format!("?{}", pairs.collect::<Vec<_>>().join("&")) };
        let mut text = format!("{} {}{query}\n", request.method(), hidden(&uri));
        for (name, value) in request.headers() {
            let value = if self.is_secret(name, value) {
                HIDDEN.to_owned()
            } else {
                hidden(&String::from_utf8_lossy(value.as_bytes()))
            };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        let body = request.body();
        match body.as_bytes().map(std::str::from_utf8) {
            Some(Ok("")) => {}
            Some(Ok(body)) => {
                let _ = writeln!(text, "\n{}", hidden(body));
            }
            _ => {
                let length = body.length().map(|length| format!(" {length}")).unwrap_or_default();
                let _ = writeln!(text, "\n({HIDDEN}{length} bytes that are not shown)");
            }
        }
        text
    }

    fn is_secret(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        value.is_sensitive()
            || [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name)
            || is_key(self.schemes, "header", name.as_str())
    }
}

impl Hook for Capture {
    fn around<'a>(&'a self, outbound: Outbound, _: Next<'a>) -> BoxFuture<'a, Result<http::Response<Body>, HttpError>> {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = self.shown(&outbound.request);
        Box::pin(std::future::ready(Ok(http::Response::new(Body::empty()))))
    }
}

/// Answers requests for tokens, so that none is sent. Nothing else reaches it.
pub(super) struct NoNetwork;

impl HttpClient for NoNetwork {
    fn execute(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        const TOKEN: &str = r#"{"access_token":"not-fetched","token_type":"Bearer","expires_in":3600}"#;
        let mut response = http::Response::new(Body::from(TOKEN));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(http::header::CONTENT_TYPE, json);
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// A hook that is shared, to be asked afterwards.
pub(super) type Captured = Arc<Capture>;
