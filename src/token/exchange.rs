//! The client credentials grant (RFC 6749, 4.4), by the oauth2 crate over our own HTTP.

use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope, TokenResponse,
    TokenUrl,
};
use secrecy::ExposeSecret;

use super::{Token, TokenError, TokenSource};
use crate::credentials::ClientCredentials;
use crate::http::{HttpClient, HttpError};
use crate::support::BoxFuture;

/// How long a token is taken to be good for where `expires_in` is missing, which RFC 6749, 5.1 allows: short enough to be
/// safe, and a token that the server refuses is replaced at once anyway.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(300);

/// Tokens for a client's id and secret.
pub(crate) struct ClientCredentialsSource {
    pub(crate) credentials: ClientCredentials,
    pub(crate) endpoint: reqwest::Url,
    pub(crate) http: Arc<dyn HttpClient>,
    /// The longest that one exchange may take.
    pub(crate) timeout: Duration,
}

impl TokenSource for ClientCredentialsSource {
    fn token<'a>(&'a self, scopes: &'a [&'static str]) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(async move {
            let endpoint =
                TokenUrl::new(self.endpoint.to_string()).map_err(|error| TokenError::Endpoint(error.to_string()))?;
            let client = BasicClient::new(ClientId::new(self.credentials.id.clone()))
                .set_client_secret(ClientSecret::new(self.credentials.secret.expose_secret().to_owned()))
                .set_token_uri(endpoint);
            let scopes = scopes.iter().map(|scope| Scope::new((*scope).to_owned()));
            let response = client.exchange_client_credentials().add_scopes(scopes).request_async(self).await;
            match response {
                Ok(response) => {
                    let lifetime = response.expires_in().unwrap_or(UNSTATED_LIFETIME);
                    Ok(Token::new(response.access_token().secret().as_str(), lifetime))
                }
                Err(RequestTokenError::ServerResponse(error)) => Err(TokenError::Refused(error.to_string())),
                Err(RequestTokenError::Request(error)) => Err(TokenError::Unavailable(with_source(&error))),
                // The body may hold the token: what is wrong with it is said, it itself is not.
                Err(RequestTokenError::Parse(error, _)) => {
                    Err(TokenError::Unavailable(format!("its answer is no token response, at `{}`", error.path())))
                }
                Err(RequestTokenError::Other(reason)) => Err(TokenError::Unavailable(reason)),
            }
        })
    }
}

impl<'c> AsyncHttpClient<'c> for ClientCredentialsSource {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl ClientCredentialsSource {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let lost = |error: &dyn std::fmt::Display| HttpError::Lost(error.to_string().into());
        let mut request = reqwest::Request::try_from(request).map_err(|error| lost(&error))?;
        *request.timeout_mut() = Some(self.timeout);
        for (name, value) in request.headers_mut() {
            value.set_sensitive(name == reqwest::header::AUTHORIZATION);
        }
        let reply = self.http.execute(request).await?;
        let mut response = HttpResponse::new(reply.body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        Ok(response)
    }
}

fn with_source(error: &HttpError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
