//! The operation table: what a definition says about each operation besides its types.

/// One operation of the definition ([OpenAPI 3.0.3, Operation Object]).
///
/// [OpenAPI 3.0.3, Operation Object]: https://spec.openapis.org/oas/v3.0.3#operation-object
#[derive(Debug)]
pub struct Operation {
    /// The `operationId`, or the method and path where the definition gives none.
    pub id: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path template, such as `/items/{id}`.
    pub path: &'static str,
    /// The servers that serve it: the operation's own, else its path's, else the document's.
    pub servers: &'static [Server],
    /// The security alternatives, in the definition's order; all schemes of one alternative are needed together.
    /// Empty where no credential is needed.
    pub security: &'static [&'static [Requirement]],
    /// The `x-lifecycle-stage`, such as `Early Access`.
    pub lifecycle_stage: Option<&'static str>,
    /// Whether sending it twice has the effect of sending it once: by its method ([RFC 9110, 9.2.2], and QUERY) or by
    /// `x-idempotent`.
    ///
    /// [RFC 9110, 9.2.2]: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
    pub idempotent: bool,
    /// The media types of the documented responses, as an `Accept` header gives them; empty where none has a body.
    pub accept: &'static str,
    /// The documented statuses as the definition writes them: `201`, `4XX`, `default`.
    pub statuses: &'static [&'static str],
    /// The name of the documented idempotency key header, if there is one
    /// ([The Idempotency-Key HTTP Header Field](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/)).
    pub idempotency_key: Option<&'static str>,
}

impl Operation {
    /// Creates a row without servers and security, for tests of a transport. It is idempotent if its method is.
    ///
    /// ```
    /// use openapi_runtime::Operation;
    ///
    /// static PING: Operation = Operation::new("ping", "GET", "/ping");
    /// assert!(PING.idempotent);
    /// ```
    pub const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        let idempotent =
            matches!(method.as_bytes(), b"GET" | b"HEAD" | b"PUT" | b"DELETE" | b"OPTIONS" | b"TRACE" | b"QUERY");
        Self {
            id,
            method,
            path,
            servers: &[],
            security: &[],
            lifecycle_stage: None,
            idempotent,
            accept: "",
            statuses: &[],
            idempotency_key: None,
        }
    }
}

/// A server ([OpenAPI 3.0.3, Server Object](https://spec.openapis.org/oas/v3.0.3#server-object)).
#[derive(Debug)]
pub struct Server {
    /// Its URL, which may hold `{variables}`.
    pub url: &'static str,
    /// Its description.
    pub description: Option<&'static str>,
    /// The variables of its URL.
    pub variables: &'static [ServerVariable],
}

impl Server {
    /// The URL with the default of each variable.
    ///
    /// ```
    /// use openapi_runtime::{Server, ServerVariable};
    ///
    /// let region = ServerVariable { name: "region", default: "eu", values: &[] };
    /// let server = Server { url: "https://{region}.example.com", description: None, variables: Vec::leak(vec![region]) };
    /// assert_eq!(server.default_url(), "https://eu.example.com");
    /// ```
    pub fn default_url(&self) -> String {
        self.url_with(|_| None)
    }

    /// The URL with the value that `given` has for each variable, else its default.
    pub(crate) fn url_with<'a>(&self, given: impl Fn(&str) -> Option<&'a str>) -> String {
        let mut url = self.url.to_owned();
        for variable in self.variables {
            let value = given(variable.name).unwrap_or(variable.default);
            url = url.replace(&format!("{{{}}}", variable.name), value);
        }
        url
    }

    /// Whether the URL is only a pattern for a server of the user's: a part of it is in braces, or a part of its host in
    /// angle brackets, and has no default, is an id of zeros (`abc-00000`), or names what belongs there (`region`,
    /// `provider`).
    pub fn is_placeholder(&self) -> bool {
        Self::stands_for_another(&self.default_url())
    }

    /// Whether a part of `url` is a placeholder.
    pub(crate) fn stands_for_another(url: &str) -> bool {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let is_placeholder = |label: &str| {
            let zeros = label.rsplit_once('-').map_or("", |(_, id)| id);
            matches!(label, "region" | "provider") || (zeros.len() > 2 && zeros.trim_matches('0').is_empty())
        };
        url.contains('{') || host.contains('<') || host.split('.').any(is_placeholder)
    }
}

/// A variable of a server's URL.
#[derive(Debug)]
pub struct ServerVariable {
    /// Its name, as it stands in braces in the URL.
    pub name: &'static str,
    /// The value that it has unless the user gives another.
    pub default: &'static str,
    /// The values that it can have (`enum`); empty where any value is allowed.
    pub values: &'static [&'static str],
}

/// A security scheme that an operation asks for, with the scopes it needs.
#[derive(Debug)]
pub struct Requirement {
    /// The scheme's name in the definition.
    pub scheme: &'static str,
    /// The scopes; empty for schemes that have none.
    pub scopes: &'static [&'static str],
}

