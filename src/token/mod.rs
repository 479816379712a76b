//! Access tokens: where they come from, and how long they are kept.

mod cache;
mod exchange;

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::support::BoxFuture;
pub(crate) use cache::{Cache, Key};
pub(crate) use exchange::ClientCredentialsSource;

/// An access token, and how long it is good for.
#[derive(Clone)]
pub struct Token {
    pub(crate) secret: SecretString,
    pub(crate) lifetime: Duration,
}

impl Token {
    /// That token, good for `lifetime` from now.
    pub fn new(token: impl Into<String>, lifetime: Duration) -> Self {
        Self { secret: SecretString::from(token.into()), lifetime }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Gives access tokens. The client caches them, asks once however many calls wait, and asks again ahead of expiry.
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token that is good for `scopes`.
    fn token<'a>(&'a self, scopes: &'a [&'static str]) -> BoxFuture<'a, Result<Token, TokenError>>;
}

/// Why there is no token. It shows no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint refused: an OAuth error code and its description
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    #[error("the token endpoint refused: {0}")]
    Refused(String),
    /// The token endpoint was not reached, or gave no token.
    #[error("the token endpoint gave no answer: {0}")]
    Unavailable(String),
    /// The token endpoint is no URL that a secret may be sent to.
    #[error("{0}")]
    Endpoint(String),
}
