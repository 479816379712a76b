//! A loopback server made from the definition, for examples and tests (feature `sandbox`).
//!
//! It has a token endpoint (RFC 6749), checks credentials and request bodies, and answers each operation with what the
//! definition documents. It can be told to answer otherwise. It protects nothing.

mod check;
mod document;
mod instance;
mod schema;
mod script;
mod server;
mod token;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{SecurityScheme, SecuritySchemeKind};
use crate::{
    ApiKey, BearerToken, Client, ClientBuilder, ClientCredentials, Clock, Credential, DEFINITION, SystemClock,
    TokenExchange,
};
use document::Document;
pub use script::Answer;

/// The documents of this crate, after their overlays.
const DOCUMENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/documents.json"));

/// What a token request counts as, among the operations that have arrived.
const TOKEN: &str = "token";

/// A request that arrived. It holds no credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Arrived {
    /// The operation, or `token` for the token endpoint.
    pub operation: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// No loopback port can be had.
    #[error("no loopback port can be had")]
    Listen(#[from] std::io::Error),
    /// The definition cannot be read.
    #[error("the definition cannot be read")]
    Definition(#[from] serde_json::Error),
}

/// A running sandbox; it stops when it is dropped.
pub struct Sandbox {
    url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

/// What the handle and the server share.
struct Shared {
    documents: Vec<Document>,
    client_id: String,
    client_secret: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// By operation id.
    script: HashMap<String, VecDeque<Answer>>,
    arrived: Vec<Arrived>,
    tokens: HashMap<String, Issued>,
    token_lifetime: Duration,
    /// By operation: what is there already, where `x-sandbox-conflict-on` says what makes two requests the same.
    there: HashSet<(String, String)>,
    counter: u64,
}

/// A token that was issued.
struct Issued {
    schemes: HashSet<String>,
    scopes: HashSet<String>,
    expires: Instant,
}

/// How a [`Sandbox`] is started.
#[must_use = "a builder does nothing until it is started"]
pub struct SandboxBuilder {
    document: Option<Value>,
    clock: Arc<dyn Clock>,
}

impl SandboxBuilder {
    /// Serves this OpenAPI 3.0 document in the place of this crate's own definition.
    pub fn document(mut self, document: Value) -> Self {
        self.document = Some(document);
        self
    }

    /// Takes the time from `clock`: for the life of tokens, and for [`Answer::Delay`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`].
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let documents = match self.document {
            Some(document) => vec![document],
            None => {
                let own: Vec<Value> = serde_json::from_str(DOCUMENTS)?;
                own.into_iter().map(|mut entry| entry["document"].take()).collect()
            }
        };
        Sandbox::serve(documents, self.clock).await
    }
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder").finish_non_exhaustive()
    }
}

impl Sandbox {
    /// How a sandbox is started that serves another document, or has another clock.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder { document: None, clock: Arc::new(SystemClock) }
    }

    /// Starts a sandbox of this crate's own definition.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`].
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    async fn serve(documents: Vec<Value>, clock: Arc<dyn Clock>) -> Result<Self, SandboxError> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let random = || format!("{:016x}", fastrand::u64(..));
        let shared = Arc::new(Shared {
            documents: documents.into_iter().map(Document::new).collect(),
            client_id: format!("sandbox-{}", random()),
            client_secret: random(),
            clock,
            state: Mutex::new(State {
                script: HashMap::new(),
                arrived: Vec::new(),
                tokens: HashMap::new(),
                token_lifetime: Duration::from_secs(3600),
                there: HashSet::new(),
                counter: 0,
            }),
        });
        let app = server::router(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // It ends only when the handle aborts the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, shared, task })
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The client id that it accepts.
    pub fn client_id(&self) -> &str {
        &self.shared.client_id
    }

    /// The client secret, or API secret, that it accepts.
    pub fn client_secret(&self) -> &str {
        &self.shared.client_secret
    }

    /// A builder of a client of this sandbox, with a credential for each security scheme that the sandbox checks.
    pub fn client_builder(&self) -> ClientBuilder {
        let mut builder = Client::builder().base_url(&self.url);
        for SecurityScheme { name, kind, .. } in DEFINITION.security_schemes {
            let endpoints = || self.shared.documents.iter().flat_map(|document| &document.token_endpoints);
            let token_url = endpoints().find(|endpoint| endpoint.scheme == *name);
            let credential: Credential = match kind {
                SecuritySchemeKind::Http { scheme: "basic" } => {
                    ApiKey::new(self.client_id(), self.client_secret()).into()
                }
                SecuritySchemeKind::ClientCredentials { .. } => {
                    ClientCredentials::new(self.client_id(), self.client_secret()).into()
                }
                SecuritySchemeKind::TokenGrant { grant: TokenExchange::GRANT, .. } => {
                    TokenExchange::new(BearerToken::new("sandbox")).into()
                }
                _ => continue,
            };
            if let Some(endpoint) = token_url {
                builder = builder.token_url(*name, format!("{}{}", self.url, endpoint.path));
            }
            builder = builder.credential(*name, credential);
        }
        builder
    }

    /// Answers the next call of an operation (or of `token`) with `answer`; several are given one after another.
    pub fn answer(&self, operation: &str, answer: Answer) {
        self.shared.state().script.entry(operation.to_owned()).or_default().push_back(answer);
    }

    /// How long the tokens live that are issued from now on.
    pub fn token_lifetime(&self, lifetime: Duration) {
        self.shared.state().token_lifetime = lifetime;
    }

    /// Lets every token that was issued expire now.
    pub fn expire_tokens(&self) {
        self.shared.state().tokens.clear();
    }

    /// The requests that have arrived.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.shared.state().arrived.clone()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows where it listens; never the secret.
impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
