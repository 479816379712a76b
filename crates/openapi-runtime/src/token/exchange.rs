//! Token exchange ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)): a token of an identity provider for one of the
//! service's own.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::{Grant, TokenEndpoint};
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::boxed::BoxFuture;

/// A credential that is exchanged for tokens: the source of the subject token, and the other fields of the request.
///
/// ```
/// use openapi_runtime::{BearerToken, TokenExchange};
///
/// let exchange = TokenExchange::new(BearerToken::new("a token of the identity provider")).field("identity_pool_id", "pool-1");
/// ```
#[derive(Clone)]
pub struct TokenExchange {
    subject: Arc<dyn TokenSource>,
    subject_type: String,
    requested_type: String,
    fields: Vec<(String, SecretString)>,
    pub(crate) scopes: Option<Vec<String>>,
}

impl TokenExchange {
    /// The grant type of token exchange.
    pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// Exchanges the tokens of `subject`, which gives one for each exchange. They are assumed to be JSON Web Tokens, and are
    /// exchanged for access tokens.
    pub fn new(subject: impl TokenSource) -> Self {
        Self {
            subject: Arc::new(subject),
            subject_type: "urn:ietf:params:oauth:token-type:jwt".into(),
            requested_type: "urn:ietf:params:oauth:token-type:access_token".into(),
            fields: Vec::new(),
            scopes: None,
        }
    }

    /// Sets the type of the subject token, as a URN of RFC 8693, 3.
    pub fn subject_token_type(mut self, urn: impl Into<String>) -> Self {
        self.subject_type = urn.into();
        self
    }

    /// Sets the type of the requested token.
    pub fn requested_token_type(mut self, urn: impl Into<String>) -> Self {
        self.requested_type = urn.into();
        self
    }

    /// Adds a field to the request. Its value is treated as a secret.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), SecretString::from(value.into())));
        self
    }

    /// Requests these scopes instead of those of each operation.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }
}

/// Shows the names of the fields; their values may be secret.
impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("TokenExchange").field("fields", &fields).finish_non_exhaustive()
    }
}

/// Tokens for a [`TokenExchange`].
pub(crate) struct TokenExchangeSource {
    pub(crate) exchange: TokenExchange,
    pub(crate) endpoint: TokenEndpoint,
}

impl TokenSource for TokenExchangeSource {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(async move {
            let subject = self.exchange.subject.token(request).await?;
            self.endpoint.token(self.exchange.grant(&subject.secret, &request.scopes)).await
        })
    }

    fn limits_itself(&self) -> bool {
        self.exchange.subject.limits_itself()
    }
}

impl TokenExchange {
    fn grant<'a>(&'a self, subject: &'a SecretString, scopes: &'a [String]) -> Grant<'a> {
        let mut fields = vec![
            ("grant_type", Self::GRANT),
            ("subject_token", subject.expose_secret()),
            ("subject_token_type", &self.subject_type),
            ("requested_token_type", &self.requested_type),
        ];
        fields.extend(self.fields.iter().map(|(name, value)| (name.as_str(), value.expose_secret())));
        let others = self.fields.iter().map(|(_, value)| value.clone());
        let secrets = std::iter::once(subject.clone()).chain(others).collect();
        Grant { fields, scopes, authorization: None, secrets }
    }
}
