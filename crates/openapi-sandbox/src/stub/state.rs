//! What a stub is to answer, and what it was called with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openapi_runtime::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use openapi_runtime::{HttpError, Operation};

use super::call::Recorded;
use super::named;
use super::template;

/// An answer that is scripted.
#[derive(Clone)]
pub(super) struct Scripted {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) fails: Option<Arc<dyn Fn() -> HttpError + Send + Sync>>,
    pub(super) delay: Option<Duration>,
    /// How often it is given; `None` stands for once, and for ever if it is the last.
    pub(super) times: Option<usize>,
    /// Whether it was given already.
    given: bool,
}

impl Scripted {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body, fails: None, delay: None, times: None, given: false }
    }
}

/// An answer, or why nothing answers.
pub(super) type Outcome = Result<Scripted, String>;

#[derive(Default)]
pub(super) struct State(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    expected: Vec<Expected>,
    calls: Vec<(&'static Operation, Recorded)>,
    tokens: VecDeque<String>,
    /// Whether the first of them was given already.
    token_given: bool,
    tokens_fetched: usize,
}

struct Expected {
    operation: &'static Operation,
    answers: VecDeque<Scripted>,
    /// Whether it ever had an answer.
    scripted: bool,
}

/// Each mention of an operation's row may be a static of its own.
fn same(one: &Operation, other: &Operation) -> bool {
    (one.id, one.method, one.path) == (other.id, other.method, other.path)
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expect(&self, operation: &'static Operation) {
        let mut inner = self.lock();
        if inner.of(operation).is_none() {
            inner.expected.push(Expected { operation, answers: VecDeque::new(), scripted: false });
        }
    }

    pub(super) fn add(&self, operation: &'static Operation, scripted: Scripted) {
        if let Some(expected) = self.lock().of(operation) {
            expected.answers.push_back(scripted);
            expected.scripted = true;
        }
    }

    pub(super) fn change_last(&self, operation: &'static Operation, change: impl FnOnce(&mut Scripted)) {
        if let Some(last) = self.lock().of(operation).and_then(|expected| expected.answers.back_mut()) {
            change(last);
        }
    }

    pub(super) fn add_token(&self, token: String) {
        self.lock().tokens.push_back(token);
    }

    pub(super) fn tokens_fetched(&self) -> usize {
        self.lock().tokens_fetched
    }

    pub(super) fn calls(&self, operation: &'static Operation) -> Vec<Recorded> {
        let inner = self.lock();
        inner.calls.iter().filter(|(of, _)| same(of, operation)).map(|(_, call)| call.clone()).collect()
    }

    /// The ids of the operations that are expected.
    pub(super) fn expected(&self) -> Vec<&'static str> {
        self.lock().expected.iter().map(|expected| expected.operation.id).collect()
    }

    /// Records a call of `operation`, and takes its answer.
    pub(super) fn arrived(&self, operation: &'static Operation, call: Recorded) -> Outcome {
        let mut inner = self.lock();
        inner.calls.push((operation, call));
        inner.next(operation)
    }

    /// Records a request, and takes the answer of its operation, or a token. If nobody says which `operation` it is for, method and
    /// path tell.
    pub(super) fn sent(&self, method: &Method, operation: Option<&'static Operation>, call: Recorded) -> Outcome {
        let mut inner = self.lock();
        if call.asks_for_a_token()
            && let Some(token) = inner.next_token()
        {
            return Ok(token);
        }
        let literal =
            |operation: &Operation| template::pieces(operation.path).iter().map(template::Piece::length).sum::<usize>();
        let fitting = inner.expected.iter().map(|expected| expected.operation).filter(|expected| match operation {
            Some(operation) => same(expected, operation),
            None => expected.method == method.as_str() && template::fits(expected.path, &call.path),
        });
        // `/rooms/mine` comes before `/rooms/{id}`.
        let Some(operation) = fitting.max_by_key(|operation| literal(operation)) else {
            let token = if call.asks_for_a_token() { "; `stub.token(…)` answers requests for tokens" } else { "" };
            return Err(format!("nothing expects {method} {}: {}{token}", call.path, inner.expectation()));
        };
        inner.calls.push((operation, call));
        inner.next(operation)
    }
}

impl Inner {
    fn of(&mut self, operation: &Operation) -> Option<&mut Expected> {
        self.expected.iter_mut().find(|expected| same(expected.operation, operation))
    }

    /// What is expected, in words.
    fn expectation(&self) -> String {
        match self.expected.iter().map(|expected| named(expected.operation)).collect::<Vec<_>>() {
            expected if expected.is_empty() => "the stub expects no call; `stub.on::<…>()` says which".to_owned(),
            expected => format!("the stub expects {}", expected.join(", ")),
        }
    }

    fn next(&mut self, operation: &'static Operation) -> Outcome {
        let calls = self.calls.iter().filter(|(of, _)| same(of, operation)).count();
        let name = named(operation);
        let expectation = self.expectation();
        let Some(expected) = self.of(operation) else {
            return Err(format!("nothing expects {name}: {expectation}"));
        };
        // What is given no more times is over, and so is what was given before another was scripted.
        let mut left = expected.answers.len();
        while let Some(answer) = expected.answers.front()
            && (answer.times == Some(0) || answer.times.is_none() && answer.given && left > 1)
        {
            expected.answers.pop_front();
            left -= 1;
        }
        let Some(answer) = expected.answers.front_mut() else {
            return Err(match expected.scripted {
                true => format!("nothing expects call {calls} of {name}: its answers are used up"),
                false => format!("{name} has no answer: `stub.on::<…>()` needs a `reply`"),
            });
        };
        answer.times = answer.times.map(|times| times - 1);
        answer.given = true;
        Ok(answer.clone())
    }

    fn next_token(&mut self) -> Option<Scripted> {
        if self.token_given && self.tokens.len() > 1 {
            self.tokens.pop_front();
        }
        let token = self.tokens.front().cloned()?;
        self.token_given = true;
        self.tokens_fetched += 1;
        let body = serde_json::json!({"access_token": token, "token_type": "Bearer", "expires_in": 3_600});
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        Some(Scripted::new(StatusCode::OK, headers, body.to_string().into_bytes()))
    }
}
