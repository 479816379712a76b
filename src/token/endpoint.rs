//! What a token endpoint is asked and answers, whatever the grant (RFC 6749, 4.4.2 and 5; RFC 8693, 2).

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use form_urlencoded::Serializer;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, StatusCode, Url};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::{Token, TokenError};
use crate::http::{HttpError, Wire};
use crate::retry::server_wait;
use crate::support::Reply;

/// How long a token is taken to be good for where `expires_in` is missing, which RFC 6749, 5.1 allows: short enough to be
/// safe, and a token that the server refuses is replaced at once anyway.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// A token endpoint, and how it is reached.
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
    pub(crate) wire: Arc<Wire>,
    /// The longest that one exchange may take.
    pub(crate) limit: Duration,
}

/// What is given for a token.
pub(super) struct Grant<'a> {
    pub(super) fields: Vec<(&'a str, &'a str)>,
    pub(super) scopes: &'a [String],
    /// The value of the `Authorization` header.
    pub(super) authorization: Option<SecretString>,
    /// What no error shows, should the endpoint give it back.
    pub(super) secrets: Vec<SecretString>,
}

impl TokenEndpoint {
    /// Gives `grant` for a token.
    pub(super) async fn token(&self, grant: Grant<'_>) -> Result<Token, TokenError> {
        let request = self.request(&grant)?;
        let mut reply = self.wire.exchange(request, self.limit).await.map_err(|error| unreachable(&error))?;
        let token = if reply.status == StatusCode::OK {
            Granted::read(&reply).and_then(Granted::into_token)
        } else {
            Err(refusal(&reply, self.wire.clock.wall()))
        };
        reply.body.zeroize();
        token.map_err(|error| without(error, &grant.secrets))
    }

    fn request(&self, grant: &Grant<'_>) -> Result<Request, TokenError> {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(&grant.fields);
        if !grant.scopes.is_empty() {
            form.append_pair("scope", &grant.scopes.join(" "));
        }
        let mut request = Request::new(Method::POST, self.url.clone());
        *request.body_mut() = Some(form.finish().into());
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
    /// What is wrong with the body is not said in serde's words: they may hold the token.
    fn read(reply: &Reply) -> Result<Self, TokenError> {
        serde_json::from_slice(&reply.body).map_err(|_| {
            let content_type = reply.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let media_type = content_type.and_then(|value| value.split(';').next()).map(str::trim);
            TokenError::Invalid(match media_type.filter(|name| !name.to_ascii_lowercase().ends_with("json")) {
                _ if reply.body.is_empty() => "its answer is empty".into(),
                Some(name) => format!("its answer is no token response, but of the type `{name}`"),
                None => "its answer is no token response".into(),
            })
        })
    }

    /// The token, if it is one that can be sent as bearer.
    fn into_token(self) -> Result<Token, TokenError> {
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

/// What `reply`, which holds no token, says in its place.
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

/// `error` without the `secrets`: an endpoint may say anywhere what it was sent.
fn without(error: TokenError, secrets: &[SecretString]) -> TokenError {
    match error {
        TokenError::Refused(text) => TokenError::Refused(hide(text, secrets)),
        TokenError::Unavailable { reason, retry_after } => {
            TokenError::Unavailable { reason: hide(reason, secrets), retry_after }
        }
        TokenError::Invalid(text) => TokenError::Invalid(hide(text, secrets)),
    }
}

/// `text` without the `secrets`, as they are and as they stand in a form.
fn hide(text: String, secrets: &[SecretString]) -> String {
    let plain = secrets.iter().map(ExposeSecret::expose_secret);
    let mut hidden: Vec<SecretString> = plain
        .flat_map(|secret| [secret.into(), in_form(secret)])
        .filter(|secret| !secret.expose_secret().is_empty())
        .collect();
    // One may be a part of another, of which the rest would stay.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    hidden.iter().fold(text, |text, secret| text.replace(secret.expose_secret(), "…"))
}

/// `text` as it stands in a form (`application/x-www-form-urlencoded`).
pub(super) fn in_form(text: &str) -> SecretString {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().into()
}

/// No answer at all.
fn unreachable(error: &HttpError) -> TokenError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    match error {
        HttpError::Connect(_) | HttpError::Timeout(_) | HttpError::Lost(_) | HttpError::Cut { .. } => {
            TokenError::unavailable(text)
        }
        _ => TokenError::Invalid(text),
    }
}
