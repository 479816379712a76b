//! Credentials, and which security schemes each can serve. None of them shows its secret in `Debug`.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use crate::support::{SecurityScheme, SecuritySchemeKind};
use crate::token::TokenSource;

/// An OAuth 2 client id and secret ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
#[derive(Clone)]
pub struct ClientCredentials {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
}

impl ClientCredentials {
    /// The client of that id and secret.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: SecretString::from(secret.into()) }
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An API key and its secret, sent as HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
#[derive(Clone)]
pub struct ApiKey {
    pub(crate) key: String,
    pub(crate) secret: SecretString,
}

impl ApiKey {
    /// The API key of that id and secret.
    pub fn new(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { key: key.into(), secret: SecretString::from(secret.into()) }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A token that somebody else renews, sent as it is ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
#[derive(Clone)]
pub struct BearerToken(pub(crate) SecretString);

impl BearerToken {
    /// That token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// Any credential.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// OAuth 2 client credentials.
    ClientCredentials(ClientCredentials),
    /// HTTP Basic.
    ApiKey(ApiKey),
    /// A bearer token.
    BearerToken(BearerToken),
    /// Tokens from a source of the user's own.
    Source(Arc<dyn TokenSource>),
}

impl Credential {
    /// Tokens from `source`.
    pub fn source(source: impl TokenSource) -> Self {
        Self::Source(Arc::new(source))
    }

    /// Whether this credential can be presented for `scheme`.
    pub(crate) fn serves(&self, scheme: &SecurityScheme) -> bool {
        match (self, &scheme.kind) {
            (Self::ClientCredentials(_), SecuritySchemeKind::ClientCredentials { .. }) => true,
            (Self::ApiKey(_), SecuritySchemeKind::Http { scheme }) => *scheme == "basic",
            (Self::BearerToken(_) | Self::Source(_), SecuritySchemeKind::Http { scheme }) => *scheme == "bearer",
            (Self::BearerToken(_) | Self::Source(_), kind) => matches!(
                kind,
                SecuritySchemeKind::ClientCredentials { .. }
                    | SecuritySchemeKind::OAuth2 { .. }
                    | SecuritySchemeKind::OpenIdConnect { .. }
            ),
            _ => false,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientCredentials(credential) => credential.fmt(f),
            Self::ApiKey(credential) => credential.fmt(f),
            Self::BearerToken(credential) => credential.fmt(f),
            Self::Source(_) => f.write_str("TokenSource(..)"),
        }
    }
}

impl From<ClientCredentials> for Credential {
    fn from(credential: ClientCredentials) -> Self {
        Self::ClientCredentials(credential)
    }
}

impl From<ApiKey> for Credential {
    fn from(credential: ApiKey) -> Self {
        Self::ApiKey(credential)
    }
}

impl From<BearerToken> for Credential {
    fn from(credential: BearerToken) -> Self {
        Self::BearerToken(credential)
    }
}
