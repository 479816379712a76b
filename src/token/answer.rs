//! What a token endpoint answers (RFC 6749, 5), whatever the grant.

use std::error::Error;
use std::time::{Duration, SystemTime};

use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Token, TokenError};
use crate::http::HttpError;
use crate::retry::server_wait;
use crate::support::Reply;

/// How long a token is taken to be good for where `expires_in` is missing, which RFC 6749, 5.1 allows: short enough to be
/// safe, and a token that the server refuses is replaced at once anyway.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// A token response. `expires_in` is read leniently: whatever is not a number of seconds counts as not stated, and what is
/// negative as over.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Granted {
    access_token: AccessToken,
    token_type: BasicTokenType,
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

impl TokenResponse for Granted {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl Granted {
    /// The token, if it is one that can be sent as bearer.
    pub(super) fn into_token(self) -> Result<Token, TokenError> {
        let kind = self.token_type.as_ref();
        if !kind.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Invalid(format!("its type `{kind}` is not one that this client can present")));
        }
        let lifetime = self.expires_in.unwrap_or(UNSTATED_LIFETIME);
        Ok(Token { secret: SecretString::from(self.access_token.into_secret()), lifetime })
    }
}

/// An error as RFC 6749, 5.2 has it.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// `reply`, if it is one that holds a token; else what it says in its place, without the `secrets` that it was asked
/// with, should the server give them back.
pub(super) fn granting(
    reply: Reply,
    secrets: impl FnOnce() -> Vec<SecretString>,
    now: SystemTime,
) -> Result<Reply, TokenError> {
    let status = reply.status;
    if status == StatusCode::OK {
        return Ok(reply);
    }
    if status.is_redirection() {
        return Err(TokenError::Invalid(format!("it answered {status}, and redirects are not followed")));
    }
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if busy || status.is_server_error() {
        let retry_after = server_wait(status, &reply.headers, now);
        return Err(TokenError::Unavailable { reason: format!("it answered {status}"), retry_after });
    }
    Err(match serde_json::from_slice::<Refusal>(&reply.body) {
        Ok(refusal) => refusal.into_error(&secrets()),
        Err(_) => TokenError::Refused(format!("it answered {status}")),
    })
}

impl Refusal {
    fn into_error(self, secrets: &[SecretString]) -> TokenError {
        let text = match &self.error_description {
            Some(description) => format!("{}: {description}", self.error),
            None => self.error.clone(),
        };
        let hide = |text: String, secret: &str| if secret.is_empty() { text } else { text.replace(secret, "…") };
        let text = secrets.iter().map(ExposeSecret::expose_secret).fold(text, hide);
        match self.error.as_str() {
            "temporarily_unavailable" | "server_error" => TokenError::unavailable(text),
            _ => TokenError::Refused(text),
        }
    }
}

/// No answer at all.
pub(super) fn unreachable(error: &HttpError) -> TokenError {
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
