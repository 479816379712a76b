//! Credentials, and the security schemes that each can serve. None of them shows its secret in `Debug`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::operation::{SecurityScheme, SecuritySchemeKind};
use crate::servers::is_safe;
use crate::token::{Token, TokenError, TokenExchange, TokenRequest, TokenSource};
use crate::transport::BoxFuture;

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
    /// Tokens from `source`.
    pub fn source(source: impl TokenSource) -> Self {
        Self::Source(Arc::new(source))
    }

    /// Whether this credential is of the kind that `scheme` asks for, with tokens from `token_url` where the user gives one.
    pub(crate) fn fits(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> Result<(), Mismatch> {
        use SecuritySchemeKind as Kind;
        let usable = |url: &str| match token_url {
            Some(_) => Ok(()),
            None => usable_token_url(url),
        };
        match (self, &scheme.kind) {
            (Self::ClientCredentials(_), Kind::ClientCredentials { token_url, .. }) => usable(token_url),
            (Self::ClientCredentials(_), Kind::TokenGrant { grant, .. }) => {
                Err(Mismatch::OtherGrant { grant: (*grant).to_owned() })
            }
            (Self::TokenExchange(_), Kind::TokenGrant { grant, token_url, .. }) if *grant == TokenExchange::GRANT => {
                usable(token_url)
            }
            (Self::ClientCredentials(_) | Self::TokenExchange(_), _) => Err(Mismatch::NotThisGrant),
            (Self::BasicAuth(basic), Kind::Http { scheme: "basic" }) if basic.user.contains(':') => {
                Err(Mismatch::ColonInUser)
            }
            (Self::BasicAuth(_), Kind::Http { scheme: "basic" }) => Ok(()),
            (Self::BasicAuth(_), _) => Err(Mismatch::NotBasic),
            (Self::ApiKey(_), Kind::ApiKey { .. }) => Ok(()),
            (Self::ApiKey(_), Kind::Http { scheme: "basic" }) => Err(Mismatch::BasicNeedsTwo),
            (Self::ApiKey(_), _) => Err(Mismatch::NotApiKey),
            (Self::BearerToken(_) | Self::Source(_), Kind::Http { scheme: "bearer" }) => Ok(()),
            (Self::BearerToken(_) | Self::Source(_), Kind::Http { .. } | Kind::ApiKey { .. }) => {
                Err(Mismatch::NotBearer)
            }
            (Self::BearerToken(_) | Self::Source(_), _) => Ok(()),
        }
    }

    /// Whether this credential can be used for `scheme` if the user names it: the user may know better than the
    /// definition which grant a token endpoint takes, if there is one.
    pub(crate) fn serves(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> Result<(), Mismatch> {
        match (self, &scheme.kind, token_url) {
            (Self::TokenExchange(_), SecuritySchemeKind::ClientCredentials { token_url, .. }, None) => {
                usable_token_url(token_url)
            }
            (Self::TokenExchange(_), SecuritySchemeKind::ClientCredentials { .. }, Some(_)) => Ok(()),
            (Self::ClientCredentials(_) | Self::TokenExchange(_), SecuritySchemeKind::OAuth2 { .. }, Some(_)) => Ok(()),
            _ => self.fits(scheme, token_url),
        }
    }

    /// The scopes that the user asks for instead of the operation's.
    pub(crate) fn scopes(&self) -> Option<&[String]> {
        match self {
            Self::ClientCredentials(credentials) => credentials.scopes.as_deref(),
            Self::TokenExchange(exchange) => exchange.scopes.as_deref(),
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

/// The reasons why a credential cannot serve a security scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The scheme uses another grant.
    #[error("its tokens come by the grant `{grant}`; {SOURCE}")]
    OtherGrant {
        /// The grant.
        grant: String,
    },
    /// The scheme has no such grant.
    #[error("the definition does not give it this grant; {SOURCE}")]
    NotThisGrant,
    /// The user of HTTP Basic contains a colon, which RFC 7617 does not allow.
    #[error("the user of HTTP Basic must have no colon")]
    ColonInUser,
    /// The scheme is not HTTP Basic.
    #[error("it is not HTTP Basic")]
    NotBasic,
    /// The scheme is HTTP Basic, which takes two parts.
    #[error("it is HTTP Basic: give both parts by `BasicAuth::new`")]
    BasicNeedsTwo,
    /// The scheme is not an API key.
    #[error("it is not an API key")]
    NotApiKey,
    /// The scheme does not accept bearer tokens.
    #[error("it does not accept bearer tokens")]
    NotBearer,
    /// Tokens cannot be fetched from the scheme's `tokenUrl`.
    #[error("its tokenUrl `{url}` {reason}; {SOURCE}, or another endpoint (`token_url`)")]
    TokenUrl {
        /// The URL.
        url: String,
        /// The problem.
        reason: String,
    },
}

const SOURCE: &str = "give a token source of your own (`Credential::source`)";

/// Whether tokens can be fetched from a `tokenUrl`: a relative one is joined to the server.
pub(crate) fn usable_token_url(url: &str) -> Result<(), Mismatch> {
    let refuse = |reason: String| Err(Mismatch::TokenUrl { url: url.to_owned(), reason });
    match Url::parse(url) {
        Ok(parsed) if is_safe(&parsed) => Ok(()),
        Ok(_) => refuse("is not https".into()),
        Err(url::ParseError::RelativeUrlWithoutBase) if !url.is_empty() => Ok(()),
        Err(error) => refuse(format!("is not a URL ({error})")),
    }
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
