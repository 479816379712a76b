//! The cache of one token: fetched once for all callers that wait, and renewed before it expires while the old one is in
//! use.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwapOption;
use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{Fetching, Token, TokenError, TokenRequest, TokenSource};
use crate::clock::{Clock, within};
use crate::credentials::bearer;
use crate::runtime::Caught;

/// The longest time before expiry at which a token is renewed.
const SLACK: Duration = Duration::from_secs(240);

/// The longest plausible lifetime: a longer one means that the token does not expire.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A token that took the place of a rejected one is not replaced itself before this time is over: a server that rejects each
/// new token costs one, and not one for each call.
const PROBATION: Duration = Duration::from_secs(30);

/// How often a fetch shows that its runtime is driven.
const BEAT: Duration = Duration::from_secs(1);

/// A fetch that shows nothing for this time is on a runtime that nobody drives, and whoever waits starts another.
const STALLED: Duration = Duration::from_secs(3);

/// The most fetches that one caller waits for.
const ROUNDS: usize = 8;

/// The wait after a failed renewal, while the old token is in use.
const PAUSE: Duration = Duration::from_secs(10);

/// Keeps the token for one scheme, token endpoint and scopes.
pub(crate) struct Cell {
    source: Arc<dyn TokenSource>,
    request: Arc<TokenRequest>,
    fetching: Arc<Fetching>,
    kept: Arc<Kept>,
}

/// The result of a fetch. The task of a fetch holds this and not the cell, so that it ends with the cell.
struct Kept {
    held: ArcSwapOption<Held>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The fetch under way, if any.
    flight: Option<Flight>,
    /// A failed renewal is tried again only then.
    rest_until: Option<Instant>,
    /// Whether the next token takes the place of one that the server has rejected.
    replaces: bool,
}

struct Flight {
    outcome: Outcome,
    task: AbortHandle,
}

/// The outcome of a fetch. It is seen as changed with each beat, too.
type Outcome = watch::Receiver<Option<Result<Arc<Held>, TokenError>>>;

/// A token, and when it is renewed and over, by both clocks.
pub(crate) struct Held {
    /// With `Bearer ` before it.
    header: SecretString,
    renew: (Instant, SystemTime),
    over: (Instant, SystemTime),
    /// Until when the server may reject it without another being fetched, unless it has accepted it before.
    probation: Option<Instant>,
    accepted: AtomicBool,
}

#[derive(PartialEq)]
enum Age {
    Fresh,
    /// Good, and to be renewed.
    Due,
    Over,
}

impl Cell {
    pub(crate) fn new(source: Arc<dyn TokenSource>, request: TokenRequest, fetching: Arc<Fetching>) -> Self {
        let kept = Arc::new(Kept { held: ArcSwapOption::empty(), state: Mutex::default() });
        Self { source, request: Arc::new(request), fetching, kept }
    }

    /// The cached token, if it has not expired. If it is due for renewal, that starts in the background. This never waits
    /// for a lock.
    pub(crate) fn kept(&self) -> Option<Arc<Held>> {
        let held = self.kept.held.load_full()?;
        match held.age(&*self.fetching.clock) {
            Age::Fresh => Some(held),
            Age::Due => {
                self.renew(&held);
                Some(held)
            }
            Age::Over => None,
        }
    }

    /// The cached token, or a new one.
    pub(crate) async fn token(&self) -> Result<Arc<Held>, TokenError> {
        if let Some(held) = self.kept() {
            return Ok(held);
        }
        // A fetch without an outcome is on a runtime that is gone or that nobody drives: the next is on this one.
        for _ in 0..ROUNDS {
            let outcome = match self.join()? {
                Ok(held) => return Ok(held),
                Err(outcome) => outcome,
            };
            match self.wait(outcome.clone()).await {
                Some(result) => return result,
                None => self.kept.abandon(&outcome),
            }
        }
        Err(TokenError::unavailable("the fetch was given up"))
    }

