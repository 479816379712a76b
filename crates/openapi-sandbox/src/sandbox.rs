//! The sandbox as its users see it: how to start one, script it, and ask what has arrived.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use openapi_runtime::{
    Api, ApiKey, BasicAuth, BearerToken, ClientBuilder, ClientCredentials, Clock, Credential, SecuritySchemeKind,
    SystemClock, TokenExchange,
};

use crate::arrived::Arrived;
use crate::document::{Document, ServedOperation, ServedTokenEndpoint};
use crate::documents::Documents;
use crate::script::Answer;
use crate::server;
use crate::state::Shared;

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The port cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A document is no OpenAPI document, or what [`Documents::from_json`] was given is not what `openapi-build` writes.
    #[error("cannot serve the definition: {reason}")]
    Definition {
        /// What is wrong, and what to do.
        reason: String,
    },
}

/// A running sandbox. It stops when it is dropped.
///
/// ```
/// use openapi_sandbox::{Answer, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), openapi_sandbox::SandboxError> {
/// # let document = serde_json::json!({"openapi": "3.0.3", "info": {"title": "Rooms", "version": "1"}, "paths": {}});
/// let sandbox = Sandbox::serve(document).await?;
/// sandbox.answer("listRooms", Answer::Status(503)); // the next call; after it, the documented answer again
/// assert!(sandbox.url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

/// Configures and starts a [`Sandbox`].
///
/// ```
/// use openapi_sandbox::Sandbox;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), openapi_sandbox::SandboxError> {
/// # let (rooms, keys) = (serde_json::json!({"paths": {}}), serde_json::json!({"paths": {}}));
/// let sandbox = Sandbox::builder().document(rooms).document(keys).port(0).start().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until it is started"]
pub struct SandboxBuilder {
    documents: Vec<Documents>,
    clock: Arc<dyn Clock>,
    port: u16,
}

impl SandboxBuilder {
    /// Serves this document, in addition to those given before: Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2, as a `serde_json::Value`
    /// or with [`include_document!`](crate::include_document!). Where several have the same method and path, the first one
    /// answers.
    pub fn document(mut self, document: impl Into<Documents>) -> Self {
        self.documents.push(document.into());
        self
    }

