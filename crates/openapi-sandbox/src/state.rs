//! What the [`Sandbox`](crate::Sandbox) and its server share: the documents, the accepted credentials, and what has happened.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openapi_runtime::Clock;

use crate::arrived::Arrived;
use crate::document::{Document, TokenEndpoint};
use crate::script::Answer;

/// What is fixed while the sandbox runs, and the state that changes.
pub(crate) struct Shared {
    pub(crate) documents: Vec<Document>,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) bearer_token: String,
    pub(crate) clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// What changes while the sandbox runs.
pub(crate) struct State {
    /// By operation id, first come first served.
    pub(crate) script: HashMap<String, VecDeque<Answer>>,
    /// The operation and body of each request.
    pub(crate) arrived: Vec<Arrived>,
    /// By access token.
    pub(crate) tokens: HashMap<String, IssuedToken>,
    pub(crate) token_lifetime: Duration,
    /// By operation id: what its requests have created, as `x-sandbox-conflict-on` identifies it.
    pub(crate) created: HashSet<(String, String)>,
    /// By operation id: the length of the body of its success.
    pub(crate) lengths: HashMap<String, u64>,
    /// By operation id: how many items its success has.
    pub(crate) items: HashMap<String, u64>,
    /// By operation id: how long a client of its events is asked to wait before it reconnects.
    pub(crate) retries: HashMap<String, Duration>,
    /// How many request ids were given out.
    pub(crate) request_ids: u64,
}

/// What an access token is good for.
pub(crate) struct IssuedToken {
    pub(crate) schemes: HashSet<String>,
    pub(crate) scopes: HashSet<String>,
    /// `None` where the lifetime is longer than the clock can tell.
    pub(crate) expires: Option<Instant>,
}

impl Shared {
    pub(crate) fn new(documents: Vec<Document>, clock: Arc<dyn Clock>) -> Self {
        let state = State {
            script: HashMap::new(),
            arrived: Vec::new(),
            tokens: HashMap::new(),
            token_lifetime: Duration::from_secs(3600),
            created: HashSet::new(),
            lengths: HashMap::new(),
            items: HashMap::new(),
            retries: HashMap::new(),
            request_ids: 0,
        };
        Self {
            documents,
            client_id: format!("sandbox-{:016x}", fastrand::u64(..)),
            client_secret: format!("{:016x}", fastrand::u64(..)),
            bearer_token: random_token(),
            clock,
            state: Mutex::new(state),
        }
    }

    /// The state, which no panic elsewhere makes unusable: each change to it is complete in itself.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an answer is scripted for the next call of the operation.
    pub(crate) fn is_scripted(&self, operation: &str) -> bool {
        self.state().script.get(operation).is_some_and(|answers| !answers.is_empty())
    }

    pub(crate) fn token_endpoints(&self) -> impl Iterator<Item = &TokenEndpoint> {
        self.documents.iter().flat_map(|document| &document.token_endpoints)
    }

    pub(crate) fn is_client(&self, id: &str, secret: &str) -> bool {
        id == self.client_id && secret == self.client_secret
    }
}

/// A token that nobody can guess by accident; the sandbox protects nothing that is worth more.
pub(crate) fn random_token() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}
