//! A client for Confluent Cloud, generated from the published API definition.
//!
//! Types, errors and headers say what the definition says; tokens and retries are taken care of.
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
//! match client.activate_signup(request).await {
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
//! [`types`], [`headers`], [`errors`], [`operations`], [`requests`] and the methods of [`Client`] come from the definition in
//! `spec/`. What an operation requires is an argument; what is optional is a setter on the request that the method returns.
//! Awaiting the request gives a [`Response`], which derefs to the body, or an [`Error`]. `docs/responses.md` has the rules.
//!
//! Everything else is [`openapi_runtime`], which serves any API; its documentation says how credentials, tokens, retries and
//! transports work.
//!
//! # Credentials
//!
//! A credential is given for a security scheme of the definition, and each operation takes the first of its alternatives
//! that it has a credential for: [`ClientCredentials`] (OAuth 2), [`CloudApiKey`] (HTTP Basic), [`BearerToken`], or a
//! [`TokenSource`] of your own. [`Client::from_env`] reads them from the environment.
//!
//! # Features
//!
//! By default: `rustls` (TLS, with rustls's own choice of cryptography, aws-lc), `http2` (which needs TLS), `gzip`. Besides:
//!
//! - `rustls-no-provider`: TLS by rustls, with the provider of cryptography that your program installs. Without this and
//!   `rustls`, https needs a TLS feature of reqwest that your program switches on, or an [`HttpClient`] of your own.
//! - `blocking`: calls without `async`, in any thread (the module `blocking`).
//! - `both-ways`: every generated type can be both read and written, whichever way its values go.
//! - `sandbox`: a loopback server made from the definition, for examples and tests.

/// Compiles the examples of the guides.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../docs/start.md")]
    struct Start;

    #[doc = include_str!("../docs/responses.md")]
    struct Responses;

    #[doc = include_str!("../docs/tokens-and-retries.md")]
    struct TokensAndRetries;
}

openapi_runtime::include_client!();

pub use openapi_runtime::{
    Api, BasicAuth as CloudApiKey, BearerToken, Body, BoxFuture, ClientCredentials, Clock, Credential, Cursor,
    DeviceAuthorization, DevicePrompt, Direct, Hook, HttpClient, HttpError, Items, Next, Outbound, Page, PageError,
    Pages, RefreshToken, Reply, Request, SystemClock, Token, TokenError, TokenExchange, TokenRequest, TokenSource,
    http, retry,
};

#[cfg(feature = "blocking")]
pub use openapi_runtime::blocking;

/// Makes a [`Client`].
pub type ClientBuilder = openapi_runtime::ClientBuilder<Client>;

/// A loopback server made from the definition, for examples and tests (feature `sandbox`).
#[cfg(feature = "sandbox")]
pub mod sandbox {
    pub use openapi_sandbox::{Answer, Arrived, Sandbox, SandboxBuilder, SandboxError};

    /// Starts a sandbox of this crate's own definition.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`].
    pub async fn start() -> Result<Sandbox, SandboxError> {
        builder().start().await
    }

    /// Configures a sandbox of this crate's own definition: with a clock of yours, for instance.
    pub fn builder() -> SandboxBuilder {
        Sandbox::builder().document(openapi_sandbox::include_document!())
    }
}
