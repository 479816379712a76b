//! Credentials, and the security schemes that each can serve. None of them shows its secret in `Debug`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::boxed::BoxFuture;
use crate::operation::{SecurityScheme, SecuritySchemeKind};
use crate::token::{DeviceAuthorization, RefreshToken, Token, TokenError, TokenExchange, TokenRequest, TokenSource};
use http::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};

/// An OAuth 2 client id and secret, for the client credentials grant
/// ([RFC 6749, 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
///
/// ```
/// let credential = openapi_runtime::ClientCredentials::new("id", "secret").scopes(["items:read"]);
/// ```
#[derive(Clone)]
pub struct ClientCredentials {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) in_body: bool,
    pub(crate) scopes: Option<Vec<String>>,
}

impl ClientCredentials {
    /// Creates the credential. Id and secret are sent to the token endpoint as HTTP Basic.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: SecretString::from(secret.into()), in_body: false, scopes: None }
    }

    /// Sends id and secret in the form body of the token request
    /// ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)), for servers that do not accept Basic.
    pub fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }

    /// Requests these scopes instead of those of each operation. One token then serves all operations.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A user and password, sent as HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). Many services accept
/// the id and the secret of an API key this way.
///
/// ```
/// let credential = openapi_runtime::BasicAuth::new("user", "password");
/// assert!(!format!("{credential:?}").contains("password"));
/// ```
#[derive(Clone)]
pub struct BasicAuth {
    pub(crate) user: String,
    pub(crate) password: SecretString,
}

impl BasicAuth {
    /// Creates the credential. The user must not contain a colon.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: SecretString::from(password.into()) }
    }
}

impl fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicAuth").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An API key, sent where the security scheme says: in a header, a query parameter or a cookie
/// ([OpenAPI 3.0.3, Security Scheme Object](https://spec.openapis.org/oas/v3.0.3#security-scheme-object), `apiKey`).
///
/// ```
/// let credential = openapi_runtime::ApiKey::new("k-123");
/// assert_eq!(format!("{credential:?}"), "ApiKey(..)");
/// ```
#[derive(Clone)]
pub struct ApiKey(pub(crate) SecretString);

impl ApiKey {
    /// Creates the credential from the key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(SecretString::from(key.into()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

/// A fixed token, which the client does not renew ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
///
/// ```
/// let credential = openapi_runtime::BearerToken::new("a token");
/// ```
#[derive(Clone)]
pub struct BearerToken(pub(crate) SecretString);

impl BearerToken {
    /// Creates the credential from the token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// The token as it is; it never expires.
impl TokenSource for BearerToken {
    fn token<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        let token = Token { secret: self.0.clone(), lifetime: Duration::MAX };
        Box::pin(std::future::ready(Ok(token)))
    }
}

/// Any credential.
///
/// ```
/// use openapi_runtime::{ApiKey, BearerToken, Credential};
///
/// fn credential(key: Option<String>, token: String) -> Credential {
///     key.map_or_else(|| BearerToken::new(token).into(), |key| ApiKey::new(key).into())
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// OAuth 2 client credentials.
    ClientCredentials(ClientCredentials),
    /// OAuth 2 token exchange.
    TokenExchange(TokenExchange),
    /// An OAuth 2 refresh token.
    RefreshToken(RefreshToken),
    /// OAuth 2 device authorization.
    DeviceAuthorization(DeviceAuthorization),
    /// HTTP Basic.
    BasicAuth(BasicAuth),
    /// An API key.
    ApiKey(ApiKey),
    /// A bearer token.
    BearerToken(BearerToken),
    /// Tokens from a [`TokenSource`] of your own.
    Source(Arc<dyn TokenSource>),
}

