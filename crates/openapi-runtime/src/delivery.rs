//! The delivery of one call: attempts and waits, until there is an answer or the time is up.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::body::Body;
use crate::boxed::BoxError;
use crate::clock::within;
use crate::codegen::{PairStyle, Style};
use crate::credentials::Place;
use crate::error::ErrorKind;
use crate::hook::{Around, Sensitive};
use crate::http_client::{Exchange, Extent, HttpError};
use crate::managed::{Managed, Settings};
use crate::options::CallOptions;
use crate::outgoing::{self, Broken, Progress};
use crate::redact::{chain, one_line};
use crate::request::{Request, RequestError, RequestUrl};
use crate::response::Reply;
use crate::retry::{Attempt, Backoff, Outcome, RetryBudget, RetryPolicy, server_wait, spread};
use crate::routes::{Presenting, Route};
use crate::streaming::{Care, Retrying};
use crate::token::{Held, TokenRequest};

/// The reason why there is no answer.
type Failed = ErrorKind<Infallible>;

/// One call under way.
pub(crate) struct Delivery<'a> {
    managed: &'a Managed,
    request: Request,
    /// Copies of its headers, for the next attempts.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the body was a stream, which cannot be sent again.
    spent: bool,
    options: Option<Arc<CallOptions>>,
    start: Instant,
    /// The number of times that the request was sent.
    pub(crate) attempts: u32,
    /// The last answer that was to be retried.
    pub(crate) reply: Option<Box<Reply>>,
    /// Why the last attempt failed.
    last: Option<BoxError>,
    /// What the body of the last attempt failed with, if it has failed.
    broken: Option<Broken>,
    /// The credential that the last attempt was sent with.
    presented: Option<HeaderValue>,
    /// What the hooks have marked as sensitive in it, where there are hooks.
    by_hooks: Option<Sensitive>,
    extent: Extent,
    /// What is left of a success of which only the head was read, and where it comes from.
    pub(crate) rest: Option<(Body, Arc<RequestUrl>)>,
}

/// A credential as it is sent with one attempt.
struct Credential {
    value: Option<(Place, HeaderValue)>,
    /// The kept token in it, to be dropped should the server reject it.
    token: Option<Arc<Held>>,
}

impl<'a> Delivery<'a> {
    pub(crate) fn new(
        managed: &'a Managed,
        mut request: Request,
        options: Option<Arc<CallOptions>>,
        start: Instant,
        extent: Extent,
    ) -> Self {
        request.headers.insert(USER_AGENT, managed.wire.user_agent.clone());
        Self {
            managed,
            request,
            headers: Vec::new(),
            spent: false,
            options,
            start,
            attempts: 0,
            reply: None,
            last: None,
            broken: None,
            presented: None,
            by_hooks: (!managed.wire.hooks.is_empty()).then(Sensitive::default),
            extent,
            rest: None,
        }
    }

