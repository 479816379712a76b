//! Which credential can serve which security scheme, and what is said where it cannot.

use url::Url;

use crate::credentials::Credential;
use crate::operation::{OAuthFlow, SecurityScheme, SecuritySchemeKind as Kind};
use crate::servers::is_safe;
use crate::token::{DeviceAuthorization, RefreshToken, TokenExchange};

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
    /// The tokens of the scheme come from a person who signs in.
    #[error(
        "its tokens come from a person who signs in: give {}; if its token endpoint takes this grant nevertheless, name it \
         by `token_url`",
        either(ways)
    )]
    SignIn {
        /// The credentials that the scheme accepts.
        ways: Vec<String>,
    },
    /// The scheme has no token endpoint that could renew a token.
    #[error("it has no token endpoint; give one by `token_url`, or a token source of your own (`Credential::source`)")]
    NoTokenEndpoint,
    /// The scheme has no device authorization endpoint.
    #[error("it has no device authorization endpoint; give one by `DeviceAuthorization::authorization_url`")]
    NoDeviceAuthorization,
    /// The user of HTTP Basic contains a colon, which RFC 7617 does not allow.
    #[error("the user of HTTP Basic must have no colon")]
    ColonInUser,
    /// The credential holds no secret: an empty key, token or secret, as of a variable that was never set.
    #[error("it is empty")]
    Empty,
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
    /// Tokens cannot be fetched from a URL of the scheme.
    #[error("its {field} `{url}` {reason}; {}", instead_of(field))]
    Url {
        /// The field of the definition: `tokenUrl`, `refreshUrl`, `deviceAuthorizationUrl` or `openIdConnectUrl`.
        field: &'static str,
        /// The URL.
        url: String,
        /// The problem.
        reason: String,
    },
    /// The client can present no credential of this kind.
    #[error("this client cannot present `{kind}`; {}", without(kind))]
    Unsupported {
        /// The HTTP authentication scheme, such as `digest`, or the type of the security scheme, such as `mutualTLS`.
        kind: String,
    },
}

const SOURCE: &str = "give a token source of your own (`Credential::source`)";

/// What the user can give instead of a URL of the definition.
fn instead_of(field: &str) -> String {
    match field {
        "deviceAuthorizationUrl" => "give another by `DeviceAuthorization::authorization_url`".into(),
        _ => format!("{SOURCE}, or another endpoint (`token_url`)"),
    }
}

/// What the user can do about a scheme that the client cannot present.
fn without(kind: &str) -> String {
    let rest = "take the scheme out of the definition's `security` by an overlay";
    match kind {
        "mutualTLS" => format!("{rest}, and give the certificate to the HTTP client (`http_client` or `http`)"),
        _ => format!("{rest}, and let an HTTP client of your own (`http`) authenticate"),
    }
}

