//! What a test double needs to know of a client (feature `stub`). `openapi_sandbox::Stub` is such a double; only who writes another
//! one needs this module.

use std::any::Any;
use std::future::poll_fn;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::boxed::BoxError;
use crate::codegen::{FromHeaders, Tree};
use crate::http::{HeaderMap, HeaderName, HeaderValue};
use crate::operation::{Endpoint, Operation};
use crate::outgoing;
use crate::request::{Request, RequestError};

/// An operation that documents a body of type `B`, in a success or in an error. Generated code implements it; a response without a
/// body has the body `()`.
///
/// ```
/// use openapi_runtime::stub::Answers;
///
/// fn statuses<O: Answers<B>, B>() -> Vec<&'static str> {
///     O::DOCUMENTED.iter().map(|documented| documented.status).collect()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{B}` is not a documented body of the operation `{Self}`",
    label = "the operation documents no status with a body of this type",
    note = "a status without a body has `()`; for a response that is not documented there is `raw`"
)]
pub trait Answers<B>: Endpoint {
    /// The statuses with that body, and how it is written.
    const DOCUMENTED: &'static [Documented];
}

/// How a body is documented for a status.
///
/// ```
/// use openapi_runtime::stub::{Documented, Form};
///
/// let documented = Documented { status: "4XX", media_type: "application/problem+json", form: Form::Json };
/// assert_eq!(documented.status, "4XX");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documented {
    /// The status as the definition writes it: `201`, `4XX`, `default`.
    pub status: &'static str,
    /// The media type; empty without a body.
    pub media_type: &'static str,
    /// How the body is written.
    pub form: Form,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As JSON.
    Json,
    /// As text.
    Text,
    /// As bytes.
    Bytes,
    /// Not at all.
    Nothing,
}

/// A value that a test double can send as a response.
#[diagnostic::on_unimplemented(
    message = "a client that was generated for one direction only cannot write `{Self}`",
    label = "this type can only be read",
    note = "generate every type for both directions: `.both_ways(true)` of `openapi_build::Config` in `build.rs`, or \
            `both_ways = true` in `spec.toml`"
)]
pub trait Writable: 'static {
    /// The value as the bytes of a body.
    ///
    /// # Errors
    ///
    /// When JSON cannot hold the value.
    fn write(&self, form: Form) -> Result<Vec<u8>, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + 'static> Writable for T {
    fn write(&self, form: Form) -> Result<Vec<u8>, BoxError> {
        let any: &dyn Any = self;
        match form {
            Form::Nothing => Ok(Vec::new()),
            Form::Json => Ok(serde_json::to_vec(self)?),
            Form::Text | Form::Bytes => match (any.downcast_ref::<String>(), any.downcast_ref::<Vec<u8>>()) {
                (Some(text), _) => Ok(text.clone().into_bytes()),
                (_, Some(bytes)) => Ok(bytes.clone()),
                // A type of the user's own, as a request with it is written.
                _ if form == Form::Text => Ok(Tree::of(self)?.text().into_bytes()),
                _ => Ok(serde_json::to_vec(self)?),
            },
        }
    }
}