    pub(crate) async fn run(&mut self) -> Result<Reply, Failed> {
        let route = self.managed.routes.get(self.request.operation)?;
        if let Presenting::Missing(error) = &route.presenting
            && self.option(|options| options.source.as_ref()).is_none()
        {
            return Err(Failed::NoCredential(error.clone()));
        }
        self.add_headers()?;
        let span = tracing::Span::current();
        span.record("server.address", route.server.host_str().unwrap_or_default());
        span.record("server.port", route.server.port_or_known_default());
        self.wait_for_rate_limit(route).await?;
        // A token that the server rejects is replaced once; a second rejection is returned to the caller.
        let mut replaced = false;
        let mut paid = None;
        loop {
            let presented = match self.present(route)? {
                Some(presented) => presented,
                // Kept apart: with it, each call's future would be as large as that of one that fetches a token.
                None => Box::pin(self.fetch(route)).await?,
            };
            let renewable = presented.token.is_some() || self.option(|options| options.source.as_ref()).is_some();
            let body = self.body();
            // Kept apart, as above.
            let (body, progress) = if body.is_in_memory() { (body, None) } else { Box::pin(self.open(body)).await? };
            let mut exchange = self.attempt(route, presented.value, body, progress.as_ref())?;
            let result = match progress {
                None => (&mut exchange).await,
                Some(progress) => Box::pin(exchange.watched(progress, self.stall_timeout())).await,
            };
            self.rest = exchange.into_rest();
            self.note(route, &result);
            if let Some(error) = self.broken.take().and_then(|broken| broken.take())
                && result.is_err()
            {
                return Err(Failed::Request(error.into()));
            }
            if let (Ok(reply), Some(token)) = (&result, &presented.token)
                && reply.status != StatusCode::UNAUTHORIZED
            {
                token.accept();
            }
            if let Ok(reply) = &result
                && reply.status == StatusCode::UNAUTHORIZED
                && renewable
                && !replaced
                && !self.spent
            {
                replaced = true;
                match (&presented.token, &route.presenting) {
                    (Some(token), Presenting::Token(cell)) if !cell.rejected(token) => {}
                    _ => continue,
                }
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

    /// Adds what the client sends by default, and what the call's options add.
    fn add_headers(&mut self) -> Result<(), RequestError> {
        for (name, value) in &self.managed.settings.headers {
            if !self.request.headers.contains_key(name) {
                self.request.headers.insert(name, value.clone());
            }
        }
        match self.options.clone() {
            Some(options) => options.apply(&mut self.request, self.managed.security_schemes),
            None => Ok(()),
        }
    }

    /// Sends the request once.
    fn attempt(
        &mut self,
        route: &Route,
        credential: Option<(Place, HeaderValue)>,
        body: Body,
        progress: Option<&Progress>,
    ) -> Result<Exchange<'a>, Failed> {
        let mut headers = self.headers();
        let mut query = None;
        self.presented = credential.as_ref().map(|(_, value)| value.clone());
        match credential {
            None => {}
            Some((Place::Header(name), value)) => drop(headers.insert(name, value)),
            Some((Place::Query(name), value)) => query = Some((name, value)),
            Some((Place::Cookie(name), value)) => add_cookie(&mut headers, name, &value)?,
        }
        let url = self.url(route, query)?;
        let http = self.http(headers, body);
        let limit = self.option(|options| options.attempt_timeout).unwrap_or(self.settings().attempt_timeout);
        let limit = limit.min(self.left()?);
        self.attempts += 1;
        let managed: &'a Managed = self.managed;
        let body_limit = self.option(|options| options.body_limit).unwrap_or(managed.wire.body_limit);
        let around = self.by_hooks.clone().map(|sensitive| Around {
            operation: self.request.operation,
            attempt: self.attempts,
            watched: progress.map(|progress| (progress.clone(), self.stall_timeout())),
            sensitive,
        });
        Ok(managed.wire.exchange_of(http, url, limit, (self.extent, body_limit), around))
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

    /// The body of the next attempt.
    fn body(&mut self) -> Body {
        self.request.body.reopen().unwrap_or_else(|| {
            self.spent = true;
            std::mem::take(&mut self.request.body)
        })
    }

    /// The body, open, and what is taken of it: what cannot be opened is not sent.
    async fn open(&mut self, body: Body) -> Result<(Body, Option<Progress>), Failed> {
        let left = self.left()?;
        let progress = Progress::new(Arc::clone(&self.managed.wire.clock));
        let opening = outgoing::open(body, Some(progress.clone()));
        let opened = within(&*self.managed.wire.clock, left, pin!(opening)).await;
        let opened = opened.ok_or_else(|| Failed::Deadline(Some("the body was not opened in time".into())))?;
        let (body, broken) = opened.map_err(RequestError::from)?;
        self.broken = Some(broken);
        Ok((body, Some(progress)))
    }

    /// How long a body may stand still, on its way out or in.
    fn stall_timeout(&self) -> Duration {
        self.option(|options| options.stall_timeout).unwrap_or(self.settings().stall_timeout)
    }

    /// The request as HTTP, its URI aside.
    fn http(&self, headers: HeaderMap, body: Body) -> http::Request<Body> {
        let mut http = http::Request::new(body);
        *http.method_mut() = self.request.method.clone();
        *http.headers_mut() = headers;
        #[cfg(feature = "stub")]
        crate::stub::name_operation(&mut http, self.request.operation);
        http
    }

    /// Where the request goes, with the credential `key` in the query, if it belongs there.
    fn url(&self, route: &Route, key: Option<(&str, HeaderValue)>) -> Result<Arc<RequestUrl>, RequestError> {
        let Request { operation, path, query, url: given, .. } = &self.request;
        // Without parameters it is the same for all calls.
        let same = query.is_empty() && path == operation.path && key.is_none() && given.is_none();
        if let Some(whole) = route.whole.get().filter(|_| same) {
            return Ok(Arc::clone(whole));
        }
        let mut query = query.clone();
        if let Some((name, value)) = key {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            Style::FormExploded.add(&mut query, name, &value.as_str().into());
        }
        let url = Arc::new(RequestUrl::of_request(&route.server, operation, (path, &query), given.as_deref())?);
        Ok(if same { Arc::clone(route.whole.get_or_init(|| url)) } else { url })
    }

    /// Records the outcome of an attempt.
    fn note(&self, route: &Route, result: &Result<Reply, HttpError>) {
        match result {
            Ok(reply) => {
                tracing::debug!(attempt = self.attempts, status = reply.status.as_u16(), "attempt");
                route.gate.note(&reply.headers, &*self.managed.wire.clock);
            }
            Err(error) => {
                let status = error.reply().map(|reply| reply.status.as_u16());
                let error = one_line(&chain(error));
                tracing::debug!(attempt = self.attempts, error, status, "attempt");
            }
        }
    }

    /// The cost of another attempt; `None` if there must not be one.
    fn pay_for_retry(&self, result: &Result<Reply, HttpError>) -> Option<u32> {
        let operation = self.request.operation;
        let attempt = Attempt {
            operation,
            idempotent: self.option(|options| options.idempotent).unwrap_or(self.request.idempotent),
            attempts: self.attempts,
            outcome: result.as_ref().map_or_else(Outcome::Error, Outcome::Reply),
        };
        let policy: &dyn RetryPolicy =
            self.option(|options| options.policy.as_deref()).unwrap_or(&*self.settings().policy);
        if self.spent || !policy.retry(&attempt) {
            return None;
        }
        let cost = self.budget().withdraw(result.as_ref().is_err_and(HttpError::is_timeout));
        if cost.is_none() {
            tracing::debug!("the retry budget is spent");
        }
        cost
    }

    /// How the rest of a response is read.
    pub(crate) fn care(&self) -> Care {
        let settings = self.settings();
        let policy = self.option(|options| options.policy.as_ref()).unwrap_or(&settings.policy);
        let backoff = self.option(|options| options.backoff.as_ref()).unwrap_or(&settings.backoff);
        let budget = self.option(|options| options.budget.as_ref()).unwrap_or(&settings.budget);
        Care {
            clock: Arc::clone(&self.managed.wire.clock),
            stall: Some(self.stall_timeout()),
            body_limit: self.option(|options| options.body_limit).or(settings.stream_limit),
            item_limit: self.option(|options| options.item_limit),
            reconnects: self.option(|options| options.reconnects).unwrap_or(false),
            retrying: Some(Retrying {
                policy: Arc::clone(policy),
                backoff: Arc::clone(backoff),
                budget: Arc::clone(budget),
            }),
            wire: Some(Arc::clone(&self.managed.wire)),
        }
    }

    /// `reply` with the secrets of its request, which the error that it may become hides.
    pub(crate) fn guarded(&self, mut reply: Reply) -> Reply {
        reply.presented.credential.clone_from(&self.presented);
        if let Some(by_hooks) = &self.by_hooks {
            reply.presented.by_hooks = by_hooks.take();
        }
        reply
    }

    /// The end of the call without another attempt.
    fn end(&mut self, result: Result<Reply, HttpError>) -> Result<Reply, Failed> {
        result.map_err(|mut error| {
            if let Some(reply) = error.take_reply() {
                self.reply = Some(reply);
            }
            match (&error, self.left()) {
                // It was the call's time that ran out, not only the attempt's.
                (HttpError::Timeout { .. }, Err(_)) => Failed::Deadline(Some(error.into())),
                _ => Failed::Transport(error),
            }
        })
    }

    /// Waits before another attempt; a wait that would pass the deadline fails at once.
    async fn wait(&mut self, result: Result<Reply, HttpError>) -> Result<(), Failed> {
        let clock = &self.managed.wire.clock;
        let asked = match &result {
            Ok(reply) => server_wait(reply.status, &reply.headers, clock.wall()),
            Err(_) => None,
        };
        let backoff: &dyn Backoff =
            self.option(|options| options.backoff.as_deref()).unwrap_or(&*self.settings().backoff);
        let wait = asked.unwrap_or_else(|| backoff.wait(self.attempts));
        let left = self.left();
        let late = left.as_ref().is_ok_and(|left| wait >= *left);
        let wait = match &left {
            Ok(left) if asked.is_some() => spread(wait).min(*left),
            _ => wait,
        };
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
            Err(mut error) => {
                self.reply = error.take_reply();
                error.into()
            }
        });
        if late || left.is_err() {
            return Err(Failed::Deadline(self.last.take()));
        }
        tracing::debug!(?wait, "retry");
        clock.sleep(wait).await;
        Ok(())
    }

    /// Waits for the end of a rate limit's window that an earlier response has reported as used up.
    async fn wait_for_rate_limit(&mut self, route: &Route) -> Result<(), Failed> {
        let clock = &self.managed.wire.clock;
        if !self.settings().wait_for_rate_limit {
            return Ok(());
        }
        let Some(wait) = route.gate.wait(&**clock) else { return Ok(()) };
        if wait >= self.left()? {
            let message = format!("the rate limit is used up for another {wait:.1?}: past the deadline");
            return Err(Failed::Deadline(Some(message.into())));
        }
        tracing::debug!(?wait, "rate limit");
        clock.sleep(wait).await;
        Ok(())
    }

    /// The credential of the next attempt, if it need not be fetched.
    fn present(&self, route: &Route) -> Result<Option<Credential>, Failed> {
        if self.option(|options| options.source.as_ref()).is_some() {
            return Ok(None);
        }
        Ok(Some(match &route.presenting {
            Presenting::Nothing => Credential { value: None, token: None },
            Presenting::Missing(error) => return Err(Failed::NoCredential(error.clone())),
            Presenting::Fixed(presented) => {
                let value = sensitive(&presented.value)?;
                Credential { value: Some((presented.place.clone(), value)), token: None }
            }
            Presenting::Token(cell) => match cell.kept() {
                Some(held) => Credential::token(&held)?.renewable(held),
                None => return Ok(None),
            },
        }))
    }

    /// The credential of the next attempt, where it has to be fetched.
    async fn fetch(&mut self, route: &Route) -> Result<Credential, Failed> {
        let left = self.left()?;
        let clock = &*self.managed.wire.clock;
        let late = || Failed::Deadline(Some("no token came in time".into()));
        if let Some(source) = self.option(|options| options.source.as_ref()) {
            let request = self.token_request();
            let token = within(clock, left, source.token(&request)).await.ok_or_else(late)?;
            let held = token.and_then(|token| Held::new(&token, clock));
            return Ok(Credential::token(&held.map_err(|error| Failed::Token(request.named(error)))?)?);
        }
        let Presenting::Token(cell) = &route.presenting else {
            return Ok(Credential { value: None, token: None });
        };
        let held = within(clock, left, pin!(cell.token())).await.ok_or_else(late)?.map_err(Failed::Token)?;
        Ok(Credential::token(&held)?.renewable(held))
    }

    /// The request to the token source of this call: the first of the operation's alternatives.
    fn token_request(&self) -> TokenRequest {
        let first = self.request.operation.security.iter().find_map(|alternative| alternative.first());
        TokenRequest {
            scheme: first.map(|one| one.scheme.to_owned()).unwrap_or_default(),
            scopes: first.into_iter().flat_map(|one| one.scopes).map(|scope| (*scope).to_owned()).collect(),
        }
    }

    /// The time that is left for the call.
    fn left(&mut self) -> Result<Duration, Failed> {
        let timeout = self.option(|options| options.timeout).unwrap_or(self.settings().timeout);
        let elapsed = self.managed.wire.clock.now().saturating_duration_since(self.start);
        match timeout.checked_sub(elapsed) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Failed::Deadline(self.last.take())),
        }
    }

    fn settings(&self) -> &'a Settings {
        &self.managed.settings
    }

    fn option<'b, T>(&'b self, read: impl FnOnce(&'b CallOptions) -> Option<T>) -> Option<T> {
        self.options.as_deref().and_then(read)
    }

    fn budget(&self) -> &dyn RetryBudget {
        self.option(|options| options.budget.as_deref()).unwrap_or(&*self.settings().budget)
    }
}

impl Credential {
    /// A bearer token.
    fn token(held: &Held) -> Result<Self, RequestError> {
        Ok(Self { value: Some((Place::Header(AUTHORIZATION), sensitive(held.header())?)), token: None })
    }

    /// The same, which another can be fetched for.
    fn renewable(self, held: Arc<Held>) -> Self {
        Self { token: Some(held), ..self }
    }
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, RequestError> {
    let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| RequestError::Credential)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Adds a cookie to those that the request has.
fn add_cookie(headers: &mut HeaderMap, name: &str, value: &HeaderValue) -> Result<(), RequestError> {
    let value = value.to_str().map_err(|_| RequestError::Credential)?;
    // What would end the value, and begin another cookie (RFC 6265, 4.1.1).
    if value.contains(|character: char| character == ';' || character.is_whitespace()) {
        return Err(RequestError::Credential);
    }
    let before = headers.get(COOKIE).and_then(|value| value.to_str().ok());
    let all = before.map_or_else(|| format!("{name}={value}"), |before| format!("{before}; {name}={value}"));
    let mut all = HeaderValue::from_str(&all).map_err(|_| RequestError::Credential)?;
    all.set_sensitive(true);
    headers.insert(COOKIE, all);
    Ok(())
}