/// `ways` as a list whose last two are joined by "or".
pub(crate) fn either(ways: &[String]) -> String {
    match ways {
        [] => String::new(),
        [lone] => lone.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What a URL of a scheme is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Tokens by a grant without a person.
    Token,
    /// Tokens for a refresh token.
    Refresh,
    /// Device codes.
    DeviceCode,
    /// Tokens for a device code.
    DeviceToken,
    /// Tokens for a refresh token that came for a device code.
    DeviceRefresh,
}

/// A URL of a security scheme, and the field of the definition that has it.
pub(crate) type Documented = (&'static str, &'static str);

impl Kind {
    /// The URL that the definition gives for `purpose`.
    pub(crate) fn url_for(&self, purpose: Purpose) -> Option<Documented> {
        let own = match self {
            Self::OpenIdConnect { url } => return Some(("openIdConnectUrl", url)),
            Self::ClientCredentials { token_url, .. } | Self::TokenGrant { token_url, .. } => {
                Some(("tokenUrl", *token_url))
            }
            _ => None,
        };
        let token = |flow: &OAuthFlow| flow.token_url.map(|url| ("tokenUrl", url));
        let refresh = |flow: &OAuthFlow| flow.refresh_url.map(|url| ("refreshUrl", url)).or_else(|| token(flow));
        let flows = self.flows();
        let device = flows.iter().find(|flow| flow.device_authorization_url.is_some());
        // Refresh tokens belong to people.
        let of_people = || flows.iter().filter(|flow| flow.name != MACHINES);
        match purpose {
            Purpose::Token => own,
            Purpose::Refresh => of_people().find_map(refresh).or_else(|| flows.iter().find_map(refresh)).or(own),
            Purpose::DeviceCode => device?.device_authorization_url.map(|url| ("deviceAuthorizationUrl", url)),
            Purpose::DeviceToken => device.and_then(token).or_else(|| of_people().find_map(token)).or(own),
            Purpose::DeviceRefresh => device.and_then(refresh).or_else(|| self.url_for(Purpose::DeviceToken)),
        }
    }

    fn flows(&self) -> &'static [OAuthFlow] {
        match self {
            Self::ClientCredentials { flows, .. } | Self::OAuth2 { flows } => flows,
            _ => &[],
        }
    }

    /// Whether the definition has a flow that gives refresh tokens.
    fn refreshes(&self) -> bool {
        self.flows()
            .iter()
            .any(|flow| flow.refresh_url.is_some() || (flow.name != MACHINES && flow.token_url.is_some()))
    }

    /// Whether tokens of this kind come from a token endpoint.
    fn is_oauth(&self) -> bool {
        matches!(
            self,
            Self::ClientCredentials { .. } | Self::TokenGrant { .. } | Self::OAuth2 { .. } | Self::OpenIdConnect { .. }
        )
    }

    /// The HTTP authentication scheme or the type, if the client can present no credential of this kind.
    pub(crate) fn unsupported(&self) -> Option<&'static str> {
        match self {
            Self::Http { scheme: "basic" | "bearer" } => None,
            Self::Http { scheme } => Some(scheme),
            Self::Other { kind } => Some(kind),
            _ => None,
        }
    }

    /// The credentials that this kind accepts, as Rust code.
    pub(crate) fn constructors(&self) -> Vec<&'static str> {
        let usable = |purpose| self.url_for(purpose).is_some_and(|url| usable_url(url).is_ok());
        let mut ways = Vec::new();
        match self {
            Self::Http { scheme: "basic" } => ways.push("BasicAuth::new(…)"),
            Self::Http { scheme: "bearer" } => ways.push("BearerToken::new(…)"),
            Self::ApiKey { .. } => ways.push("ApiKey::new(…)"),
            Self::ClientCredentials { .. } if usable(Purpose::Token) => ways.push("ClientCredentials::new(…)"),
            Self::TokenGrant { grant: TokenExchange::GRANT, .. } => ways.push("TokenExchange::new(…)"),
            Self::TokenGrant { grant: RefreshToken::GRANT, .. } => ways.push("RefreshToken::new(…)"),
            Self::TokenGrant { grant: DeviceAuthorization::GRANT, .. } => ways.push("DeviceAuthorization::new(…)"),
            Self::OAuth2 { .. } => {
                ways.extend(usable(Purpose::Refresh).then_some("RefreshToken::new(…)"));
                let device = usable(Purpose::DeviceCode) && usable(Purpose::DeviceToken);
                ways.extend(device.then_some("DeviceAuthorization::new(…)"));
            }
            Self::OpenIdConnect { .. } if usable(Purpose::Token) => {
                ways.extend(["ClientCredentials::new(…)", "RefreshToken::new(…)", "DeviceAuthorization::new(…)"]);
            }
            _ => {}
        }
        if ways.is_empty() {
            ways.push("Credential::source(…)");
        }
        ways
    }

    /// What to give where a person has to sign in.
    fn sign_in(&self) -> Mismatch {
        let mut ways = Vec::new();
        if self.url_for(Purpose::Refresh).is_some() {
            ways.push("a `RefreshToken`".to_owned());
            ways.push(match self.url_for(Purpose::DeviceCode) {
                Some(_) => "a `DeviceAuthorization`".to_owned(),
                None => "a `DeviceAuthorization` with an `authorization_url`".to_owned(),
            });
        }
        ways.push("a token source of your own (`Credential::source`)".to_owned());
        Mismatch::SignIn { ways }
    }
}

/// The flow that needs no person.
const MACHINES: &str = "clientCredentials";

