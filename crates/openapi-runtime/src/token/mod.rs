//! Access tokens: their sources and their cache.

mod cell;
mod client;
mod client_credentials;
mod device;
mod discovery;
mod endpoint;
mod exchange;
mod fetch;
mod refresh;

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use crate::boxed::BoxFuture;
use crate::redact::one_line;
pub(crate) use cell::{Cell, Held};
pub(crate) use client_credentials::ClientCredentialsSource;
pub(crate) use device::DeviceSource;
pub use device::{DeviceAuthorization, DevicePrompt};
pub(crate) use discovery::{Discovery, Location, Member};
pub(crate) use endpoint::TokenEndpoint;
pub use exchange::TokenExchange;
pub(crate) use exchange::TokenExchangeSource;
pub(crate) use fetch::Fetching;
pub use refresh::RefreshToken;
pub(crate) use refresh::RefreshTokenSource;

/// An access token and its lifetime.
///
/// ```
/// use std::time::Duration;
/// use openapi_runtime::Token;
///
/// let token = Token::new("a secret", Duration::from_secs(600));
/// assert!(!format!("{token:?}").contains("a secret"));
/// ```
#[derive(Clone)]
pub struct Token {
    pub(crate) secret: SecretString,
    pub(crate) lifetime: Duration,
}

impl Token {
    /// A token that expires after `lifetime` from now.
    pub fn new(token: impl Into<String>, lifetime: Duration) -> Self {
        Self { secret: SecretString::from(token.into()), lifetime }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// The scheme and the scopes that a token is requested for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The security scheme's name in the definition.
    pub scheme: String,
    /// The scopes that the token must have.
    pub scopes: Vec<String>,
}

impl TokenRequest {
    /// `error` with what it was about, its own text on one line: a source of the user's may say anything.
    pub(crate) fn named(&self, error: TokenError) -> TokenError {
        error.map(|text| {
            let mut text = format!("{} (for the security scheme `{}`", one_line(&text), self.scheme);
            match self.scopes.as_slice() {
                [] => {}
                scopes => text.push_str(&format!(", scopes `{}`", scopes.join(" "))),
            }
            text.push(')');
            text
        })
    }
}

/// A source of access tokens.
///
/// The client caches them, fetches one for all calls that wait, renews it before it expires while the old one is still in
/// use, and retries after an error that [may pass](TokenError::may_pass).
///
/// ```
/// use std::time::Duration;
/// use openapi_runtime::{BoxFuture, Credential, Token, TokenError, TokenRequest, TokenSource};
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
/// // Client::builder().credential("the name of the scheme", credential)
/// let credential = Credential::source(FromFile("token".into()));
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token.
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>>;

    /// Whether this source limits the time of a fetch itself, as one that waits for a person must. Otherwise, a fetch takes no
    /// longer than [`attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    fn limits_itself(&self) -> bool {
        false
    }
}

/// The reasons why there is no token. Shows no secret.
///
/// ```
/// use openapi_runtime::TokenError;
///
/// let error = TokenError::unavailable("the agent is starting");
/// assert!(error.may_pass());
/// assert_eq!(error.to_string(), "the token endpoint gave no answer: the agent is starting");
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint rejected the request: an OAuth error code and its description
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)). Retrying does not help.
    #[error("the token endpoint refused: {0}")]
    Refused(String),
    /// The token endpoint was not reached, or is temporarily unable to answer.
    #[error("the token endpoint gave no answer: {reason}")]
    Unavailable {
        /// The reason.
        reason: String,
        /// The time to wait before a retry, if the endpoint gives one.
        retry_after: Option<Duration>,
    },
    /// The response of the token endpoint is not a usable token.
    #[error("the token endpoint gave no token: {0}")]
    Invalid(String),
}

impl TokenError {
    /// The token endpoint was not reached, or is temporarily unable to answer.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: None }
    }

    /// The same error with another text.
    pub(crate) fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Refused(text) => Self::Refused(change(text)),
            Self::Unavailable { reason, retry_after } => Self::Unavailable { reason: change(reason), retry_after },
            Self::Invalid(text) => Self::Invalid(change(text)),
        }
    }

    /// Whether a retry may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
