//! The builder that every operation shares.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{COOKIE, HeaderName, HeaderValue};
use serde::Serialize;

/// What is fixed about an operation: its row of the operation table, and the types of what it gives back.
pub trait Endpoint {
    /// Its row of the operation table.
    const OPERATION: &'static Operation;
    /// What a success holds.
    type Body: 'static;
    /// The documented headers of a success.
    type Headers: FromHeaders;
    /// The documented errors.
    type Error: Documented;

    /// What reads the body of a success, by its status.
    const READ: Reads<Self::Body> = &[];

    /// Reads a success; `None` where the status is no documented success.
    ///
    /// # Errors
    ///
    /// When the body is not what the definition says.
    fn success(reply: &Reply) -> Decoded<Self::Body> {
        let status = reply.status.as_u16();
        Self::READ.iter().find(|(statuses, _)| statuses.contains(&status)).map(|(_, read)| read(reply))
    }
}

/// What reads a body of a reply, by its status: the first that fits.
pub type Reads<T> = &'static [(RangeInclusive<u16>, fn(&Reply) -> Result<T, DecodeError>)];

/// An enum of documented errors.
pub trait Documented: Sized {
    /// Reads a documented error; `None` where the status is not documented.
    ///
    /// # Errors
    ///
    /// When the body is not what the definition says.
    fn decode(reply: &Reply) -> Decoded<Self>;
}

/// What a call of the operation `O` comes to.
type Outcome<O> = Result<Response<<O as Endpoint>::Body, <O as Endpoint>::Headers>, Error<<O as Endpoint>::Error>>;

/// A call of the operation `O`: its optional parameters are set by methods, then [`send`](Call::send) sends it.
#[must_use = "a call does nothing until it is sent"]
pub struct Call<O> {
    transport: Arc<dyn Transport>,
    request: Result<Request, BoxError>,
    endpoint: PhantomData<fn() -> O>,
}

impl<O: Endpoint> Call<O> {
    // What only generated code calls begins with two underscores: no parameter's setter can have such a name.
    pub(crate) fn __new(transport: &Arc<dyn Transport>) -> Self {
        Self { transport: Arc::clone(transport), request: Ok(Request::new(O::OPERATION)), endpoint: PhantomData }
    }

    /// Applies `change` to the request; the first error is kept and shown by `send`.
    fn __change(mut self, change: impl FnOnce(&mut Request) -> Result<(), BoxError>) -> Self {
        if let Ok(request) = &mut self.request
            && let Err(error) = change(request)
        {
            self.request = Err(error);
        }
        self
    }

    /// Fills in a path parameter.
    pub(crate) fn __path(self, name: &'static str, value: impl Serialize, style: impl TextStyle) -> Self {
        self.__change(|request| {
            let value = style.text(&serde_json::to_value(value)?);
            if matches!(value.as_str(), "" | "." | "..") {
                return Err(format!("path parameter `{name}` must not be `{value}`").into());
            }
            request.path = request.path.replacen(&format!("{{{name}}}"), &encoded(&value), 1);
            Ok(())
        })
    }

    /// Adds a query parameter.
    pub(crate) fn __query(self, name: &'static str, value: impl Serialize, style: impl PairStyle) -> Self {
        self.__change(|request| {
            style.add(&mut request.query, name, &serde_json::to_value(value)?);
            Ok(())
        })
    }

    /// Adds a header parameter.
    pub(crate) fn __header(self, name: &'static str, value: impl Serialize, style: impl TextStyle) -> Self {
        self.__change(|request| {
            let value = style.text(&serde_json::to_value(value)?);
            let value = HeaderValue::from_str(&value).map_err(|_| format!("header `{name}` cannot hold its value"))?;
            request.headers.insert(HeaderName::try_from(name)?, value);
            Ok(())
        })
    }

    /// Adds a cookie ([RFC 6265, 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)).
    pub(crate) fn __cookie(self, name: &'static str, value: impl Serialize, style: impl PairStyle) -> Self {
        self.__change(|request| {
            let mut pairs = String::new();
            style.add(&mut pairs, name, &serde_json::to_value(value)?);
            let pairs = pairs.replace('&', "; ");
            let all = match request.headers.get(COOKIE).and_then(|value| value.to_str().ok()) {
                Some(before) => format!("{before}; {pairs}"),
                None => pairs,
            };
            if !all.is_empty() {
                let mut value = HeaderValue::from_str(&all)?;
                value.set_sensitive(true);
                request.headers.insert(COOKIE, value);
            }
            Ok(())
        })
    }

    /// Sets a JSON body.
    #[allow(dead_code)] // tests of a wrapper send one, whatever the definition
    pub(crate) fn __json(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        self.__change(|request| request.set_body(content_type.into(), serde_json::to_vec(body)?))
    }

    /// Sets a body of form fields, its members encoded as query parameters are
    /// ([URL Standard, 5](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)).
    pub(crate) fn __form(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        self.__change(|request| {
            let mut text = String::new();
            if let serde_json::Value::Object(members) = serde_json::to_value(body)? {
                members.iter().for_each(|(name, value)| PairStyle::add(Style::FormExploded, &mut text, name, value));
            }
            request.set_body(content_type.into(), text.into_bytes())
        })
    }

    /// Sets a body of parts, one for each member ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)).
    pub(crate) fn __multipart(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        self.__change(|request| {
            let (boundary, bytes) = multipart_body(&serde_json::to_value(body)?);
            let content_type = format!("{}; boundary={boundary}", content_type.into());
            request.set_body(content_type.into(), bytes)
        })
    }

    /// Sets a body of text.
    pub(crate) fn __text(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<String>) -> Self {
        self.__bytes(content_type, body.into())
    }

    /// Sets a body of bytes.
    pub(crate) fn __bytes(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<Vec<u8>>) -> Self {
        self.__change(|request| request.set_body(content_type.into(), body.into()))
    }

    /// Sends the request, and reads the answer as the definition says.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`].
    pub async fn send(self) -> Result<Response<O::Body, O::Headers>, Error<O::Error>> {
        let sent = match self.request {
            Ok(request) => self.transport.send(request).await,
            Err(error) => Err(Failure::new(FailureKind::Request(error), 0, Duration::ZERO)),
        };
        Self::answer(sent)
    }

    /// What came of sending, as the definition says.
    fn answer(sent: Result<Reply, Failure>) -> Outcome<O> {
        let reply = sent.map_err(|failure| Error::from_failure(O::OPERATION, failure))?;
        let failed = match O::success(&reply) {
            Some(Ok(body)) => return Ok(Response::new(body, reply)),
            Some(Err(error)) => ErrorKind::Undecodable(error),
            None => match O::Error::decode(&reply) {
                Some(Ok(error)) => ErrorKind::Documented(error),
                Some(Err(error)) => ErrorKind::Undecodable(error),
                None => ErrorKind::Undocumented,
            },
        };
        Err(Error::from_reply(O::OPERATION, failed, reply))
    }
}

/// Shows the operation; never what the request holds.
impl<O: Endpoint> std::fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Call").field(&O::OPERATION.id).finish()
    }
}
