//! What a stub was called with.

use std::marker::PhantomData;

use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::header::CONTENT_TYPE;
use openapi_runtime::http::{HeaderMap, request};
use openapi_runtime::stub::Readable;
use openapi_runtime::{Endpoint, Request};

use super::template;

/// A request as it arrived.
#[derive(Clone)]
pub(super) struct Recorded {
    /// Percent-encoded.
    pub(super) path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Recorded {
    /// A request whose body is in memory.
    pub(super) fn of_request(request: Request) -> Self {
        let body = Bytes::copy_from_slice(request.body.as_bytes().unwrap_or_default());
        let (mut path, mut query) = (request.path, request.query);
        // The URL of a page, which the server gave, replaces both.
        if let Some(url) = request.url {
            let url = url.split('#').next().unwrap_or_default();
            let (given, of_url) = url.split_once('?').unwrap_or((url, ""));
            if !given.is_empty() {
                let behind_host = given.split_once("://").map(|(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
                path = behind_host.unwrap_or(given).to_owned();
            }
            let both = [of_url, query.as_str()];
            query = both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        }
        Self { path, query, headers: request.headers, body }
    }

    pub(super) fn of_http(head: &request::Parts, body: Bytes) -> Self {
        let query = head.uri.query().unwrap_or_default().to_owned();
        Self { path: head.uri.path().to_owned(), query, headers: head.headers.clone(), body }
    }

    /// Whether it is a token request (RFC 6749, 4).
    pub(super) fn asks_for_a_token(&self) -> bool {
        let form = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        form.starts_with("application/x-www-form-urlencoded")
            && form_urlencoded::parse(&self.body).any(|(name, _)| name == "grant_type")
    }
}

/// A call of the operation `O` that a [`Stub`](crate::Stub) has answered: its arguments.
pub struct StubCall<O> {
    recorded: Recorded,
    operation: PhantomData<fn() -> O>,
}

impl<O> Clone for StubCall<O> {
    fn clone(&self) -> Self {
        Self { recorded: self.recorded.clone(), operation: PhantomData }
    }
}

impl<O: Endpoint> StubCall<O> {
    pub(super) fn new(recorded: Recorded) -> Self {
        Self { recorded, operation: PhantomData }
    }

    /// The value of a path parameter, decoded.
    pub fn path(&self, name: &str) -> Option<String> {
        let values = template::values(O::OPERATION.path, &self.recorded.path)?;
        values.into_iter().find(|(other, _)| *other == name).map(|(_, value)| decoded(value))
    }

    /// The value of a query parameter, decoded; the first of several.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_all(name).into_iter().next()
    }

    /// All values of a query parameter, decoded.
    pub fn query_all(&self, name: &str) -> Vec<String> {
        let pairs = form_urlencoded::parse(self.recorded.query.as_bytes());
        pairs.filter(|(other, _)| other == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.recorded.headers.get(name)?.to_str().ok()
    }

    /// All headers. Only an `HttpClient` sees those that hold a credential.
    pub fn headers(&self) -> &HeaderMap {
        &self.recorded.headers
    }

    /// The bytes of the body; empty without one.
    pub fn body(&self) -> &[u8] {
        &self.recorded.body
    }

    /// The JSON body, of the type that the operation takes.
    ///
    /// # Panics
    ///
    /// When the body is no such value.
    pub fn json<T: Readable>(&self) -> T {
        T::read(&self.recorded.body).unwrap_or_else(|error| {
            let (id, name) = (O::OPERATION.id, super::short(std::any::type_name::<T>()));
            panic!("the body of `{id}` is no `{name}`: {error}")
        })
    }
}

/// Shows the operation and the path; no header and no body, which may hold secrets.
impl<O: Endpoint> std::fmt::Debug for StubCall<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (operation, path) = (O::OPERATION.id, &self.recorded.path);
        f.debug_struct("StubCall").field("operation", &operation).field("path", path).finish_non_exhaustive()
    }
}

/// Text without percent-encoding (RFC 3986, 2.1); a plus stays one.
fn decoded(text: &str) -> String {
    let form = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(form.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}
