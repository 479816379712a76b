//! Refresh tokens (RFC 6749, 6).

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::client::Client;
use super::endpoint::{Grant, Granted, TokenEndpoint};
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::boxed::BoxFuture;

/// A refresh token, which the client exchanges for access tokens ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)):
/// the credential of a person who has signed in elsewhere, for instance in a browser.
///
/// Whenever the server returns another refresh token, the client uses that from then on, and never again the old one. Clones
/// share the newest. To have it in the next run of the program, store what [`on_rotation`](Self::on_rotation) is given.
///
/// ```
/// use openapi_runtime::RefreshToken;
///
/// let credential = RefreshToken::new("a refresh token").public_client("my-tool").on_rotation(|newest| {
///     if let Err(error) = std::fs::write("/home/me/.config/my-tool/token", newest) {
///         eprintln!("Sign in again next time: {error}");
///     }
/// });
/// assert!(!format!("{credential:?}").contains("a refresh token"));
/// ```
#[derive(Clone)]
pub struct RefreshToken {
    newest: Arc<Mutex<SecretString>>,
    client: Option<(String, Option<SecretString>)>,
    in_body: bool,
    pub(crate) scopes: Vec<String>,
    on_rotation: Option<Arc<Store>>,
}

/// Keeps a new refresh token.
type Store = dyn Fn(&str) + Send + Sync;

impl RefreshToken {
    /// The grant type of refresh tokens.
    pub const GRANT: &str = "refresh_token";

    /// Creates the credential from the refresh token. Unless [`client`](Self::client) or
    /// [`public_client`](Self::public_client) is called, its requests do not say which client they come from.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            newest: Arc::new(Mutex::new(SecretString::from(token.into()))),
            client: None,
            in_body: false,
            scopes: Vec::new(),
            on_rotation: None,
        }
    }

    /// Sets id and secret of the client that the refresh token was issued to. They are sent to the token endpoint as HTTP Basic.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client = Some((id.into(), Some(SecretString::from(secret.into()))));
        self
    }

    /// Sets the id of the client that the refresh token was issued to, if it has no secret. It is sent in the form body of the
    /// token request ([RFC 6749, 3.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.2.1)).
    pub fn public_client(mut self, id: impl Into<String>) -> Self {
        self.client = Some((id.into(), None));
        self
    }

    /// Sends id and secret in the form body of the token request
    /// ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)), for servers that do not accept Basic.
    pub fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }

    /// Requests these of the scopes that the refresh token was issued for; all of them unless set. In both cases, one token
    /// serves all operations.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Calls `store` with each new refresh token that the server returns. Token requests wait until it returns, so it should
    /// not take long.
    pub fn on_rotation(mut self, store: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_rotation = Some(Arc::new(store));
        self
    }
}

/// Shows the client, and no secret.
impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = self.client.as_ref().map(|(id, _)| id);
        f.debug_struct("RefreshToken").field("client", &client).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// Tokens for a [`RefreshToken`].
pub(crate) struct RefreshTokenSource {
    pub(crate) credential: RefreshToken,
    pub(crate) endpoint: TokenEndpoint,
}

impl TokenSource for RefreshTokenSource {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(async move {
            let RefreshToken { newest, client, in_body, on_rotation, .. } = &self.credential;
            // Locked until the answer has come: it may make the token that was sent invalid.
            let mut newest = newest.lock().await;
            let sent = newest.clone();
            let client = client.as_ref().map(|(id, secret)| Client { id, secret: secret.as_ref(), in_body: *in_body });
            let (next, token) = refresh(&self.endpoint, &sent, client, &request.scopes).await?;
            if let Some(next) = next {
                newest.clone_from(&next);
                if let Some(store) = on_rotation {
                    store(next.expose_secret());
                }
            }
            token
        })
    }
}

/// Exchanges `token` at `endpoint` for a token, and for the refresh token that replaces it, if there is another one.
pub(super) async fn refresh(
    endpoint: &TokenEndpoint,
    token: &SecretString,
    client: Option<Client<'_>>,
    scopes: &[String],
) -> Result<(Option<SecretString>, Result<Token, TokenError>), TokenError> {
    let fields = vec![("grant_type", RefreshToken::GRANT), ("refresh_token", token.expose_secret())];
    let mut grant = Grant::new(fields, scopes);
    grant.secrets.push(token.clone());
    if let Some(client) = client {
        client.identify(&mut grant);
    }
    let (next, granted) = endpoint.answer(&grant, Granted::read).await?.split(&grant);
    Ok((next.filter(|next| next.expose_secret() != token.expose_secret()), granted))
}
