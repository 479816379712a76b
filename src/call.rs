//! One call: attempts and waits, until there is an answer or the time is up.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::clock::within;
use crate::http::{Exchange, HttpError};
use crate::options::CallOptions;
use crate::retry::{Attempt, Backoff, Outcome, RetryBudget, RetryPolicy, server_wait};
use crate::routes::{Presenting, Route};
use crate::support::{BoxError, FailureKind, Reply, Request};
use crate::token::{Held, TokenError, TokenRequest};
use crate::transport::Managed;

/// One call under way.
pub(crate) struct Call<'a> {
    managed: &'a Managed,
    request: Request,
    /// Its headers once more, for another attempt.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Its body, which costs nothing to send again.
    body: Option<Bytes>,
    options: Option<Arc<CallOptions>>,
    start: Instant,
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// The last answer that another attempt was to follow.
    pub(crate) reply: Option<Box<Reply>>,
    /// What the last attempt failed of.
    last: Option<BoxError>,
}

/// A credential as it is sent with one attempt.
struct Presented {
    header: Option<HeaderValue>,
    /// The kept token in it, to be dropped should the server refuse it.
    token: Option<Arc<Held>>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        managed: &'a Managed,
        mut request: Request,
        options: Option<Arc<CallOptions>>,
        start: Instant,
    ) -> Self {
        let body = request.body.take().map(Bytes::from);
        request.headers.insert(USER_AGENT, managed.wire.user_agent.clone());
        Self { managed, request, headers: Vec::new(), body, options, start, attempts: 0, reply: None, last: None }
    }

    pub(crate) async fn run(&mut self) -> Result<Reply, FailureKind> {
        let route = self.managed.routes.get(self.request.operation)?;
        let span = tracing::Span::current();
        span.record("server.address", route.server.host_str().unwrap_or_default());
        span.record("server.port", route.server.port_or_known_default());
        self.idempotency_key()?;
        self.wait_for_rate_limit(route).await?;
        // The token that was refused is replaced once; a second refusal is the caller's to see.
        let mut replaced = false;
        let mut paid = None;
        loop {
            let presented = match self.present(route)? {
                Some(presented) => presented,
                // Kept apart: with it, each call's future would be as large as that of one that fetches a token.
                None => Box::pin(self.fetch(route)).await?,
            };
            let renewable = presented.token.is_some() || self.option(|options| options.source.as_ref()).is_some();
            let result = self.attempt(route, presented.header)?.await;
            self.note(route, &result);
            if let Ok(reply) = &result
                && reply.status == StatusCode::UNAUTHORIZED
                && renewable
                && !replaced
            {
                if let (Some(token), Presenting::Token(cell)) = (&presented.token, &route.presenting) {
                    cell.refused(token);
                }
                replaced = true;
                continue;
            }
            match self.pay_for_retry(&result) {
                Some(cost) => paid = Some(cost),
                None => {
                    if result.as_ref().is_ok_and(|reply| reply.status.is_success())
                        && (paid.is_some() || self.attempts == 1)
                    {
                        self.budget().succeeded(paid);
                    }
                    return self.end(result);
                }
            }
            // Kept apart, as above.
            Box::pin(self.wait(result)).await?;
        }
    }

    /// Sends the request once.
    fn attempt(&mut self, route: &Route, authorization: Option<HeaderValue>) -> Result<Exchange<'a>, FailureKind> {
        let mut http = self.http(route).map_err(FailureKind::Request)?;
        *http.headers_mut() = self.headers();
        if let Some(value) = authorization {
            http.headers_mut().insert(AUTHORIZATION, value);
        }
        let limit = self.option(|options| options.attempt_timeout).unwrap_or(self.managed.attempt_timeout);
        let limit = limit.min(self.left()?);
        self.attempts += 1;
        let managed: &'a Managed = self.managed;
        Ok(managed.wire.exchange(http, limit))
    }

    /// The headers of the next attempt, the credential aside: the first takes the request's own, and leaves pairs of them
    /// for others, which cost less than another map.
    fn headers(&mut self) -> HeaderMap {
        if self.attempts > 0 {
            return self.headers.iter().cloned().collect();
        }
        let headers = std::mem::take(&mut self.request.headers);
        self.headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        headers
    }

    /// The request as HTTP, without headers.
    fn http(&self, route: &Route) -> Result<reqwest::Request, BoxError> {
        let Request { operation, path, query, .. } = &self.request;
        // Without parameters it is the same for all calls.
        let same = query.is_empty() && path == operation.path;
        let url = match route.url.get() {
            Some(url) if same => url.clone(),
            _ => {
                let url = self.request.url(&route.server)?;
                if same {
                    route.url.get_or_init(|| url.clone());
                }
                url
            }
        };
        let method = reqwest::Method::from_bytes(operation.method.as_bytes())?;
        let mut http = reqwest::Request::new(method, url);
        *http.body_mut() = self.body.clone().map(reqwest::Body::from);
        Ok(http)
    }

    /// Takes note of what an attempt has come to.
    fn note(&self, route: &Route, result: &Result<Reply, HttpError>) {
        match result {
            Ok(reply) => {
                tracing::debug!(attempt = self.attempts, status = reply.status.as_u16(), "attempt");
                route.gate.note(&reply.headers, &*self.managed.wire.clock);
            }
            Err(error) => {
                let cause = std::error::Error::source(error).map(tracing::field::display);
                tracing::debug!(attempt = self.attempts, %error, cause, "attempt");
            }
        }
    }

    /// What another attempt costs; `None` where there is to be none.
    fn pay_for_retry(&self, result: &Result<Reply, HttpError>) -> Option<u32> {
        let operation = self.request.operation;
        let attempt = Attempt {
            operation,
            idempotent: self.option(|options| options.idempotent).unwrap_or(operation.idempotent),
            attempts: self.attempts,
            outcome: result.as_ref().map_or_else(Outcome::Error, Outcome::Reply),
        };
        let policy: &dyn RetryPolicy =
            self.option(|options| options.policy.as_deref()).unwrap_or(&*self.managed.policy);
        if !policy.retry(&attempt) {
            return None;
        }
        let cost = self.budget().withdraw(matches!(result, Err(HttpError::Timeout(_))));
        if cost.is_none() {
            tracing::debug!("the retry budget is spent");
        }
        cost
    }

    /// The end of the call without another attempt.
    fn end(&mut self, result: Result<Reply, HttpError>) -> Result<Reply, FailureKind> {
        if let Err(HttpError::Cut { reply, .. }) = &result {
            self.reply = Some(reply.clone());
        }
        result.map_err(|error| match (&error, self.left()) {
            // It was the call's time that ran out, not only the attempt's.
            (HttpError::Timeout(_), Err(_)) => FailureKind::Deadline(Some(error.into())),
            _ => FailureKind::Transport(error.into()),
        })
    }

    /// Waits before another attempt; a wait that would pass the deadline fails at once.
    async fn wait(&mut self, result: Result<Reply, HttpError>) -> Result<(), FailureKind> {
        let clock = &self.managed.wire.clock;
        let asked = match &result {
            Ok(reply) => server_wait(reply.status, &reply.headers, clock.wall()),
            Err(_) => None,
        };
        let backoff: &dyn Backoff = self.option(|options| options.backoff.as_deref()).unwrap_or(&*self.managed.backoff);
        let wait = asked.unwrap_or_else(|| backoff.wait(self.attempts));
        let left = self.left();
        let late = left.as_ref().is_ok_and(|left| wait >= *left);
        self.last = Some(match result {
            Ok(reply) => {
                let text = match asked {
                    Some(wait) if late => {
                        format!("the server answered {}, and asks to wait {wait:.1?}: past the deadline", reply.status)
                    }
                    _ => format!("the server answered {}", reply.status),
                };
                self.reply = Some(Box::new(reply));
                text.into()
            }
            Err(error) => {
                self.reply = None;
                error.into()
            }
        });
        if late || left.is_err() {
            return Err(FailureKind::Deadline(self.last.take()));
        }
        tracing::debug!(?wait, "retry");
        clock.sleep(wait).await;
        Ok(())
    }

    /// Waits for the end of a rate limit's window that an earlier response has said is used up.
    async fn wait_for_rate_limit(&mut self, route: &Route) -> Result<(), FailureKind> {
        let clock = &self.managed.wire.clock;
        if !self.managed.heed_rate_limit {
            return Ok(());
        }
        let Some(wait) = route.gate.wait(&**clock) else { return Ok(()) };
        if wait >= self.left()? {
            let message = format!("the rate limit is used up for another {wait:.1?}: past the deadline");
            return Err(FailureKind::Deadline(Some(message.into())));
        }
        tracing::debug!(?wait, "rate limit");
        clock.sleep(wait).await;
        Ok(())
    }

    /// The credential of the next attempt, if it is at hand.
    fn present(&self, route: &Route) -> Result<Option<Presented>, FailureKind> {
        if self.option(|options| options.source.as_ref()).is_some() {
            return Ok(None);
        }
        Ok(Some(match &route.presenting {
            Presenting::Nothing => Presented { header: None, token: None },
            Presenting::Fixed(header) => Presented { header: Some(sensitive(header)?), token: None },
            Presenting::Token(cell) => match cell.kept() {
                Some(held) => Presented { header: Some(sensitive(held.header())?), token: Some(held) },
                None => return Ok(None),
            },
        }))
    }

    /// The credential of the next attempt, where it has to be fetched.
    async fn fetch(&mut self, route: &Route) -> Result<Presented, FailureKind> {
        let left = self.left()?;
        let clock = &*self.managed.wire.clock;
        let late = || FailureKind::Deadline(Some("no token came in time".into()));
        let failed = |error: TokenError| FailureKind::Token(error.into());
        if let Some(source) = self.option(|options| options.source.as_ref()) {
            let request = self.token_request();
            let token = within(clock, left, source.token(&request)).await.ok_or_else(late)?.map_err(failed)?;
            let held = Held::new(&token, clock).map_err(failed)?;
            return Ok(Presented { header: Some(sensitive(held.header())?), token: None });
        }
        let Presenting::Token(cell) = &route.presenting else {
            return Ok(Presented { header: None, token: None });
        };
        let held = within(clock, left, pin!(cell.token())).await.ok_or_else(late)?.map_err(failed)?;
        Ok(Presented { header: Some(sensitive(held.header())?), token: Some(held) })
    }

    /// What a token source of this one call is asked for: the first of the operation's alternatives.
    fn token_request(&self) -> TokenRequest {
        let first = self.request.operation.security.iter().find_map(|alternative| alternative.first());
        TokenRequest {
            scheme: first.map(|one| one.scheme.to_owned()).unwrap_or_default(),
            scopes: first.into_iter().flat_map(|one| one.scopes).map(|scope| (*scope).to_owned()).collect(),
        }
    }

    /// Adds the documented idempotency key, if there is one that the caller has not set: the same for all attempts.
    fn idempotency_key(&mut self) -> Result<(), FailureKind> {
        let Some(name) = self.request.operation.idempotency_key else { return Ok(()) };
        let request = |error: BoxError| FailureKind::Request(error);
        let name = HeaderName::try_from(name).map_err(|error| request(error.into()))?;
        if !self.request.headers.contains_key(&name) {
            let key = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
            let key = HeaderValue::try_from(key).map_err(|error| request(error.into()))?;
            self.request.headers.insert(name, key);
        }
        Ok(())
    }

    /// The time that is left for the call.
    fn left(&mut self) -> Result<Duration, FailureKind> {
        let timeout = self.option(|options| options.timeout).unwrap_or(self.managed.timeout);
        let elapsed = self.managed.wire.clock.now().saturating_duration_since(self.start);
        match timeout.checked_sub(elapsed) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(FailureKind::Deadline(self.last.take())),
        }
    }

    fn option<'b, T>(&'b self, read: impl FnOnce(&'b CallOptions) -> Option<T>) -> Option<T> {
        self.options.as_deref().and_then(read)
    }

    fn budget(&self) -> &dyn RetryBudget {
        self.option(|options| options.budget.as_deref()).unwrap_or(&*self.managed.budget)
    }
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, FailureKind> {
    let mut value = HeaderValue::from_str(text.expose_secret())
        .map_err(|_| FailureKind::Request("the credential holds what a header cannot".into()))?;
    value.set_sensitive(true);
    Ok(value)
}
