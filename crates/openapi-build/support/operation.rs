//! The operation table: what the definition says of each operation besides its types.

/// One operation of the definition ([OpenAPI 3.0.3, Operation Object]).
///
/// [OpenAPI 3.0.3, Operation Object]: https://spec.openapis.org/oas/v3.0.3#operation-object
#[derive(Debug)]
#[non_exhaustive]
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
    /// Empty where no credential is asked for.
    pub security: &'static [&'static [Requirement]],
    /// The `x-lifecycle-stage`, such as `Early Access`.
    pub lifecycle_stage: Option<&'static str>,
    /// Whether sending it twice does what sending it once does: by its method ([RFC 9110, 9.2.2]) or by `x-idempotent`.
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
    /// A row that says the least.
    pub(crate) const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        let idempotent = matches!(method.as_bytes(), b"GET" | b"HEAD" | b"PUT" | b"DELETE" | b"OPTIONS" | b"TRACE");
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
#[non_exhaustive]
pub struct Server {
    /// Its URL, which may hold `{variables}`.
    pub url: &'static str,
    /// What the definition says of it.
    pub description: Option<&'static str>,
    /// The variables of its URL.
    pub variables: &'static [ServerVariable],
}

impl Server {
    /// The URL with each variable's default in its place.
    pub fn default_url(&self) -> String {
        let mut url = self.url.to_owned();
        for variable in self.variables {
            url = url.replace(&format!("{{{}}}", variable.name), variable.default);
        }
        url
    }

    /// Whether the URL stands for one that the user must know: its host has a part in braces or angle brackets that has
    /// no default, an id of zeros (`abc-00000`), or a word for what belongs there (`region`, `provider`).
    pub fn is_placeholder(&self) -> bool {
        let url = self.default_url();
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let stands_for_another = |label: &str| {
            let zeros = label.rsplit_once('-').map_or("", |(_, id)| id);
            matches!(label, "region" | "provider") || (zeros.len() > 2 && zeros.trim_matches('0').is_empty())
        };
        host.contains(['{', '<']) || host.split('.').any(stands_for_another)
    }
}

/// A variable of a server's URL.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServerVariable {
    /// Its name, as it stands in braces in the URL.
    pub name: &'static str,
    /// The value it has where the user gives none.
    pub default: &'static str,
}

/// A security scheme that an operation asks for, with the scopes it needs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Requirement {
    /// The scheme's name in the definition.
    pub scheme: &'static str,
    /// The scopes; empty for schemes that have none.
    pub scopes: &'static [&'static str],
}

impl Requirement {
    pub(crate) const fn of(scheme: &'static str, scopes: &'static [&'static str]) -> Self {
        Self { scheme, scopes }
    }
}

/// A security scheme ([OpenAPI 3.0.3, Security Scheme Object]).
///
/// [OpenAPI 3.0.3, Security Scheme Object]: https://spec.openapis.org/oas/v3.0.3#security-scheme-object
#[derive(Debug)]
#[non_exhaustive]
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
    },
    /// OAuth 2 by another grant without a user's part, which the definition names by `x-token-grant`.
    TokenGrant {
        /// The grant type, as a token request names it.
        grant: &'static str,
        /// The token endpoint; may be relative to the server.
        token_url: &'static str,
        /// All scopes that the definition names.
        scopes: &'static [&'static str],
    },
    /// OAuth 2 by a grant that takes a user's part.
    OAuth2 {
        /// The flows, as the definition names them.
        flows: &'static [&'static str],
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
    /// OpenID Connect discovery.
    OpenIdConnect {
        /// The discovery document.
        url: &'static str,
    },
}

/// An environment variable, and which part of which scheme's credential it holds (the manifest's `[env]`).
#[derive(Debug)]
#[non_exhaustive]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub name: &'static str,
    /// The security scheme it serves.
    pub scheme: &'static str,
    /// The part of the credential: `id`, `secret` or `token`.
    pub part: &'static str,
}

/// All that the operation table knows.
#[derive(Debug)]
#[non_exhaustive]
pub struct Definition {
    /// The title of the definition.
    pub title: &'static str,
    /// The version of the definition.
    pub version: &'static str,
    /// Every operation, in the definition's order.
    pub operations: &'static [&'static Operation],
    /// Every security scheme.
    pub security_schemes: &'static [SecurityScheme],
    /// The environment variables that hold credentials.
    pub environment: &'static [EnvironmentVariable],
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