impl Credential {
    /// Whether this credential is of the kind that `scheme` asks for, with tokens from `token_url` where the user gives one.
    pub(crate) fn fits(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> Result<(), Mismatch> {
        let kind = &scheme.kind;
        if let Some(kind) = kind.unsupported() {
            return Err(Mismatch::Unsupported { kind: kind.to_owned() });
        }
        let usable = |purpose| usable_for(kind, purpose, token_url);
        match (self, kind) {
            (Self::ClientCredentials(_), Kind::ClientCredentials { .. }) => usable(Purpose::Token),
            (Self::TokenExchange(_), Kind::TokenGrant { grant: TokenExchange::GRANT, .. }) => usable(Purpose::Token),
            (Self::RefreshToken(_), Kind::TokenGrant { grant: RefreshToken::GRANT, .. }) => usable(Purpose::Token),
            (Self::RefreshToken(_), Kind::OAuth2 { .. } | Kind::OpenIdConnect { .. }) => usable(Purpose::Refresh),
            (Self::RefreshToken(_), Kind::ClientCredentials { .. }) if kind.refreshes() => usable(Purpose::Refresh),
            (
                Self::DeviceAuthorization(device),
                Kind::OAuth2 { .. } | Kind::TokenGrant { grant: DeviceAuthorization::GRANT, .. },
            ) => device_fits(device, kind, token_url),
            (Self::DeviceAuthorization(device), Kind::ClientCredentials { .. })
                if kind.url_for(Purpose::DeviceCode).is_some() =>
            {
                device_fits(device, kind, token_url)
            }
            (Self::ClientCredentials(_) | Self::TokenExchange(_), Kind::OAuth2 { .. }) => Err(kind.sign_in()),
            (
                Self::ClientCredentials(_) | Self::RefreshToken(_) | Self::DeviceAuthorization(_),
                Kind::TokenGrant { grant, .. },
            ) => Err(Mismatch::OtherGrant { grant: (*grant).to_owned() }),
            (
                Self::ClientCredentials(_)
                | Self::TokenExchange(_)
                | Self::RefreshToken(_)
                | Self::DeviceAuthorization(_),
                _,
            ) => Err(Mismatch::NotThisGrant),
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
        let kind = &scheme.kind;
        match (self, kind) {
            (Self::ClientCredentials(_) | Self::TokenExchange(_), Kind::OpenIdConnect { .. })
            | (Self::TokenExchange(_), Kind::ClientCredentials { .. }) => usable_for(kind, Purpose::Token, token_url),
            (Self::ClientCredentials(_) | Self::TokenExchange(_), Kind::OAuth2 { .. }) if token_url.is_some() => Ok(()),
            (Self::RefreshToken(_), Kind::ClientCredentials { .. }) => usable_for(kind, Purpose::Refresh, token_url),
            (Self::RefreshToken(_), _) if kind.is_oauth() && token_url.is_some() => Ok(()),
            (Self::DeviceAuthorization(device), Kind::ClientCredentials { .. } | Kind::OpenIdConnect { .. }) => {
                device_fits(device, kind, token_url)
            }
            _ => self.fits(scheme, token_url),
        }
    }

    /// Whether this credential may serve `scheme` where it fits no scheme: the definition does not say which grants a server
    /// takes that is found by discovery.
    pub(crate) fn may_serve(&self, scheme: &SecurityScheme, token_url: Option<&str>) -> bool {
        matches!(scheme.kind, Kind::OpenIdConnect { .. }) && self.serves(scheme, token_url).is_ok()
    }
}

/// Whether there is a device authorization endpoint, and a token endpoint.
fn device_fits(device: &DeviceAuthorization, kind: &Kind, token_url: Option<&str>) -> Result<(), Mismatch> {
    if device.authorization_url.is_none() {
        usable_url(kind.url_for(Purpose::DeviceCode).ok_or(Mismatch::NoDeviceAuthorization)?)?;
    }
    usable_for(kind, Purpose::DeviceToken, token_url)?;
    usable_for(kind, Purpose::DeviceRefresh, token_url)
}

/// Whether tokens can be fetched from `token_url`, if the user gives one, else from the URL that the definition gives.
fn usable_for(kind: &Kind, purpose: Purpose, token_url: Option<&str>) -> Result<(), Mismatch> {
    match token_url {
        Some(_) => Ok(()),
        None => usable_url(kind.url_for(purpose).ok_or(Mismatch::NoTokenEndpoint)?),
    }
}

/// Whether tokens can be fetched from a URL of the definition: a relative one is joined to the server.
fn usable_url((field, url): Documented) -> Result<(), Mismatch> {
    let refuse = |reason: String| Err(Mismatch::Url { field, url: url.to_owned(), reason });
    match Url::parse(url) {
        Ok(parsed) if is_safe(&parsed) => Ok(()),
        Ok(_) => refuse("is not https".into()),
        Err(url::ParseError::RelativeUrlWithoutBase) if !url.is_empty() => Ok(()),
        Err(error) => refuse(format!("is not a URL ({error})")),
    }
}
