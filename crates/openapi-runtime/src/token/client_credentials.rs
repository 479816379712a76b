//! The client credentials grant (RFC 6749, 4.4).

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::{Grant, TokenEndpoint};
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::credentials::{ClientCredentials, basic};
use crate::redact::in_form;
use crate::transport::BoxFuture;

/// Tokens for a client's id and secret.
pub(crate) struct ClientCredentialsSource {
    pub(crate) credentials: ClientCredentials,
    pub(crate) endpoint: TokenEndpoint,
}

impl TokenSource for ClientCredentialsSource {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(self.endpoint.token(self.grant(&request.scopes)))
    }
}

impl ClientCredentialsSource {
    fn grant<'a>(&'a self, scopes: &'a [String]) -> Grant<'a> {
        let ClientCredentials { id, secret, in_body, .. } = &self.credentials;
        // Both are as in a form before they are joined (RFC 6749, 2.3.1).
        let authorization = basic(in_form(id).expose_secret(), &in_form(secret.expose_secret()));
        let pair = SecretString::from(authorization.expose_secret().trim_start_matches("Basic "));
        let mut grant = Grant {
            fields: vec![("grant_type", "client_credentials")],
            scopes,
            authorization: None,
            secrets: vec![secret.clone(), pair],
        };
        if *in_body {
            grant.fields.extend([("client_id", id.as_str()), ("client_secret", secret.expose_secret())]);
        } else {
            grant.authorization = Some(authorization);
        }
        grant
    }
}
