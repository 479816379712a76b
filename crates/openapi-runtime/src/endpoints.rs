//! Where the tokens of a security scheme come from.

use std::sync::Arc;

use url::Url;

use crate::credentials::Credential;
use crate::fits::Purpose;
use crate::operation::SecuritySchemeKind;
use crate::routes::{NoCredential, Planner};
use crate::servers::{EndpointError, Target};
use crate::token::{
    ClientCredentialsSource, DeviceSource, Discovery, Location, Member, RefreshTokenSource, TokenEndpoint,
    TokenExchangeSource, TokenSource,
};

impl Planner {
    /// The source of the tokens of `scheme` for `credential`, and the name of where they come from.
    pub(crate) fn source(
        &mut self,
        scheme: &str,
        credential: &Credential,
        server: &Target,
    ) -> Result<(String, Arc<dyn TokenSource>), NoCredential> {
        Ok(match credential {
            Credential::Source(source) => (String::new(), Arc::clone(source)),
            Credential::ClientCredentials(credentials) => {
                let endpoint = self.endpoint(scheme, Purpose::Token, server)?;
                (endpoint.name(), Arc::new(ClientCredentialsSource { credentials: credentials.clone(), endpoint }))
            }
            Credential::TokenExchange(exchange) => {
                let endpoint = self.endpoint(scheme, Purpose::Token, server)?;
                (endpoint.name(), Arc::new(TokenExchangeSource { exchange: exchange.clone(), endpoint }))
            }
            Credential::RefreshToken(token) => {
                let endpoint = self.endpoint(scheme, Purpose::Refresh, server)?;
                (endpoint.name(), Arc::new(RefreshTokenSource { credential: token.clone(), endpoint }))
            }
            Credential::DeviceAuthorization(device) => {
                let authorization = match &device.authorization_url {
                    Some(url) => {
                        let not_url = |error: url::ParseError| unusable("device authorization endpoint", url, error);
                        self.at(Location::Known(Url::parse(url).map_err(not_url)?))
                    }
                    None => self.endpoint(scheme, Purpose::DeviceCode, server)?,
                };
                let tokens = self.endpoint(scheme, Purpose::DeviceToken, server)?;
                let renewal = self.endpoint(scheme, Purpose::DeviceRefresh, server)?;
                let name = format!("{} {} {}", authorization.name(), tokens.name(), renewal.name());
                (name, Arc::new(DeviceSource::new(device.clone(), authorization, tokens, renewal)))
            }
            _ => return Err(NoCredential::NoTokens),
        })
    }

    fn endpoint(&mut self, scheme: &str, purpose: Purpose, server: &Target) -> Result<TokenEndpoint, EndpointError> {
        let location = self.location(scheme, purpose, server)?;
        Ok(self.at(location))
    }

    fn at(&self, location: Location) -> TokenEndpoint {
        TokenEndpoint { location, wire: Arc::clone(&self.wire), limit: self.fetching.attempt_timeout }
    }

    fn location(&mut self, scheme: &str, purpose: Purpose, server: &Target) -> Result<Location, EndpointError> {
        if let Some(url) = self.token_urls.get(scheme)
            && purpose != Purpose::DeviceCode
        {
            return Ok(Location::Known(url.clone()));
        }
        let kind = self.definition.security_scheme(scheme).map(|scheme| &scheme.kind);
        let documented = kind.and_then(|kind| kind.url_for(purpose));
        let Some((_, documented)) = documented else { return Err(EndpointError::None(scheme.to_owned())) };
        let found = self.servers.token_endpoint(documented, server);
        if let Some(SecuritySchemeKind::OpenIdConnect { .. }) = kind {
            let member = match purpose {
                Purpose::DeviceCode => Member::DeviceAuthorization,
                _ => Member::Token,
            };
            let url = found.map_err(|error| error.of("discovery document"))?;
            return Ok(Location::Discovered(self.discovery(url), member));
        }
        let found = match purpose {
            Purpose::DeviceCode => found.map_err(|error| error.of("device authorization endpoint")),
            _ => found,
        };
        found.map(Location::Known)
    }

    /// The one discovery of `url`, which all credentials share.
    fn discovery(&mut self, url: Url) -> Arc<Discovery> {
        let shared = self.discoveries.entry(url.to_string());
        let new = || {
            let (wire, servers) = (Arc::clone(&self.wire), Arc::clone(&self.servers));
            Arc::new(Discovery::new(url, wire, self.fetching.attempt_timeout, servers))
        };
        Arc::clone(shared.or_insert_with(new))
    }
}

impl EndpointError {
    /// This error, of a URL that is not a token endpoint but `what`.
    fn of(self, what: &'static str) -> Self {
        match self {
            Self::NotUrl { url, reason } => unusable(what, &url, reason),
            Self::NotSafe(url) => Self::Unusable { what, url, reason: "is not https".into() },
            other => other,
        }
    }
}

fn unusable(what: &'static str, url: &str, error: impl ToString) -> EndpointError {
    EndpointError::Unusable { what, url: url.to_owned(), reason: format!("is not a URL: {}", error.to_string()) }
}
