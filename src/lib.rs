//! A client for Confluent Cloud, generated from the published API definition.
//!
//! Types, errors and headers are what the definition says; tokens and retries are taken care of.
//!
//! ```no_run
//! use confluent_cloud::errors::ActivateSignupError;
//! use confluent_cloud::{Client, ClientCredentials, types};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().credentials(ClientCredentials::new("id", "secret")).build()?;
//!
//! let user = types::V2User::new(types::V2UserRequired {
//!     given_name: "Ada".into(),
//!     family_name: "Lovelace".into(),
//!     email: "ada@example.com".into(),
//! });
//! let request = types::ActivatePartnerSignupRequest::new(types::ActivatePartnerSignupRequestRequired {
//!     user,
//!     organization_id: "b3a17773-05cc-4431-9560-433fb4613da8".into(),
//! });
//! match client.activate_signup(request).send().await {
//!     Ok(signup) => println!("{}", signup.sso_url),
//!     Err(error) => match error.documented() {
//!         Some(ActivateSignupError::Conflict { headers, .. }) => println!("already there: {:?}", headers.location),
//!         _ => return Err(error.into()),
//!     },
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is generated
//!
//! [`types`], [`headers`], [`errors`], [`operations`] and the methods of [`Client`] come from the definition in `spec/`. What
//! an operation requires is an argument; what is optional is a setter on the [`Call`] that it returns; `send` gives a
//! [`Response`], which derefs to the body, or an [`Error`]. `docs/responses.md` has the rules.
//!
//! # Credentials
//!
//! A credential is given for a security scheme of the definition, and each operation takes the first of its alternatives
//! that it has credentials for: [`ClientCredentials`] (OAuth 2), [`ApiKey`] (HTTP Basic), [`BearerToken`], or a
//! [`TokenSource`] of your own. [`Client::from_env`] reads them from the environment.
//!
//! # Retries
//!
//! A connection that was never made, 429, and 503 with `Retry-After` are retried for every operation; other passing
//! failures only where sending twice is safe. See [`retry`], and `docs/tokens-and-retries.md` for all the rules.
//!
//! # Features
//!
//! By default: `rustls` (TLS, with rustls's own choice of cryptography, aws-lc), `http2` (which needs TLS), `gzip`. Besides:
//!
//! - `rustls-no-provider`: TLS by rustls, with the provider of cryptography that your program installs. Without this and
//!   `rustls`, https needs a TLS feature of reqwest that your program switches on, or an [`HttpClient`] of your own.
//! - `both-ways`: every generated type can be both read and written, whichever way its values go.
//! - `sandbox`: a loopback server made from the definition, for examples and tests.

mod builder;
mod call;
mod clock;
mod credentials;
mod environment;
mod http;
mod options;
pub mod retry;
mod routes;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod servers;
#[cfg(test)]
mod tests;
mod token;
mod transport;

/// Compiles the examples of the guides.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../docs/responses.md")]
    struct Responses;

    #[doc = include_str!("../docs/tokens-and-retries.md")]
    struct TokensAndRetries;
}

#[allow(missing_docs, unreachable_pub)] // the definition does not describe everything
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use builder::{BuildError, ClientBuilder};
pub use clock::{Clock, SystemClock};
pub use credentials::{ApiKey, BearerToken, ClientCredentials, Credential};
pub use generated::*;
pub use http::{HttpClient, HttpError};
pub use options::CallOptions;
pub use token::{Token, TokenError, TokenExchange, TokenRequest, TokenSource};
