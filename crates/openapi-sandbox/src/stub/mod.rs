//! A test double of a client's server, in memory and in the client's own types.

mod call;
mod state;
mod template;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openapi_runtime::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use openapi_runtime::http::{self, HeaderMap, StatusCode};
use openapi_runtime::stub::{Answers, Documented, Writable, collected, documented_status, finished, operation_of};
use openapi_runtime::{
    Body, BoxFuture, Clock, Endpoint, ErrorKind, Failure, HttpClient, HttpError, Operation, Reply, Request,
    SystemClock, Transport,
};

use self::call::Recorded;
pub use self::call::StubCall;
use self::state::{Outcome, Scripted, State};

/// Answers a client in memory, in the types of its own operations: a test double without a server and without JSON.
///
/// It is a [`Transport`], which answers calls, and an [`HttpClient`], which answers each attempt below tokens, retries and limits. Clones
/// share everything.
///
/// ```no_run
/// use openapi_runtime::Endpoint;
/// use openapi_runtime::stub::Answers;
/// use openapi_sandbox::Stub;
///
/// // `O` is an operation of your client, such as `operations::CreateRoom`, and `room` a value of its module `types`.
/// fn answered<O: Answers<String> + Endpoint>(room: String) -> Stub {
///     let stub = Stub::new();
///     stub.on::<O>().reply(201, room);
///     stub // let client = Client::with_transport(stub.clone());
/// }
/// ```
#[derive(Clone)]
pub struct Stub {
    state: Arc<State>,
    clock: Arc<dyn Clock>,
}

impl Default for Stub {
    fn default() -> Self {
        Self::new()
    }
}

impl Stub {
    /// Creates a stub that expects no call.
    pub fn new() -> Self {
        Self { state: Arc::default(), clock: Arc::new(SystemClock) }
    }

    /// Waits by `clock` for answers that come [later](Scripting::after); without it, by the system's.
    ///
    /// ```
    /// let stub = openapi_sandbox::Stub::new().clock(openapi_runtime::SystemClock);
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Expects calls of the operation `O`, and scripts their answers. What is scripted later comes after what is scripted already.
    pub fn on<O: Endpoint>(&self) -> Script<'_, O> {
        self.state.expect(O::OPERATION);
        Script { stub: self, operation: PhantomData }
    }

    /// Answers requests for an access token with `token`, which lives for an hour; given several times, with one after the other, the
    /// last again and again. Only an [`HttpClient`] sees such requests.
    ///
    /// ```
    /// let stub = openapi_sandbox::Stub::new();
    /// stub.token("first").token("second");
    /// assert_eq!(stub.tokens_fetched(), 0);
    /// ```
    pub fn token(&self, token: impl Into<String>) -> &Self {
        self.state.add_token(token.into());
        self
    }

    /// How many tokens were fetched.
    pub fn tokens_fetched(&self) -> usize {
        self.state.tokens_fetched()
    }

    /// The calls of the operation `O`, in their order. As an [`HttpClient`] sees them, each attempt is one.
    pub fn calls<O: Endpoint>(&self) -> Vec<StubCall<O>> {
        self.state.calls(O::OPERATION).into_iter().map(StubCall::new).collect()
    }

    /// Plays the answer to what was recorded.
    async fn answer(&self, outcome: Outcome) -> Result<(StatusCode, HeaderMap, Vec<u8>), HttpError> {
        let scripted = outcome.map_err(|message| HttpError::Request(message.into()))?;
        if let Some(delay) = scripted.delay {
            self.clock.sleep(delay).await;
        }
        match scripted.fails {
            Some(error) => Err(error()),
            None => Ok((scripted.status, scripted.headers, scripted.body)),
        }
    }
}

/// The answers to an operation's calls. They are given in turn, and the last again and again, unless it has a number of
/// [`times`](Scripting::times).
#[must_use = "without an answer, calls of the operation fail"]
pub struct Script<'a, O> {
    stub: &'a Stub,
    operation: PhantomData<fn() -> O>,
}

/// The answers so far, of which the last can be described further.
pub struct Scripting<'a, O>(Script<'a, O>);

impl<'a, O: Endpoint> Script<'a, O> {
    /// Answers with `status` and `body`, any body that the operation documents; `()` is that of a status without one.
    ///
    /// # Panics
    ///
    /// When the definition does not document a body of this type for this status, or the body cannot be written.
    pub fn reply<B: Writable>(self, status: u16, body: B) -> Scripting<'a, O>
    where
        O: Answers<B>,
    {
        let documented = documented::<O, B>(status);
        let written = body.write(documented.form);
        let body = written.unwrap_or_else(|error| panic!("the body for `{}`: {error}", O::OPERATION.id));
        let mut headers = HeaderMap::new();
        if !documented.media_type.is_empty() {
            headers.insert(CONTENT_TYPE, value(CONTENT_TYPE.as_str(), documented.media_type));
        }
        self.add(Scripted::new(code(status), headers, body))
    }