    /// Waits for the outcome of a fetch; `None` where the fetch has stopped.
    async fn wait(&self, mut outcome: Outcome) -> Option<Result<Arc<Held>, TokenError>> {
        let clock = &*self.fetching.clock;
        loop {
            if let Some(result) = &*outcome.borrow_and_update() {
                return Some(result.clone());
            }
            let start = clock.now();
            let changed = within(clock, STALLED, pin!(outcome.changed())).await;
            match changed {
                Some(changed) => changed.ok()?,
                None if has_passed(clock, start, STALLED) => return None,
                // The clock's waits take no time, so that its limits mean nothing.
                None => outcome.changed().await.ok()?,
            }
        }
    }

    /// Drops a token that the server has rejected, and returns whether another one is worth an attempt: one that has taken its
    /// place already, or one that can be fetched.
    pub(crate) fn rejected(&self, token: &Arc<Held>) -> bool {
        let mut state = self.kept.state();
        let current = self.kept.held.load();
        if !current.as_ref().is_some_and(|current| Arc::ptr_eq(current, token)) {
            return true;
        }
        let on_probation =
            |until: Instant| self.fetching.clock.now() < until && !token.accepted.load(Ordering::Relaxed);
        if token.probation.is_some_and(on_probation) {
            return false;
        }
        self.kept.held.compare_and_swap(&current, None);
        state.replaces = true;
        true
    }

    /// Renews the token in the background, unless that is under way or rests after a failure.
    fn renew(&self, held: &Held) {
        // Whoever has the lock does it.
        let Ok(mut state) = self.kept.state.try_lock() else { return };
        let now = self.fetching.clock.now();
        if state.under_way().is_none() && state.rest_until.is_none_or(|until| now >= until) {
            let left = held.over.0.saturating_duration_since(now);
            // Where it cannot be started, the old token is used until a call has to wait for another.
            let _ = self.start(&mut state, Some(PAUSE.min(left / 4)));
        }
    }

    /// The token that another caller has fetched in the meantime, else the outcome of the fetch under way, or of a new one.
    fn join(&self) -> Result<Result<Arc<Held>, Outcome>, TokenError> {
        let mut state = self.kept.state();
        if let Some(held) = self.kept.held.load_full()
            && held.age(&*self.fetching.clock) != Age::Over
        {
            return Ok(Ok(held));
        }
        if let Some(outcome) = state.under_way() {
            return Ok(Err(outcome));
        }
        self.start(&mut state, None).map(Err)
    }

    /// Starts a fetch in a task of its own, so that a caller that gives up does not cancel it for the others.
    fn start(&self, state: &mut State, pause: Option<Duration>) -> Result<Outcome, TokenError> {
        let runtime = Handle::try_current().map_err(|error| TokenError::Invalid(error.to_string()))?;
        let (sender, outcome) = watch::channel(None);
        let (kept, source) = (Arc::clone(&self.kept), Arc::clone(&self.source));
        let (request, fetching) = (Arc::clone(&self.request), Arc::clone(&self.fetching));
        let fetch = async move {
            let fetch = pin!(fetching.fetch(&*source, &request));
            let beating = beating(&*fetching.clock, fetch, || sender.send_modify(|_| ()));
            let fetched = Caught(pin!(beating)).await.unwrap_or_else(|lack| Err(TokenError::Invalid(lack)));
            let held = fetched.and_then(|token| Held::new(&token, &*fetching.clock));
            let mut state = kept.state();
            let result = held.map(|mut held| {
                held.probation = std::mem::take(&mut state.replaces).then(|| fetching.clock.now() + PROBATION);
                Arc::new(held)
            });
            match &result {
                Ok(held) => {
                    kept.held.store(Some(Arc::clone(held)));
                    state.rest_until = None;
                }
                Err(_) => state.rest_until = pause.map(|pause| fetching.clock.now() + pause),
            }
            state.flight = None;
            drop(state);
            sender.send_replace(Some(result));
        };
        let task = runtime.spawn(fetch).abort_handle();
        state.flight = Some(Flight { outcome: outcome.clone(), task });
        Ok(outcome)
    }
}

