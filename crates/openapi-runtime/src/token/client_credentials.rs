//! The client credentials grant (RFC 6749, 4.4).

use super::client::Client;
use super::endpoint::{Grant, TokenEndpoint};
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::boxed::BoxFuture;
use crate::credentials::ClientCredentials;

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
        let mut grant = Grant::new(vec![("grant_type", "client_credentials")], scopes);
        Client { id, secret: Some(secret), in_body: *in_body }.identify(&mut grant);
        grant
    }
}
