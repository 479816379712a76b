//! Credentials, and which security schemes each can serve. None of them shows its secret in `Debug`.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::support::{SecurityScheme, SecuritySchemeKind};
use crate::token::{TokenExchange, TokenSource};

/// An OAuth 2 client id and secret, for the client credentials grant
/// ([RFC 6749, 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
#[derive(Clone)]
pub struct ClientCredentials {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) in_body: bool,
    pub(crate) scopes: Option<Vec<String>>,
}

impl ClientCredentials {
    /// The client of that id and secret, which are sent to the token endpoint as HTTP Basic.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: SecretString::from(secret.into()), in_body: false, scopes: None }
    }

    /// Sends id and secret in the form body of the token request
    /// ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)), for servers that do not take Basic.
    pub fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }

    /// Asks for these scopes in the place of those that each operation names. One token then serves all operations.
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

/// An API key and its secret, sent as HTTP Basic ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)).
#[derive(Clone)]
pub struct ApiKey {
    pub(crate) key: String,
    pub(crate) secret: SecretString,
}

impl ApiKey {
    /// The API key of that id and secret. The id holds no colon.
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
    /// OAuth 2 token exchange.
    TokenExchange(TokenExchange),
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

    /// Whether this credential is of the kind that `scheme` asks for, tokens from `token_url` where the user gives one;
    /// else why not, and what would do.
    pub(crate) fn fits(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> Result<(), String> {
        use SecuritySchemeKind as Kind;
        let usable = |url: &str| match token_url {
            Some(_) => Ok(()),
            None => usable_token_url(url),
        };
        match (self, &scheme.kind) {
            (Self::ClientCredentials(_), Kind::ClientCredentials { token_url, .. }) => usable(token_url),
            (Self::ClientCredentials(_), Kind::TokenGrant { grant, .. }) => {
                Err(format!("its tokens come by the grant `{grant}`; {SOURCE}"))
            }
            (Self::TokenExchange(_), Kind::TokenGrant { grant, token_url, .. }) if *grant == TokenExchange::GRANT => {
                usable(token_url)
            }
            (Self::ClientCredentials(_) | Self::TokenExchange(_), _) => {
                Err(format!("the definition does not give it this grant; {SOURCE}"))
            }
            (Self::ApiKey(key), Kind::Http { scheme: "basic" }) if key.key.contains(':') => {
                Err("the id of an API key holds no colon".into())
            }
            (Self::ApiKey(_), Kind::Http { scheme: "basic" }) => Ok(()),
            (Self::ApiKey(_), _) => Err("it is not HTTP Basic".into()),
            (Self::BearerToken(_) | Self::Source(_), Kind::Http { scheme: "bearer" }) => Ok(()),
            (Self::BearerToken(_) | Self::Source(_), Kind::Http { .. } | Kind::ApiKey { .. }) => {
                Err("it does not take bearer tokens".into())
            }
            (Self::BearerToken(_) | Self::Source(_), _) => Ok(()),
        }
    }

    /// Whether this credential can be used for `scheme` if the user names it: the user may know better than the
    /// definition which grant a token endpoint takes, if it is one.
    pub(crate) fn serves(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> Result<(), String> {
        match (self, &scheme.kind, token_url) {
            (Self::TokenExchange(_), SecuritySchemeKind::ClientCredentials { token_url, .. }, None) => {
                usable_token_url(token_url)
            }
            (Self::TokenExchange(_), SecuritySchemeKind::ClientCredentials { .. }, Some(_)) => Ok(()),
            (Self::ClientCredentials(_) | Self::TokenExchange(_), SecuritySchemeKind::OAuth2 { .. }, Some(_)) => Ok(()),
            _ => self.fits(scheme, token_url),
        }
    }

    /// The scopes that the user asks for in the place of the operation's.
    pub(crate) fn scopes(&self) -> Option<&[String]> {
        match self {
            Self::ClientCredentials(credentials) => credentials.scopes.as_deref(),
            Self::TokenExchange(exchange) => exchange.scopes.as_deref(),
            _ => None,
        }
    }

    /// The value of the `Authorization` header, where it is the same for all requests.
    pub(crate) fn header(&self) -> Option<SecretString> {
        match self {
            Self::ApiKey(key) => Some(basic(&key.key, &key.secret)),
            Self::BearerToken(token) => Some(SecretString::from(format!("Bearer {}", token.0.expose_secret()))),
            _ => None,
        }
    }
}

const SOURCE: &str = "give a token source of your own (`Credential::source`)";

/// Whether tokens can be fetched from a `tokenUrl`: a relative one is joined to the server.
pub(crate) fn usable_token_url(url: &str) -> Result<(), String> {
    use reqwest::Url;
    match Url::parse(url) {
        Ok(url) if crate::servers::is_safe(&url) => Ok(()),
        Ok(url) => Err(format!("its tokenUrl `{url}` is not https; {SOURCE}, or another endpoint (`token_url`)")),
        Err(error) if error.to_string().contains("relative") && !url.is_empty() => Ok(()),
        Err(error) => Err(format!("its tokenUrl `{url}` is no URL ({error}); {SOURCE}, or the endpoint (`token_url`)")),
    }
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
