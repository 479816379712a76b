//! Discovery of token endpoints (OpenID Connect Discovery 1.0, 4).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Request;
use http::header::{ACCEPT, HeaderValue, USER_AGENT};
use serde::Deserialize;
use url::Url;

use super::TokenError;
use super::endpoint::{passing, unreachable};
use crate::body::Body;
use crate::http_client::Wire;
use crate::redact::one_line;
use crate::request::RequestUrl;
use crate::servers::{Servers, is_safe};

/// An endpoint that tokens come from.
pub(crate) enum Location {
    /// The definition gives it, or the user.
    Known(Url),
    /// A discovery document names it.
    Discovered(Arc<Discovery>, Member),
}

/// The member of a discovery document that has an endpoint.
#[derive(Clone, Copy)]
pub(crate) enum Member {
    /// `token_endpoint`.
    Token,
    /// `device_authorization_endpoint` (RFC 8628, 4).
    DeviceAuthorization,
}

impl Location {
    /// The URL of the endpoint.
    pub(super) async fn url(&self) -> Result<Url, TokenError> {
        match self {
            Self::Known(url) => Ok(url.clone()),
            Self::Discovered(discovery, member) => discovery.endpoint(*member).await,
        }
    }

    /// A name that no other endpoint has.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Known(url) => url.to_string(),
            Self::Discovered(discovery, member) => format!("{} of {}", member.name(), discovery.url),
        }
    }
}

impl Member {
    fn name(self) -> &'static str {
        match self {
            Self::Token => "token_endpoint",
            Self::DeviceAuthorization => "device_authorization_endpoint",
        }
    }
}

/// A discovery document: fetched when a token is first needed, and kept once it has named a usable endpoint.
pub(crate) struct Discovery {
    url: Url,
    wire: Arc<Wire>,
    /// The time limit of one exchange.
    limit: Duration,
    servers: Arc<Servers>,
    kept: Mutex<Option<Document>>,
}

#[derive(Deserialize)]
struct Document {
    token_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
}

impl Document {
    fn member(&self, member: Member) -> Option<&str> {
        match member {
            Member::Token => self.token_endpoint.as_deref(),
            Member::DeviceAuthorization => self.device_authorization_endpoint.as_deref(),
        }
    }
}

impl Discovery {
    pub(crate) fn new(url: Url, wire: Arc<Wire>, limit: Duration, servers: Arc<Servers>) -> Self {
        Self { url, wire, limit, servers, kept: Mutex::new(None) }
    }

    async fn endpoint(&self, member: Member) -> Result<Url, TokenError> {
        if let Some(document) = &*self.kept() {
            return self.usable(document, member);
        }
        // Not locked in the meantime: this may be on a runtime that nobody drives any more.
        let document = self.fetch().await?;
        let url = self.usable(&document, member)?;
        *self.kept() = Some(document);
        Ok(url)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Document>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The endpoint that `document` names. One on a server that the user has replaced is on the replacement.
    fn usable(&self, document: &Document, member: Member) -> Result<Url, TokenError> {
        let name = member.name();
        let Some(text) = document.member(member) else {
            return Err(self.invalid(&format!("has no `{name}`")));
        };
        let Ok(url) = Url::parse(text) else {
            return Err(self.invalid(&format!("has the `{name}` `{text}`, which is not a URL")));
        };
        let url = self.servers.moved(url);
        if is_safe(&url) {
            return Ok(url);
        }
        Err(self.invalid(&format!("has the `{name}` `{url}`, which is not https")))
    }

    async fn fetch(&self) -> Result<Document, TokenError> {
        let mut request = Request::new(Body::default());
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.wire.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let url = RequestUrl::of(self.url.clone()).map_err(|error| TokenError::Invalid(error.to_string()))?;
        let sent = self.wire.exchange(request, Arc::new(url), self.limit).await;
        let reply = sent.map_err(|error| match unreachable(&error) {
            TokenError::Unavailable { reason, .. } => self.unavailable(&format!("did not come: {reason}"), None),
            TokenError::Invalid(reason) | TokenError::Refused(reason) => {
                self.invalid(&format!("did not come: {reason}"))
            }
        })?;
        let status = reply.status;
        if let Some(retry_after) = passing(&reply, self.wire.clock.wall()) {
            return Err(self.unavailable(&format!("did not come, but {status}"), retry_after));
        }
        if status.is_redirection() {
            return Err(self.invalid(&format!("did not come, but {status}, and redirects are not followed")));
        }
        if !status.is_success() {
            return Err(self.invalid(&format!("did not come, but {status}")));
        }
        serde_json::from_slice(&reply.body).map_err(|_| self.invalid("is not one"))
    }

    fn invalid(&self, problem: &str) -> TokenError {
        TokenError::Invalid(self.says(problem))
    }

    fn unavailable(&self, problem: &str, retry_after: Option<Duration>) -> TokenError {
        TokenError::Unavailable { reason: self.says(problem), retry_after }
    }

    fn says(&self, problem: &str) -> String {
        one_line(&format!("the discovery document `{}` {problem}", self.url))
    }
}
