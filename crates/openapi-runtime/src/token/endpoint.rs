//! The request to a token endpoint and its response, for any grant (RFC 6749, 4.4.2 and 5; RFC 8693, 2).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use form_urlencoded::Serializer;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::discovery::Location;
use super::{Token, TokenError};
use crate::body::Body;
use crate::http_client::{HttpError, Wire};
use crate::redact::{chain, hide, one_line};
use crate::request::RequestUrl;
use crate::response::Reply;
use crate::retry::server_wait;

/// The assumed lifetime of a token where `expires_in` is missing, which RFC 6749, 5.1 allows: short enough to be
/// safe, and a token that the server rejects is replaced at once anyway.
pub(super) const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// A token endpoint, and how it is reached.
pub(crate) struct TokenEndpoint {
    pub(crate) location: Location,
    pub(crate) wire: Arc<Wire>,
    /// The time limit of one exchange.
    pub(crate) limit: Duration,
}

/// What a token request sends.
pub(super) struct Grant<'a> {
    pub(super) fields: Vec<(&'a str, &'a str)>,
    pub(super) scopes: &'a [String],
    /// The value of the `Authorization` header.
    pub(super) authorization: Option<SecretString>,
    /// The secrets that no error shows, even where the endpoint repeats them.
    pub(super) secrets: Vec<SecretString>,
}

impl<'a> Grant<'a> {
    /// A request with these fields, of a client that does not say who it is.
    pub(super) fn new(fields: Vec<(&'a str, &'a str)>, scopes: &'a [String]) -> Self {
        Self { fields, scopes, authorization: None, secrets: Vec::new() }
    }
}

/// The reason why there is no answer to a grant.
pub(super) struct Failure {
    /// The error code (RFC 6749, 5.2), as the server sent it.
    pub(super) code: Option<String>,
    pub(super) error: TokenError,
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self { code: None, error }
    }
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl TokenEndpoint {
    /// The name of the endpoint, which no other has.
    pub(crate) fn name(&self) -> String {
        self.location.name()
    }

    /// Requests a token by `grant`.
    pub(super) async fn token(&self, grant: Grant<'_>) -> Result<Token, TokenError> {
        self.answer(&grant, Granted::read).await?.split(&grant).1
    }

    /// Sends `grant`, and reads the answer to it.
    pub(super) async fn answer<T>(
        &self,
        grant: &Grant<'_>,
        read: fn(&Reply) -> Result<T, TokenError>,
    ) -> Result<T, Failure> {
        let url = self.location.url().await?;
        let request = self.request(grant)?;
        let url = RequestUrl::of(url).map_err(|error| TokenError::Invalid(error.to_string()))?;
        let url = Arc::new(url);
        let sent = self.wire.exchange(request, Arc::clone(&url), self.limit).await;
        let shown = |error: TokenError| located(without(error, &grant.secrets), &url.url);
        let mut reply = sent.map_err(|error| shown(unreachable(&error)))?;
        let refused = serde_json::from_slice::<Refusal>(&reply.body).ok();
        let code = refused.as_ref().map(|refusal| refusal.error.clone());
        let result = match (reply.status, read(&reply), refused) {
            (StatusCode::OK, Ok(answer), _) => Ok(answer),
            // Some servers send errors with this status.
            (StatusCode::OK, Err(_), Some(refusal)) => Err(refusal.into_error()),
            (StatusCode::OK, Err(error), None) => Err(error),
            (_, _, refused) => Err(refusal(&reply, refused, self.wire.clock.wall())),
        };
        reply.body.zeroize();
        result.map_err(|error| Failure { code, error: shown(error) })
    }

    fn request(&self, grant: &Grant<'_>) -> Result<Request<Body>, TokenError> {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(&grant.fields);
        if !grant.scopes.is_empty() {
            form.append_pair("scope", &grant.scopes.join(" "));
        }
        let mut request = Request::new(Body::from(form.finish()));
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.wire.user_agent.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &grant.authorization {
            let value = HeaderValue::from_str(authorization.expose_secret());
            let mut value = value.map_err(|_| TokenError::Invalid("its credential cannot be sent".into()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(request)
    }
}

/// A token response (RFC 6749, 5.1). `expires_in` is read leniently: whatever is not a number of seconds counts as not
/// stated, and what is negative as over.
#[derive(Deserialize)]
pub(super) struct Granted {
    access_token: Option<SecretString>,
    token_type: Option<String>,
    refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<Duration>,
}

pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let seconds = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.as_f64(),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let duration = |seconds: f64| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    Ok(seconds.filter(|seconds| !seconds.is_nan()).map(duration))
}

impl Granted {
    /// The error does not quote serde, whose message may contain the token.
    pub(super) fn read(reply: &Reply) -> Result<Self, TokenError> {
        let granted: Self = serde_json::from_slice(&reply.body).map_err(|_| {
            let content_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let media_type = content_type.and_then(|value| value.split(';').next()).map(str::trim);
            TokenError::Invalid(match media_type.filter(|name| !name.to_ascii_lowercase().ends_with("json")) {
                _ if reply.body.is_empty() => "its answer is empty".into(),
                Some(name) => format!("its answer is not a token response, but has the type `{name}`"),
                None => "its answer is not a token response".into(),
            })
        })?;
        if granted.access_token.is_none() { Err(missing("access_token")) } else { Ok(granted) }
    }

    /// The refresh token that came with the token, and the token. The refresh token counts even where the other cannot be used:
    /// it may be that the old one is over.
    pub(super) fn split(mut self, grant: &Grant<'_>) -> (Option<SecretString>, Result<Token, TokenError>) {
        let next = self.refresh_token.take().filter(|next| !next.expose_secret().is_empty());
        let mut secrets = grant.secrets.clone();
        secrets.extend(self.access_token.iter().chain(&next).cloned());
        (next, self.into_token().map_err(|error| without(error, &secrets)))
    }

    /// The token, if it is a bearer token.
    fn into_token(self) -> Result<Token, TokenError> {
        let secret = self.access_token.ok_or_else(|| missing("access_token"))?;
        let kind = self.token_type.ok_or_else(|| missing("token_type"))?;
        if !kind.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Invalid(format!("its type `{kind}` is not one that this client can present")));
        }
        Ok(Token { secret, lifetime: self.expires_in.unwrap_or(UNSTATED_LIFETIME) })
    }
}