/// Waits for `fetch`, and calls `beat` regularly in the meantime, unless the waits of the clock take no time.
async fn beating<F: Future + Unpin>(clock: &dyn Clock, mut fetch: F, mut beat: impl FnMut()) -> F::Output {
    loop {
        let start = clock.now();
        match within(clock, BEAT, &mut fetch).await {
            Some(output) => return output,
            None if has_passed(clock, start, BEAT) => beat(),
            None => return fetch.await,
        }
    }
}

fn has_passed(clock: &dyn Clock, start: Instant, duration: Duration) -> bool {
    clock.now().saturating_duration_since(start) >= duration
}

/// Ends a fetch under way with the last client.
impl Drop for Cell {
    fn drop(&mut self) {
        if let Some(flight) = &self.kept.state().flight {
            flight.task.abort();
        }
    }
}

impl Kept {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a fetch that has stopped, unless another one is under way already.
    fn abandon(&self, outcome: &Outcome) {
        let mut state = self.state();
        if let Some(flight) = state.flight.take_if(|flight| flight.outcome.same_channel(outcome)) {
            flight.task.abort();
        }
    }
}

impl State {
    fn under_way(&self) -> Option<Outcome> {
        let flight = self.flight.as_ref().filter(|flight| !flight.task.is_finished())?;
        Some(flight.outcome.clone())
    }
}

impl Held {
    pub(crate) fn new(token: &Token, clock: &dyn Clock) -> Result<Self, TokenError> {
        if token.secret.expose_secret().trim().is_empty() {
            return Err(TokenError::Invalid("it is empty".into()));
        }
        let header = bearer(&token.secret);
        if HeaderValue::from_str(header.expose_secret()).is_err() {
            return Err(TokenError::Invalid("it holds what a header cannot".into()));
        }
        let (now, wall) = (clock.now(), clock.wall());
        let lifetime = token.lifetime.min(LONGEST);
        let slack = SLACK.min(lifetime / 10).mul_f64(0.9 + 0.1 * fastrand::f64());
        let at = |after: Duration| (now + after, wall + after);
        Ok(Self {
            header,
            renew: at(lifetime - slack),
            over: at(lifetime),
            probation: None,
            accepted: AtomicBool::new(false),
        })
    }

    /// Remembers that the server has accepted it.
    pub(crate) fn accept(&self) {
        if self.probation.is_some() {
            self.accepted.store(true, Ordering::Relaxed);
        }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> &SecretString {
        &self.header
    }

    fn age(&self, clock: &dyn Clock) -> Age {
        let (now, wall) = (clock.now(), clock.wall());
        let reached = |(instant, time): (Instant, SystemTime)| now >= instant || wall >= time;
        match (reached(self.renew), reached(self.over)) {
            (_, true) => Age::Over,
            (true, false) => Age::Due,
            (false, false) => Age::Fresh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::{FullJitter, TokenBucket};
    use crate::{BearerToken, SystemClock};

    #[tokio::test]
    async fn a_kept_token_is_had_without_a_lock_and_without_an_allocation() {
        let fetching = Fetching {
            clock: Arc::new(SystemClock),
            backoff: Arc::new(FullJitter::default()),
            budget: Arc::new(TokenBucket::default()),
            attempt_timeout: Duration::from_secs(30),
        };
        let request = TokenRequest { scheme: "login".into(), scopes: Vec::new() };
        let cell = Cell::new(Arc::new(BearerToken::new("t")), request, Arc::new(fetching));
        let first = cell.token().await.expect("a token");
        // Whoever waited for this lock would wait for ever.
        let _state = cell.kept.state();
        let mut kept = None;
        let allocated = allocation_counter::measure(|| kept = cell.kept());
        assert!(kept.is_some_and(|held| Arc::ptr_eq(&held, &first)));
        assert_eq!(allocated.count_total, 0);
    }
}