impl Requirement {
    /// Requires `scheme` with `scopes`.
    pub const fn of(scheme: &'static str, scopes: &'static [&'static str]) -> Self {
        Self { scheme, scopes }
    }
}

/// A security scheme ([OpenAPI 3.0.3, Security Scheme Object]).
///
/// [OpenAPI 3.0.3, Security Scheme Object]: https://spec.openapis.org/oas/v3.0.3#security-scheme-object
#[derive(Debug)]
pub struct SecurityScheme {
    /// Its name in the definition.
    pub name: &'static str,
    /// How it is presented.
    pub kind: SecuritySchemeKind,
}

/// How a security scheme is presented.
#[derive(Debug)]
#[non_exhaustive]
pub enum SecuritySchemeKind {
    /// OAuth 2 client credentials ([RFC 6749, 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ClientCredentials {
        /// The token endpoint; may be relative to the server.
        token_url: &'static str,
        /// All scopes that the definition names.
        scopes: &'static [&'static str],
        /// All flows of the scheme, this one included.
        flows: &'static [OAuthFlow],
    },
    /// OAuth 2 by another grant without a user, which the definition names in `x-token-grant`.
    TokenGrant {
        /// The grant type, as a token request names it.
        grant: &'static str,
        /// The token endpoint; may be relative to the server.
        token_url: &'static str,
        /// All scopes that the definition names.
        scopes: &'static [&'static str],
    },
    /// OAuth 2 by grants that need a user.
    OAuth2 {
        /// The flows, in the definition's order.
        flows: &'static [OAuthFlow],
    },
    /// An HTTP authentication scheme ([RFC 9110, 11](https://www.rfc-editor.org/rfc/rfc9110#section-11)).
    Http {
        /// `basic`, `bearer`, or another registered name, in small letters.
        scheme: &'static str,
    },
    /// An API key in a header, a query parameter or a cookie.
    ApiKey {
        /// `header`, `query` or `cookie`.
        location: &'static str,
        /// The name of the header, parameter or cookie.
        name: &'static str,
    },
    /// OpenID Connect ([OpenID Connect Discovery 1.0](https://openid.net/specs/openid-connect-discovery-1_0.html)).
    OpenIdConnect {
        /// The discovery document; may be relative to the server.
        url: &'static str,
    },
    /// A scheme of a type that the client cannot present, such as `mutualTLS`, whose certificate belongs to the connection.
    Other {
        /// The type, as the definition names it.
        kind: &'static str,
    },
}

/// A flow of an OAuth 2 security scheme
/// ([OpenAPI 3.2.0, OAuth Flow Object](https://spec.openapis.org/oas/v3.2.0#oauth-flow-object)). Its URLs may be relative to
/// the server.
///
/// ```
/// use openapi_runtime::{OAuthFlow, SecuritySchemeKind};
///
/// const SIGN_IN: OAuthFlow =
///     OAuthFlow { token_url: Some("https://id.example.com/token"), ..OAuthFlow::new("authorizationCode") };
/// let kind = SecuritySchemeKind::OAuth2 { flows: &[SIGN_IN] };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OAuthFlow {
    /// The flow, as the definition names it: `authorizationCode`, `clientCredentials`, `deviceAuthorization`, `implicit` or
    /// `password`.
    pub name: &'static str,
    /// The token endpoint (`tokenUrl`).
    pub token_url: Option<&'static str>,
    /// The endpoint for refresh tokens (`refreshUrl`), where it is not the token endpoint.
    pub refresh_url: Option<&'static str>,
    /// The device authorization endpoint (`deviceAuthorizationUrl`).
    pub device_authorization_url: Option<&'static str>,
    /// All scopes that the definition names.
    pub scopes: &'static [&'static str],
}

impl OAuthFlow {
    /// A flow without URLs and scopes.
    pub const fn new(name: &'static str) -> Self {
        Self { name, token_url: None, refresh_url: None, device_authorization_url: None, scopes: &[] }
    }
}

/// An environment variable, and the part of a credential that it holds.
#[derive(Debug)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub name: &'static str,
    /// The security scheme it serves.
    pub scheme: &'static str,
    /// The part of the credential.
    pub part: CredentialPart,
}

/// A part of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialPart {
    /// A client id, or the user of HTTP Basic.
    Id,
    /// A client secret, or the password of HTTP Basic.
    Secret,
    /// A bearer token.
    Token,
    /// An API key.
    Key,
}

/// Everything in the operation table of one client.
#[derive(Debug)]
pub struct Definition {
    /// The title of the definition.
    pub title: &'static str,
    /// The version of the definition.
    pub version: &'static str,
    /// Every operation, in the definition's order.
    pub operations: &'static [&'static Operation],
    /// The row for requests to paths that the definition does not have: its servers and security.
    pub undescribed: &'static Operation,
    /// Every security scheme.
    pub security_schemes: &'static [SecurityScheme],
    /// The environment variables that hold credentials.
    pub environment: &'static [EnvironmentVariable],
    /// The environment variable that names the server.
    pub base_url_variable: &'static str,
}

impl Definition {
    /// The security scheme of that name.
    pub fn security_scheme(&self, name: &str) -> Option<&SecurityScheme> {
        self.security_schemes.iter().find(|scheme| scheme.name == name)
    }

    /// The operation of that `operationId`.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().copied().find(|operation| operation.id == id)
    }
}

/// The static side of an operation: its row of the operation table, and the types of its results.
///
/// Generated code implements it for the types of its module `operations`.
pub trait Endpoint {
    /// Its row of the operation table.
    const OPERATION: &'static Operation;
    /// The body of a success.
    type Body: 'static;
    /// The documented headers of a success.
    type Headers: crate::codegen::FromHeaders;
    /// The documented errors.
    type Error: crate::response::Documented;

    /// Reads the body of a success, by its status.
    #[doc(hidden)]
    const READ: crate::response::Reads<Self::Body> = &[];
}