/// A value that a test can read from a request.
#[diagnostic::on_unimplemented(
    message = "a client that was generated for one direction only cannot read `{Self}`",
    label = "this type can only be written",
    note = "generate every type for both directions: `.both_ways(true)` of `openapi_build::Config` in `build.rs`, or \
            `both_ways = true` in `spec.toml`"
)]
pub trait Readable: Sized {
    /// Reads the value from JSON.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or not such a value.
    fn read(json: &[u8]) -> Result<Self, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Readable for T {
    fn read(json: &[u8]) -> Result<Self, BoxError> {
        Ok(serde_json::from_slice(json)?)
    }
}

/// The documented status that counts for the code `code` of a response to `operation`: the code itself, else its range, else
/// `default`, which is no success beside documented ones.
///
/// ```
/// use openapi_runtime::Operation;
/// use openapi_runtime::stub::documented_status;
///
/// static PING: Operation =
///     Operation { statuses: &["200", "4XX", "404", "default"], ..Operation::new("ping", "GET", "/ping") };
/// assert_eq!(documented_status(&PING, 404), Some("404"));
/// assert_eq!(documented_status(&PING, 400), Some("4XX"));
/// assert_eq!(documented_status(&PING, 500), Some("default"));
/// assert_eq!(documented_status(&PING, 201), None);
/// ```
pub fn documented_status(operation: &Operation, code: u16) -> Option<&'static str> {
    let exact = code.to_string();
    let range = format!("{}XX", code / 100);
    let find = |text: &str| operation.statuses.iter().copied().find(|status| status.eq_ignore_ascii_case(text));
    let fallback = || {
        let beside_successes = operation.statuses.iter().any(|status| status.starts_with('2'));
        find("default").filter(|_| code / 100 != 2 || !beside_successes)
    };
    find(&exact).or_else(|| find(&range)).or_else(fallback)
}

/// Typed headers, from their names and values: those of a variant of an error, for instance, which a test compares with another.
///
/// # Panics
///
/// When HTTP has no such name or value.
///
/// ```
/// let () = openapi_runtime::stub::typed_headers([("Retry-After", "7")]);
/// ```
pub fn typed_headers<H: TypedHeaders>(headers: impl IntoIterator<Item = (&'static str, &'static str)>) -> H {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let (Ok(header), Ok(text)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            panic!("no header of HTTP: `{name}: {value}`");
        };
        map.append(header, text);
    }
    H::from_map(&map)
}

/// The headers of a documented response, as [`typed_headers`] makes them.
pub trait TypedHeaders: Sized {
    /// Reads them.
    fn from_map(headers: &HeaderMap) -> Self;
}

impl<H: FromHeaders> TypedHeaders for H {
    fn from_map(headers: &HeaderMap) -> Self {
        H::from_headers(headers)
    }
}

/// The operation that a client has made `request` for, which is among its extensions, so that a test double that is an
/// [`HttpClient`](crate::HttpClient) need not guess it by the path. `None` for a request that no
/// operation made: one for a token, and an [`UndescribedRequest`](crate::UndescribedRequest).
///
/// ```
/// use openapi_runtime::http::Request;
/// use openapi_runtime::stub::operation_of;
///
/// assert!(operation_of(Request::new(()).extensions()).is_none());
/// ```
pub fn operation_of(extensions: &http::Extensions) -> Option<&'static Operation> {
    extensions.get::<Named>().map(|named| named.0).filter(|operation| !operation.path.is_empty())
}

/// The operation of a request, among its extensions.
#[derive(Clone, Copy)]
struct Named(&'static Operation);

/// Says that `request` is one of `operation`.
pub(crate) fn name_operation<B>(request: &mut http::Request<B>, operation: &'static Operation) {
    request.extensions_mut().insert(Named(operation));
}

/// Makes `request` what is sent for it: with the options of its call, and its body in memory.
///
/// # Errors
///
/// When an option cannot be followed, or the body cannot be read.
pub async fn finished(mut request: Request) -> Result<Request, RequestError> {
    if let Some(options) = request.options.take() {
        options.apply(&mut request, &[])?;
    }
    request.body = match std::mem::take(&mut request.body) {
        body if body.is_in_memory() => body,
        body => {
            let (body, broken) = outgoing::open(body, None).await?;
            let read = collected(body).await;
            read.map_err(|error| broken.take().map_or(RequestError::Other(error), RequestError::Body))?.into()
        }
    };
    Ok(request)
}

/// All bytes of `body`.
///
/// # Errors
///
/// When the body cannot be read.
pub async fn collected(mut body: Body) -> Result<Bytes, BoxError> {
    let mut all = Vec::new();
    while let Some(chunk) = poll_fn(|context| body.poll_chunk(context)).await {
        all.extend_from_slice(&chunk?);
    }
    Ok(all.into())
}
