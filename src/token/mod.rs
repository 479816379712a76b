//! Access tokens: where they come from, and how long they are kept.

mod cell;
mod client_credentials;
mod endpoint;
mod exchange;
mod fetch;

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::credentials::BearerToken;
use crate::support::BoxFuture;
pub(crate) use cell::{Cell, Held};
pub(crate) use client_credentials::ClientCredentialsSource;
pub(crate) use endpoint::TokenEndpoint;
pub use exchange::TokenExchange;
pub(crate) use exchange::TokenExchangeSource;
pub(crate) use fetch::Fetching;

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

/// What a token is wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The security scheme's name in the definition.
    pub scheme: String,
    /// The scopes that the token must have.
    pub scopes: Vec<String>,
}

/// Gives access tokens.
///
/// The client keeps them, asks once however many calls wait, asks ahead of expiry while the old one serves, and asks again
/// after an error that [may pass](TokenError::may_pass).
///
/// ```
/// use std::time::Duration;
/// use confluent_cloud::support::BoxFuture;
/// use confluent_cloud::{Client, Credential, Token, TokenError, TokenRequest, TokenSource};
///
/// struct FromFile(std::path::PathBuf);
///
/// impl TokenSource for FromFile {
///     fn token<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
///         Box::pin(async move {
///             let text = std::fs::read_to_string(&self.0).map_err(|error| TokenError::unavailable(error.to_string()))?;
///             Ok(Token::new(text.trim(), Duration::from_secs(600)))
///         })
///     }
/// }
///
/// let builder = Client::builder().credential("a scheme", Credential::source(FromFile("token".into())));
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token.
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>>;
}

/// The token as it is, for as long as it is good.
impl TokenSource for BearerToken {
    fn token<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        let token = Token { secret: self.0.clone(), lifetime: Duration::MAX };
        Box::pin(std::future::ready(Ok(token)))
    }
}

/// Why there is no token. It shows no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint refused: an OAuth error code and its description
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)). Asking again does not help.
    #[error("the token endpoint refused: {0}")]
    Refused(String),
    /// The token endpoint was not reached, or cannot answer just now.
    #[error("the token endpoint gave no answer: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
        /// After what time it wants to be asked again, if it says so.
        retry_after: Option<Duration>,
    },
    /// What the token endpoint gave cannot be used as a token.
    #[error("the token endpoint gave no token: {0}")]
    Invalid(String),
}

impl TokenError {
    /// The token endpoint was not reached, or cannot answer just now.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: None }
    }

    /// Whether asking again may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
