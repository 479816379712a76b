//! The errors of building a client.

use crate::boxed::BoxError;
use crate::fits::Mismatch;

/// The reasons why a client cannot be built.
///
/// ```
/// use openapi_runtime::{Api, ApiKey, BuildError};
///
/// fn connect<A: Api>(key: &str) -> Result<A, String> {
///     A::builder().credentials(ApiKey::new(key)).build().map_err(|error| match error {
///         BuildError::Ambiguous(schemes) => format!("set the scheme: one of {schemes:?}"),
///         other => other.to_string(),
///     })
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A URL does not parse, is neither https nor loopback, or contains credentials.
    #[error("`{url}` cannot be used: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// The problem.
        reason: String,
    },
    /// The definition has no security scheme of that name.
    #[error("the definition has no security scheme `{scheme}`; it has {}", list(known))]
    UnknownScheme {
        /// The scheme.
        scheme: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// The definition has no such server.
    #[error("the definition has no server `{server}`; it has {}", list(known))]
    UnknownServer {
        /// The server.
        server: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// No server of the definition has a variable of that name, or it does not take that value.
    #[error("the server variable `{variable}` cannot be `{value}`: {reason}")]
    ServerVariable {
        /// The variable.
        variable: String,
        /// The value.
        value: String,
        /// The problem.
        reason: String,
    },
    /// A credential cannot be presented for a scheme.
    #[error("this credential cannot serve the security scheme `{scheme}`: {reason}")]
    WrongCredential {
        /// The scheme.
        scheme: String,
        /// The reason, and what to give instead.
        reason: Mismatch,
    },
    /// A credential fits no scheme, or several.
    #[error("this credential fits {}; name the scheme by `credential(scheme, …)`",
        if .0.is_empty() { "no security scheme".to_owned() } else { format!("several security schemes: {}", list(.0)) })]
    Ambiguous(Vec<String>),
    /// `at` was called before any credential was set.
    #[error("`at({0})` follows no `credential(…)`")]
    NoCredentialBefore(String),
    /// An environment variable is empty, not UTF-8, or set without its other half.
    #[error("the environment variable {name} {problem}")]
    Environment {
        /// Its name.
        name: String,
        /// The problem.
        problem: String,
    },
    /// No environment variable holds a credential, and the API needs one.
    #[error("the environment holds no credential: set {}", .ways.join(", or "))]
    NoCredentialInEnvironment {
        /// The variables that make a credential, for each way to give one.
        ways: Vec<String>,
    },
    /// The text cannot be sent as a `User-Agent`.
    #[error("{0:?} cannot be sent as a user agent")]
    UserAgent(String),
    /// A default header is invalid, carries credentials, or frames the message.
    #[error("the header `{name}` cannot be sent by default: {reason}")]
    DefaultHeader {
        /// The header.
        name: String,
        /// The problem.
        reason: String,
    },
    /// The program has installed no provider of cryptography for rustls.
    #[error(
        "rustls has no provider of cryptography: install one (`rustls::crypto::CryptoProvider::install_default`) before the \
         client is built, or switch on the feature `rustls` of openapi-runtime"
    )]
    NoCryptoProvider,
    /// The feature `reqwest` is off, and no HTTP client was given.
    #[error(
        "there is nothing to send by: switch on the feature `reqwest` of openapi-runtime, or give a client by `http(…)`"
    )]
    NoHttpClient,
    /// TLS or the proxy settings of the system cannot be read.
    #[error("the HTTP client cannot be made")]
    Http(#[source] BoxError),
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