    /// Answers with `status` and the bytes of `body`, documented or not: an error of a proxy, for instance, or a body that is wrong.
    ///
    /// # Panics
    ///
    /// When HTTP has no such `status`.
    pub fn raw(self, status: u16, body: impl Into<Vec<u8>>) -> Scripting<'a, O> {
        self.add(Scripted::new(code(status), HeaderMap::new(), body.into()))
    }

    /// Fails with an error of the connection, which `error` makes for each call.
    pub fn fail(self, error: impl Fn() -> HttpError + Send + Sync + 'static) -> Scripting<'a, O> {
        let mut scripted = Scripted::new(StatusCode::OK, HeaderMap::new(), Vec::new());
        scripted.fails = Some(Arc::new(error));
        self.add(scripted)
    }

    fn add(self, scripted: Scripted) -> Scripting<'a, O> {
        self.stub.state.add(O::OPERATION, scripted);
        Scripting(self)
    }
}

impl<'a, O: Endpoint> Scripting<'a, O> {
    /// Gives the answer this number of times, instead of once or, as the last one, again and again. A call after that fails, if no
    /// answer follows.
    pub fn times(self, times: usize) -> Self {
        self.change(|scripted| scripted.times = Some(times))
    }

    /// Adds a header to the answer.
    ///
    /// # Panics
    ///
    /// When HTTP has no such `name` or `text`.
    pub fn header(self, name: &str, text: &str) -> Self {
        let header = HeaderName::try_from(name).unwrap_or_else(|error| panic!("`{name}`: {error}"));
        let value = value(name, text);
        self.change(|scripted| {
            scripted.headers.append(header, value);
        })
    }

    /// Gives the answer only after `delay`, by the [clock](Stub::clock).
    pub fn after(self, delay: Duration) -> Self {
        self.change(|scripted| scripted.delay = Some(delay))
    }

    /// Describes the answer that follows.
    pub fn then(self) -> Script<'a, O> {
        self.0
    }

    fn change(self, change: impl FnOnce(&mut Scripted)) -> Self {
        self.0.stub.state.change_last(O::OPERATION, change);
        self
    }
}

/// How `status` documents a body of type `B`.
fn documented<O: Answers<B>, B>(status: u16) -> &'static Documented {
    let counts = documented_status(O::OPERATION, status);
    let found = O::DOCUMENTED.iter().find(|documented| Some(documented.status) == counts);
    found.unwrap_or_else(|| {
        let (id, body) = (O::OPERATION.id, short(std::any::type_name::<B>()));
        let mut statuses: Vec<&str> = O::DOCUMENTED.iter().map(|documented| documented.status).collect();
        statuses.dedup();
        let statuses = statuses.join(", ");
        panic!("`{id}` documents no body of type `{body}` for {status}, but for {statuses}")
    })
}

/// A type's name without the paths of its parts.
fn short(name: &str) -> String {
    let parts = name.split_inclusive(['<', '>', ',', ' ', '(', ')', '[', ']']);
    parts.map(|part| part.rsplit("::").next().unwrap_or(part)).collect()
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no status of HTTP"))
}

fn value(name: &str, text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| panic!("the header `{name}` cannot hold `{text}`"))
}

impl Transport for Stub {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        Box::pin(async move {
            let (start, operation) = (Instant::now(), request.operation);
            let failed = |kind, attempts| Failure::new(kind, attempts, start.elapsed());
            let request = finished(request).await.map_err(|error| failed(error.into(), 0))?;
            let outcome = self.state.arrived(operation, Recorded::of_request(request));
            match self.answer(outcome).await {
                Ok((status, headers, body)) => Ok(Reply::new(status, headers, body).after(1, start.elapsed())),
                Err(error @ HttpError::Request(_)) => Err(failed(ErrorKind::Transport(error), 0)),
                Err(error) => Err(failed(ErrorKind::Transport(error), 1)),
            }
        })
    }
}

impl HttpClient for Stub {
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = collected(body).await.map_err(HttpError::Request)?;
            let operation = operation_of(&head.extensions);
            let outcome = self.state.sent(&head.method, operation, Recorded::of_http(&head, body));
            let (status, headers, body) = self.answer(outcome).await?;
            let mut response = http::Response::new(Body::from(body));
            (*response.status_mut(), *response.headers_mut()) = (status, headers);
            Ok(response)
        })
    }
}

/// Shows which operations are expected.
impl std::fmt::Debug for Stub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stub").field("expects", &self.state.expected()).finish_non_exhaustive()
    }
}

/// An operation as messages name it.
fn named(operation: &Operation) -> String {
    format!("`{}` ({} {})", operation.id, operation.method, operation.path)
}