fn missing(name: &str) -> TokenError {
    TokenError::Invalid(format!("its answer has no `{name}`"))
}

/// The error that `reply` reports instead of a token.
fn refusal(reply: &Reply, refused: Option<Refusal>, now: SystemTime) -> TokenError {
    let status = reply.status;
    if status.is_redirection() {
        return TokenError::Invalid(format!("it answered {status}, and redirects are not followed"));
    }
    if let Some(retry_after) = passing(reply, now) {
        return TokenError::Unavailable { reason: format!("it answered {status}"), retry_after };
    }
    refused.map_or_else(|| TokenError::Refused(format!("it answered {status}")), Refusal::into_error)
}

/// Whether the failure that `reply` reports may pass: the wait that the server asks for, if it does.
pub(super) fn passing(reply: &Reply, now: SystemTime) -> Option<Option<Duration>> {
    let status = reply.status;
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    (busy || status.is_server_error()).then(|| server_wait(status, &reply.headers, now))
}

/// An error as RFC 6749, 5.2 has it.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

impl Refusal {
    fn into_error(self) -> TokenError {
        let text = match &self.error_description {
            Some(description) => format!("{}: {description}", self.error),
            None => self.error.clone(),
        };
        match self.error.as_str() {
            "temporarily_unavailable" | "server_error" => TokenError::unavailable(text),
            _ => TokenError::Refused(text),
        }
    }
}

/// `error` of the endpoint at `url`, and what to do.
fn located(error: TokenError, url: &Url) -> TokenError {
    let mut url = url.clone();
    url.set_query(None);
    let hint = match &error {
        TokenError::Refused(text) => match text.split(':').next().unwrap_or_default() {
            "invalid_client" | "unauthorized_client" => "check the client id and secret",
            "invalid_scope" => "ask for scopes that this client has been granted (`scopes`)",
            "invalid_grant" => "what was exchanged for a token is no longer good: get another",
            "unsupported_grant_type" => "give a credential of another kind",
            _ => "check the credential, and the endpoint (`token_url`)",
        },
        TokenError::Unavailable { .. } => "check the network and the endpoint (`token_url`), or try later",
        TokenError::Invalid(_) => "check the endpoint (`token_url`)",
    };
    error.map(|text| format!("{text}, at {url}: {hint}"))
}

/// `error` without the `secrets`, its text on one line.
fn without(error: TokenError, secrets: &[SecretString]) -> TokenError {
    error.map(|text| one_line(&hide(text, secrets)))
}

/// The error for a request that had no answer.
pub(super) fn unreachable(error: &HttpError) -> TokenError {
    let text = chain(error);
    match error {
        HttpError::TooLarge { .. } | HttpError::Request(_) => TokenError::Invalid(text),
        _ => TokenError::unavailable(text),
    }
}
