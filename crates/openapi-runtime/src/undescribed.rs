//! Requests to paths that the definition does not have.

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Serialize;

use crate::api::Api;
use crate::body::Body;
use crate::codegen::{Call, PairStyle, Sending, Style, Tree};
use crate::operation::{Endpoint, Operation, SecurityScheme};
use crate::options::{CallOptions, is_key, is_reserved};
use crate::request::{Request, RequestError};
use crate::response::{Decoded, Documented, Reads, Reply};
use crate::streaming::{ByteStream, Opening, Saving};

/// A request to a path that the definition does not have, with the client's credentials, retries and limits. `Client::request`
/// creates it.
///
/// It uses the server and the security of the whole definition. Any 2xx status is a success, whose body is bytes;
/// [`Response::json`](crate::Response::json) reads them.
///
/// ```
/// use openapi_runtime::http::Method;
/// use openapi_runtime::{Api, Error, UndescribedRequest};
/// # use std::convert::Infallible;
///
/// async fn status<A: Api>(client: &A) -> Result<String, Box<dyn std::error::Error>> {
///     let answer = UndescribedRequest::new(client, Method::GET, "/internal/status").query("verbose", "1").await?;
///     let status: std::collections::BTreeMap<String, String> = answer.json()?;
///     Ok(status["state"].clone())
/// }
/// ```
#[must_use = "a request does nothing until it is sent or awaited"]
pub struct UndescribedRequest {
    call: Call,
    schemes: &'static [SecurityScheme],
}

impl UndescribedRequest {
    /// Creates a request to `path`, which begins with a slash and is percent-encoded.
    pub fn new<A: Api>(client: &A, method: Method, path: impl Into<String>) -> Self {
        let request = Request::new(A::DEFINITION.undescribed).and_then(|mut request| {
            request.path = checked_path(path.into())?;
            request.idempotent = method.is_idempotent();
            request.method = method;
            request.headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
            Ok(request)
        });
        let call = Call { transport: Arc::clone(client.transport()), operation: A::DEFINITION.undescribed, request };
        Self { call, schemes: A::DEFINITION.security_schemes }
    }

    fn map(self, change: impl FnOnce(Call) -> Call) -> Self {
        Self { call: change(self.call), ..self }
    }

    /// Adds a query parameter, percent-encoded.
    pub fn query(self, name: &str, value: impl Into<String>) -> Self {
        let schemes = self.schemes;
        self.map(|call| {
            call.change(|request| {
                if is_key(schemes, "query", name) {
                    return Err(RequestError::Reserved(name.to_owned()));
                }
                Style::FormExploded.add(&mut request.query, name, &Tree::Scalar(value.into().into()));
                Ok(())
            })
        })
    }

    /// Sets a header. One that carries credentials or frames the message fails the request.
    pub fn header(self, name: &str, value: &str) -> Self {
        let schemes = self.schemes;
        self.map(|call| {
            call.change(|request| {
                let bad = || RequestError::Header(name.to_owned().into());
                let header = HeaderName::try_from(name).map_err(|_| bad())?;
                if is_reserved(&header) || is_key(schemes, "header", name) {
                    return Err(RequestError::Reserved(name.to_owned()));
                }
                request.headers.insert(header, HeaderValue::from_str(value).map_err(|_| bad())?);
                Ok(())
            })
        })
    }

    /// Sends `body` as JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        self.map(|call| call.json("application/json", body))
    }

    /// Sends `body` as that media type.
    pub fn body(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<Body>) -> Self {
        self.map(|call| call.change(|request| request.set_body(content_type.into(), body.into())))
    }

    /// Sends with settings that differ from the client's.
    pub fn with(self, options: CallOptions) -> Self {
        self.map(|call| call.with(options))
    }

    /// Sends the request. Awaiting the request itself does the same.
    pub fn send(self) -> Sending<Bytes, (), Infallible> {
        self.call.send::<Undescribed>()
    }

    /// Sends the request, and gives status and headers as soon as they have come; the body follows, as a stream.
    pub fn send_streaming(self) -> Opening<ByteStream, (), Infallible> {
        self.call.send_streaming::<Undescribed>()
    }

    /// Sends the request, and saves the body to the file at `path`.
    pub fn save_to(self, path: impl Into<PathBuf>) -> Saving<(), Infallible> {
        self.call.save_to::<Undescribed>(path.into())
    }
}

impl IntoFuture for UndescribedRequest {
    type Output = <Sending<Bytes, (), Infallible> as Future>::Output;
    type IntoFuture = Sending<Bytes, (), Infallible>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl std::fmt::Debug for UndescribedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UndescribedRequest").finish_non_exhaustive()
    }
}

/// The operation of undescribed requests: any 2xx is a success, and the body is bytes.
struct Undescribed;

impl Endpoint for Undescribed {
    const OPERATION: &'static Operation = &Operation::new("request", "GET", "");
    type Body = Bytes;
    type Headers = ();
    type Error = Infallible;
    const READ: Reads<Bytes> = &[(200..=299, |reply| Ok(Bytes::from(reply.body.clone())))];
}

impl Documented for Infallible {
    fn decode(_: &Reply) -> Decoded<Self> {
        None
    }
}

/// Checks that `path` stays below the path of the server.
fn checked_path(path: String) -> Result<String, RequestError> {
    let dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte));
    if plain && path.starts_with('/') && !path.starts_with("//") && !path.split('/').any(dots) {
        Ok(path)
    } else {
        Err(RequestError::Path(path))
    }
}
