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

use super::{Token, TokenError};
use crate::body::Body;
use crate::http_client::{HttpError, Wire};
use crate::redact::{chain, hide, one_line};
use crate::request::RequestUrl;
use crate::response::Reply;
use crate::retry::server_wait;

/// The assumed lifetime of a token where `expires_in` is missing, which RFC 6749, 5.1 allows: short enough to be
/// safe, and a token that the server rejects is replaced at once anyway.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// A token endpoint, and how it is reached.
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
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

impl TokenEndpoint {
    /// Requests a token by `grant`.
    pub(super) async fn token(&self, grant: Grant<'_>) -> Result<Token, TokenError> {
        let request = self.request(&grant)?;
        let url = RequestUrl::of(self.url.clone()).map_err(|error| TokenError::Invalid(error.to_string()))?;
        let sent = self.wire.exchange(request, Arc::new(url), self.limit).await;
        let shown = |error: TokenError| self.located(without(error, &grant.secrets));
        let mut reply = sent.map_err(|error| shown(unreachable(&error)))?;
        let token = if reply.status == StatusCode::OK {
            Granted::read(&reply).and_then(Granted::into_token)
        } else {
            Err(refusal(&reply, self.wire.clock.wall()))
        };
        reply.body.zeroize();
        token.map_err(shown)
    }

    /// `error` with the endpoint, and what to do.
    fn located(&self, error: TokenError) -> TokenError {
        let mut url = self.url.clone();
        url.set_query(None);
        let code = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        let hint = match &error {
            TokenError::Refused(text) => match code(text).as_str() {
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
struct Granted {
    access_token: Option<SecretString>,
    token_type: Option<String>,
    /// Some servers answer an error with status 200.
    error: Option<String>,
    error_description: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<Duration>,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
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
    fn read(reply: &Reply) -> Result<Self, TokenError> {
        serde_json::from_slice(&reply.body).map_err(|_| {
            let content_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let media_type = content_type.and_then(|value| value.split(';').next()).map(str::trim);
            TokenError::Invalid(match media_type.filter(|name| !name.to_ascii_lowercase().ends_with("json")) {
                _ if reply.body.is_empty() => "its answer is empty".into(),
                Some(name) => format!("its answer is not a token response, but has the type `{name}`"),
                None => "its answer is not a token response".into(),
            })
        })
    }

    /// The token, if it is a bearer token.
    fn into_token(self) -> Result<Token, TokenError> {
        if let (None, Some(error)) = (&self.access_token, self.error) {
            return Err(Refusal { error, error_description: self.error_description }.into_error());
        }
        let missing = |name: &str| TokenError::Invalid(format!("its answer has no `{name}`"));
        let secret = self.access_token.ok_or_else(|| missing("access_token"))?;
        let kind = self.token_type.ok_or_else(|| missing("token_type"))?;
        if !kind.eq_ignore_ascii_case("bearer") {
            let kind = hide(kind, &[secret]);
            return Err(TokenError::Invalid(format!("its type `{kind}` is not one that this client can present")));
        }
        Ok(Token { secret, lifetime: self.expires_in.unwrap_or(UNSTATED_LIFETIME) })
    }
}

/// The error that `reply` reports instead of a token.
fn refusal(reply: &Reply, now: SystemTime) -> TokenError {
    let status = reply.status;
    if status.is_redirection() {
        return TokenError::Invalid(format!("it answered {status}, and redirects are not followed"));
    }
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if busy || status.is_server_error() {
        let retry_after = server_wait(status, &reply.headers, now);
        return TokenError::Unavailable { reason: format!("it answered {status}"), retry_after };
    }
    match serde_json::from_slice::<Refusal>(&reply.body) {
        Ok(refusal) => refusal.into_error(),
        Err(_) => TokenError::Refused(format!("it answered {status}")),
    }
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

/// `error` without the `secrets`, its text on one line.
fn without(error: TokenError, secrets: &[SecretString]) -> TokenError {
    error.map(|text| one_line(&hide(text, secrets)))
}

/// The error for a request that had no answer.
fn unreachable(error: &HttpError) -> TokenError {
    let text = chain(error);
    match error {
        HttpError::TooLarge { .. } | HttpError::Request(_) => TokenError::Invalid(text),
        _ => TokenError::unavailable(text),
    }
}
