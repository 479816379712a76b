//! The client credentials grant (RFC 6749, 4.4), by the oauth2 crate over our own HTTP.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use oauth2::basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, Client, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope,
    StandardRevocableToken, TokenUrl,
};
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

use super::answer::{self, Granted};
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::credentials::ClientCredentials;
use crate::http::Wire;
use crate::support::BoxFuture;

/// Tokens for a client's id and secret.
pub(crate) struct ClientCredentialsSource {
    pub(crate) credentials: ClientCredentials,
    pub(crate) endpoint: reqwest::Url,
    pub(crate) wire: Arc<Wire>,
    /// The longest that one exchange may take.
    pub(crate) limit: Duration,
}

type OAuthClient = Client<
    BasicErrorResponse,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

impl TokenSource for ClientCredentialsSource {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(async move {
            let ClientCredentials { id, secret, in_body, .. } = &self.credentials;
            let secret = secret.expose_secret();
            let endpoint = TokenUrl::from_url(self.endpoint.clone());
            let client = OAuthClient::new(ClientId::new(id.clone()))
                .set_client_secret(ClientSecret::new(secret.to_owned()))
                .set_auth_type(if *in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
                .set_token_uri(endpoint);
            let scopes = request.scopes.iter().map(|scope| Scope::new(scope.clone()));
            match client.exchange_client_credentials().add_scopes(scopes).request_async(self).await {
                Ok(granted) => granted.into_token(),
                Err(RequestTokenError::Request(error)) => Err(error),
                // The body may hold the token: what is wrong with it is said, it itself is not.
                Err(RequestTokenError::Parse(error, _)) => {
                    Err(TokenError::Invalid(format!("its answer is no token response, at `{}`", error.path())))
                }
                Err(RequestTokenError::Other(reason)) => Err(TokenError::Invalid(reason)),
                // No error answer comes this far: `call` has read it.
                Err(RequestTokenError::ServerResponse(error)) => Err(TokenError::Refused(error.error().to_string())),
            }
        })
    }
}

impl ClientCredentialsSource {
    /// The secret in each form in which it may be sent.
    fn secrets(&self) -> Vec<SecretString> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.credentials.secret.expose_secret();
        let encoded = SecretString::from(encode(secret));
        let pair = SecretString::from(format!("{}:{}", encode(&self.credentials.id), encoded.expose_secret()));
        let basic = base64::engine::general_purpose::STANDARD.encode(pair.expose_secret());
        vec![SecretString::from(secret), encoded, SecretString::from(basic)]
    }
}

impl<'c> AsyncHttpClient<'c> for ClientCredentialsSource {
    type Error = TokenError;
    type Future = BoxFuture<'c, Result<HttpResponse, TokenError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let invalid = |error: reqwest::Error| TokenError::Invalid(error.to_string());
            let mut request = reqwest::Request::try_from(request).map_err(invalid)?;
            for (name, value) in request.headers_mut() {
                value.set_sensitive(name == AUTHORIZATION);
            }
            let reply =
                self.wire.exchange_for_token(request, self.limit).await.map_err(|error| answer::unreachable(&error))?;
            let reply = answer::granting(reply, || self.secrets(), self.wire.clock.wall())?;
            let mut response = HttpResponse::new(reply.body);
            *response.status_mut() = reply.status;
            *response.headers_mut() = reply.headers;
            Ok(response)
        })
    }
}