    /// Takes the time from `clock`: for the lifetime of tokens, and for [`Answer::Delay`].
    ///
    /// ```
    /// # use openapi_sandbox::Sandbox;
    /// let builder = Sandbox::builder().clock(openapi_runtime::SystemClock); // the default
    /// ```
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Listens on this port of 127.0.0.1. Without it, or with 0, the system chooses a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the sandbox on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Definition`] and [`SandboxError::Listen`].
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let wrong = |reason| SandboxError::Definition { reason };
        let mut trees = Vec::new();
        for documents in self.documents {
            trees.extend(documents.into_trees().map_err(wrong)?);
        }
        let documents = trees.into_iter().enumerate().map(|(index, document)| {
            let reason = |what| format!("document {} {what}; give an OpenAPI or Swagger document", index + 1);
            Document::new(document).map_err(|what| wrong(reason(what)))
        });
        let documents = documents.collect::<Result<Vec<_>, _>>()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listen = |source| SandboxError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address).await.map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let shared = Arc::new(Shared::new(documents, self.clock));
        let app = server::router(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // It ends only when the handle aborts the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Sandbox { url, shared, task })
    }
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Configures a sandbox: several documents, a port, a clock.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder { documents: Vec::new(), clock: Arc::new(SystemClock), port: 0 }
    }

    /// Starts a sandbox of one document on a free port; [`SandboxBuilder::document`] says which ones it takes.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`].
    pub async fn serve(document: impl Into<Documents>) -> Result<Self, SandboxError> {
        Self::builder().document(document).start().await
    }

    /// Where it listens: `http://127.0.0.1:…`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The client id that its token endpoints accept, which is also the user of HTTP Basic.
    pub fn client_id(&self) -> &str {
        &self.shared.client_id
    }

    /// The client secret that its token endpoints accept, which is also the password of HTTP Basic and the key of every
    /// `apiKey` scheme.
    pub fn client_secret(&self) -> &str {
        &self.shared.client_secret
    }

    /// The bearer token that it accepts for schemes whose tokens it does not issue: `http` with `bearer`, `openIdConnect`,
    /// and `oauth2` by flows that need a user. It has every scope and does not expire.
    pub fn bearer_token(&self) -> &str {
        &self.shared.bearer_token
    }

    /// The operations that it serves, in the order of their paths.
    ///
    /// ```
    /// # use openapi_sandbox::Sandbox;
    /// fn print(sandbox: &Sandbox) {
    ///     for operation in sandbox.operations() {
    ///         println!("{} {} ({})", operation.method, operation.path, operation.id);
    ///     }
    /// }
    /// ```
    pub fn operations(&self) -> Vec<ServedOperation> {
        let operations = self.shared.documents.iter().flat_map(Document::served_operations);
        let mut operations: Vec<ServedOperation> = operations.collect();
        // Stable: the methods of one path keep their order.
        operations.sort_by(|a, b| a.path.cmp(&b.path));
        operations
    }

    /// The token endpoints that it has, one for each security scheme.
    ///
    /// ```
    /// # use openapi_sandbox::Sandbox;
    /// fn token_url(sandbox: &Sandbox, scheme: &str) -> Option<String> {
    ///     sandbox.token_endpoints().into_iter().find(|endpoint| endpoint.scheme == scheme).map(|endpoint| endpoint.url)
    /// }
    /// ```
    pub fn token_endpoints(&self) -> Vec<ServedTokenEndpoint> {
        self.shared.token_endpoints().map(|endpoint| endpoint.served(&self.url)).collect()
    }

    /// A builder of a client of this sandbox, with a credential for each security scheme that the sandbox checks.
    ///
    /// ```
    /// use openapi_runtime::{Api, BuildError};
    /// # use openapi_sandbox::Sandbox;
    ///
    /// fn client<A: Api>(sandbox: &Sandbox) -> Result<A, BuildError> {
    ///     sandbox.client_builder().build()
    /// }
    /// ```
    pub fn client_builder<A: Api>(&self) -> ClientBuilder<A> {
        let mut builder = A::builder().base_url(&self.url);
        for scheme in A::DEFINITION.security_schemes {
            let Some(credential) = self.credential(&scheme.kind) else { continue };
            let endpoint = self.shared.token_endpoints().find(|endpoint| endpoint.scheme == scheme.name);
            if let Some(endpoint) = endpoint {
                builder = builder.token_url(scheme.name, endpoint.served(&self.url).url);
            }
            builder = builder.credential(scheme.name, credential);
        }
        builder
    }

    /// The credential that the sandbox accepts for a scheme of that kind; `None` where it accepts none.
    fn credential(&self, kind: &SecuritySchemeKind) -> Option<Credential> {
        use SecuritySchemeKind as Kind;
        Some(match kind {
            Kind::Http { scheme: "basic" } => BasicAuth::new(self.client_id(), self.client_secret()).into(),
            Kind::ClientCredentials { .. } => ClientCredentials::new(self.client_id(), self.client_secret()).into(),
            Kind::ApiKey { .. } => ApiKey::new(self.client_secret()).into(),
            // Any subject token will do.
            Kind::TokenGrant { grant: TokenExchange::GRANT, .. } => {
                TokenExchange::new(BearerToken::new("sandbox")).into()
            }
            Kind::Http { scheme: "bearer" }
            | Kind::TokenGrant { .. }
            | Kind::OAuth2 { .. }
            | Kind::OpenIdConnect { .. } => BearerToken::new(self.bearer_token()).into(),
            _ => return None,
        })
    }

    /// Answers the next call of an operation with `answer`; after several calls of this method, the next ones in turn.
    ///
    /// `operation` is the operation's id, as [`operations`](Self::operations) lists it, or `token` for the token endpoints.
    /// Where several operations have one method and path, the next call is one whose request fits the operation.
    ///
    /// ```
    /// # use openapi_sandbox::{Answer, Sandbox};
    /// fn fail_twice(sandbox: &Sandbox) {
    ///     sandbox.answer("listRooms", Answer::RateLimit(1));
    ///     sandbox.answer("listRooms", Answer::Cut);
    /// }
    /// ```
    pub fn answer(&self, operation: &str, answer: Answer) {
        self.shared.state().script.entry(operation.to_owned()).or_default().push_back(answer);
    }

    /// Gives the successes of an operation a body of `length` bytes from now on: a file with a strong `ETag`, of which byte number
    /// n, counted from 0, is n modulo 251. A part of it can be asked for with `Range` and `If-Range`
    /// ([RFC 9110, 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)).
    ///
    /// ```
    /// # use openapi_sandbox::{Answer, Sandbox};
    /// fn break_off(sandbox: &Sandbox) {
    ///     sandbox.body_length("getReport", 1_000_000);
    ///     sandbox.answer("getReport", Answer::CutAt(400_000));
    /// }
    /// ```
    pub fn body_length(&self, operation: &str, length: u64) {
        self.shared.state().lengths.insert(operation.to_owned(), length);
    }

    /// Gives the successes of an operation whose body is a sequence (an event stream, JSON lines) this many items from now on: the
    /// documented one again and again. Events have their numbers as ids, from 1, and one that is asked for with `Last-Event-ID` is
    /// followed by those after it. The text that `x-stream-end` names comes last.
    ///
    /// ```
    /// # use openapi_sandbox::{Answer, Sandbox};
    /// fn break_off(sandbox: &Sandbox) {
    ///     sandbox.body_items("watchRooms", 100);
    ///     sandbox.answer("watchRooms", Answer::CutAt(1_000));
    /// }
    /// ```
    pub fn body_items(&self, operation: &str, count: u64) {
        self.shared.state().items.insert(operation.to_owned(), count);
    }

    /// Begins the event streams of an operation with `retry` from now on: how long a client is to wait before it reconnects.
    ///
    /// ```
    /// # use openapi_sandbox::Sandbox;
    /// # use std::time::Duration;
    /// fn reconnect_soon(sandbox: &Sandbox) {
    ///     sandbox.event_retry("watchRooms", Duration::from_millis(5));
    /// }
    /// ```
    pub fn event_retry(&self, operation: &str, wait: Duration) {
        self.shared.state().retries.insert(operation.to_owned(), wait);
    }

    /// Sets the lifetime of the tokens that are issued from now on; an hour unless set.
    pub fn token_lifetime(&self, lifetime: Duration) {
        self.shared.state().token_lifetime = lifetime;
    }

    /// Expires every token that was issued so far.
    pub fn expire_tokens(&self) {
        self.shared.state().tokens.clear();
    }

    /// The requests that have arrived, in their order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.shared.state().arrived.clone()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows where it listens, and no secret.
impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}
