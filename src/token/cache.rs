//! The token cache: one fetch at a time however many callers wait, and renewal ahead of expiry while the old token serves.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::{TokenError, TokenSource};
use crate::clock::Clock;

/// What a token is good for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) scheme: &'static str,
    pub(crate) endpoint: String,
    pub(crate) scopes: &'static [&'static str],
}

/// All tokens of a client.
pub(crate) struct Cache {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    clock: Arc<dyn Clock>,
}

struct Slot {
    held: RwLock<Option<Held>>,
    /// Whoever holds this fetches; the others wait for it.
    fetching: tokio::sync::Mutex<Option<TokenError>>,
    /// How many fetches have ended.
    fetches: AtomicU64,
    renewing: AtomicBool,
}

#[derive(Clone)]
struct Held {
    secret: SecretString,
    renew: Instant,
    expires: Instant,
}

/// The longest time ahead of expiry at which a token is renewed.
const SLACK: Duration = Duration::from_secs(240);

/// The longest life that is believed: a longer one says that the token does not expire.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Cache {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { slots: Mutex::new(HashMap::new()), clock }
    }

    /// A token from the cache, or one fetched from `source`.
    pub(crate) async fn token(&self, key: &Key, source: &Arc<dyn TokenSource>) -> Result<SecretString, TokenError> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            match slots.get(key) {
                Some(slot) => Arc::clone(slot),
                None => Arc::clone(slots.entry(key.clone()).or_insert_with(Slot::new)),
            }
        };
        let now = self.clock.now();
        if let Some(held) = slot.held().filter(|held| now < held.expires) {
            if now >= held.renew && !slot.renewing.swap(true, Ordering::AcqRel) {
                // The old token serves meanwhile; a failure shows only once it is gone.
                let fetch = Arc::clone(&slot).fetch(Arc::clone(&self.clock), Arc::clone(source), key.scopes, true);
                drop(tokio::spawn(fetch));
            }
            return Ok(held.secret);
        }
        // A task of its own, so that a caller that gives up does not cancel the fetch for the others.
        let fetch = Arc::clone(&slot).fetch(Arc::clone(&self.clock), Arc::clone(source), key.scopes, false);
        match tokio::spawn(fetch).await {
            Ok(result) => result,
            Err(error) => Err(TokenError::Unavailable(error.to_string())),
        }
    }

    /// Forgets the token that the server refused, unless another has taken its place.
    pub(crate) fn forget(&self, key: &Key, refused: &SecretString) {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = slots.get(key) else { return };
        let mut held = slot.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| held.secret.expose_secret() == refused.expose_secret()) {
            *held = None;
        }
    }
}

impl Slot {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            held: RwLock::new(None),
            fetching: tokio::sync::Mutex::new(None),
            fetches: AtomicU64::new(0),
            renewing: AtomicBool::new(false),
        })
    }

    fn held(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches a token, or takes what another fetch, for which this one waited, has brought.
    async fn fetch(
        self: Arc<Self>,
        clock: Arc<dyn Clock>,
        source: Arc<dyn TokenSource>,
        scopes: &'static [&'static str],
        ahead: bool,
    ) -> Result<SecretString, TokenError> {
        let before = self.fetches.load(Ordering::Acquire);
        let mut last_error = self.fetching.lock().await;
        let now = clock.now();
        if !ahead {
            if let Some(held) = self.held().filter(|held| now < held.expires) {
                return Ok(held.secret);
            }
            if let Some(error) = last_error.as_ref().filter(|_| self.fetches.load(Ordering::Acquire) != before) {
                return Err(error.clone());
            }
        }
        tracing::debug!(ahead, "token fetch");
        let result = source.token(scopes).await;
        self.fetches.fetch_add(1, Ordering::AcqRel);
        self.renewing.store(false, Ordering::Release);
        match result {
            Ok(token) => {
                let now = clock.now();
                let lifetime = token.lifetime.min(LONGEST);
                let slack = SLACK.min(lifetime / 10).mul_f64(0.9 + 0.1 * fastrand::f64());
                let held =
                    Held { secret: token.secret.clone(), renew: now + lifetime - slack, expires: now + lifetime };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
                *last_error = None;
                Ok(token.secret)
            }
            Err(error) => {
                tracing::warn!(%error, "token fetch failed");
                *last_error = Some(error.clone());
                Err(error)
            }
        }
    }
}