impl Credential {
    /// Whether it holds no secret. (The password of HTTP Basic may be empty: some services take a key as the user.)
    pub(crate) fn is_empty(&self) -> bool {
        let blank = |text: &SecretString| text.expose_secret().trim().is_empty();
        match self {
            Self::ClientCredentials(credentials) => credentials.id.trim().is_empty() || blank(&credentials.secret),
            Self::BasicAuth(basic) => basic.user.trim().is_empty() && blank(&basic.password),
            Self::ApiKey(key) => blank(&key.0),
            Self::BearerToken(token) => blank(&token.0),
            _ => false,
        }
    }

    /// Tokens from `source`.
    pub fn source(source: impl TokenSource) -> Self {
        Self::Source(Arc::new(source))
    }

    /// The scopes that the user asks for instead of the operation's.
    pub(crate) fn scopes(&self) -> Option<&[String]> {
        match self {
            Self::ClientCredentials(credentials) => credentials.scopes.as_deref(),
            Self::TokenExchange(exchange) => exchange.scopes.as_deref(),
            // Without scopes, the tokens have those that the person granted.
            Self::RefreshToken(token) => Some(&token.scopes),
            Self::DeviceAuthorization(device) => device.scopes.as_deref(),
            _ => None,
        }
    }

    /// The value that is sent for `scheme`, if it is the same for all requests.
    pub(crate) fn fixed(&self, scheme: &SecurityScheme) -> Option<Presented> {
        let header = |value: SecretString| Presented { place: Place::Header(AUTHORIZATION), value };
        match (self, &scheme.kind) {
            (Self::BasicAuth(pair), _) => Some(header(basic(&pair.user, &pair.password))),
            (Self::BearerToken(token), _) => Some(header(bearer(&token.0))),
            (Self::ApiKey(key), SecuritySchemeKind::ApiKey { location, name }) => {
                let place = match *location {
                    "query" => Place::Query(name),
                    "cookie" => Place::Cookie(name),
                    _ => Place::Header(HeaderName::try_from(*name).ok()?),
                };
                Some(Presented { place, value: key.0.clone() })
            }
            _ => None,
        }
    }
}

/// The value of a credential, and its place in the request.
#[derive(Clone)]
pub(crate) struct Presented {
    pub(crate) place: Place,
    pub(crate) value: SecretString,
}

/// Where a credential is sent.
#[derive(Clone)]
pub(crate) enum Place {
    Header(HeaderName),
    Query(&'static str),
    Cookie(&'static str),
}

/// The value of an `Authorization` header of a bearer token (RFC 6750, 2.1).
pub(crate) fn bearer(token: &SecretString) -> SecretString {
    SecretString::from(format!("Bearer {}", token.expose_secret()))
}

/// The value of an `Authorization` header of HTTP Basic (RFC 7617, 2).
pub(crate) fn basic(user: &str, password: &SecretString) -> SecretString {
    use base64::Engine;
    let pair = SecretString::from(format!("{user}:{}", password.expose_secret()));
    let encoded = SecretString::from(base64::engine::general_purpose::STANDARD.encode(pair.expose_secret()));
    SecretString::from(format!("Basic {}", encoded.expose_secret()))
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientCredentials(credential) => credential.fmt(f),
            Self::TokenExchange(credential) => credential.fmt(f),
            Self::RefreshToken(credential) => credential.fmt(f),
            Self::DeviceAuthorization(credential) => credential.fmt(f),
            Self::BasicAuth(credential) => credential.fmt(f),
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

impl From<TokenExchange> for Credential {
    fn from(credential: TokenExchange) -> Self {
        Self::TokenExchange(credential)
    }
}

impl From<RefreshToken> for Credential {
    fn from(credential: RefreshToken) -> Self {
        Self::RefreshToken(credential)
    }
}

impl From<DeviceAuthorization> for Credential {
    fn from(credential: DeviceAuthorization) -> Self {
        Self::DeviceAuthorization(credential)
    }
}

impl From<BasicAuth> for Credential {
    fn from(credential: BasicAuth) -> Self {
        Self::BasicAuth(credential)
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
