//! The request that every operation shares, and the future of its answer.

use std::borrow::Cow;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_ENCODING, COOKIE, HeaderName, HeaderValue};
use serde::Serialize;

use super::multipart::{self, Field};
use super::parameter::{PairStyle, Style, TextStyle, percent_encoded};
use super::theirs::ReadAs;
use super::tree::Tree;
use crate::body::Body;
use crate::boxed::BoxFuture;
use crate::error::{Error, ErrorKind};
use crate::file_part::{Files, with_files};
use crate::operation::{Endpoint, Operation};
use crate::options::CallOptions;
use crate::request::{Request, RequestError};
use crate::response::{Documented, Reply, Response};
#[cfg(feature = "events")]
use crate::streaming::EventStream;
use crate::streaming::{ByteStream, ItemStream, Opening, Saving, Separator, open};
use crate::transport::{Failure, Transport};

/// A request of an operation under construction.
#[must_use = "a request does nothing until it is sent"]
pub struct Call {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) operation: &'static Operation,
    pub(crate) request: Result<Request, RequestError>,
}

impl Call {
    /// Creates a request of the operation `O`, to be sent by `transport`.
    pub fn new<O: Endpoint>(transport: &Arc<dyn Transport>) -> Self {
        Self { transport: Arc::clone(transport), operation: O::OPERATION, request: Request::new(O::OPERATION) }
    }

    /// Applies `change` to the request; the first error is kept and shown by `send`.
    pub(crate) fn change(mut self, change: impl FnOnce(&mut Request) -> Result<(), RequestError>) -> Self {
        if let Ok(request) = &mut self.request
            && let Err(error) = change(request)
        {
            self.request = Err(error);
        }
        self
    }

    /// Fills in a path parameter, wherever the template has it.
    pub fn path(self, name: &'static str, value: impl Serialize, style: Style) -> Self {
        let value = Tree::of(&value);
        self.change(|request| request.path_parameter(name.into(), &value?, style))
    }

    /// Fills in a path parameter of several segments: its slashes stay.
    pub fn path_segments(self, name: &'static str, value: impl Serialize, style: Style) -> Self {
        let value = Tree::of(&value);
        self.change(|request| request.path_segments(name.into(), &value?, style))
    }

    /// Adds a query parameter.
    pub fn query(self, name: &'static str, value: impl Serialize, style: Style) -> Self {
        let value = Tree::of(&value);
        self.change(|request| {
            style.add(&mut request.query, name, &value?);
            Ok(())
        })
    }

    /// Adds a header parameter.
    pub fn header(self, name: &'static str, value: impl Serialize, style: Style) -> Self {
        let value = Tree::of(&value);
        self.change(|request| request.header_parameter(name.into(), &value?, style))
    }

    /// Asks for other media types than the operation does.
    pub fn accept(self, media_types: &str) -> Self {
        self.change(|request| {
            let value = HeaderValue::from_str(media_types);
            request.headers.insert(ACCEPT, value.map_err(|_| RequestError::Header("accept".into()))?);
            Ok(())
        })
    }

    /// Adds a cookie ([RFC 6265, 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)).
    pub fn cookie(self, name: &'static str, value: impl Serialize, style: Style) -> Self {
        let value = Tree::of(&value);
        self.change(|request| request.cookie_parameter(name, &value?, style))
    }

    /// Sets a JSON body.
    pub fn json(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body);
        self.change(|request| request.set_body(content_type.into(), body?.into()))
    }

    /// Sets a body of form fields, its members encoded as query parameters are
    /// ([URL Standard, 5](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)).
    pub fn form(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        self.form_of(content_type, body, &[])
    }

    /// As [`form`](Self::form), where some fields have styles of their own.
    pub fn form_of(
        self,
        content_type: impl Into<Cow<'static, str>>,
        body: &impl Serialize,
        styles: &[(&str, Style)],
    ) -> Self {
        let body = Tree::of(body);
        self.change(|request| request.form(content_type.into(), &body?, styles))
    }

    /// Sets a body of parts, one for each member ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)).
    pub fn multipart(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        self.multipart_of(content_type, body, &[])
    }

    /// As [`multipart`](Self::multipart), where the definition says more of some fields.
    pub fn multipart_of(
        self,
        content_type: impl Into<Cow<'static, str>>,
        body: &impl Serialize,
        fields: &[Field],
    ) -> Self {
        let (body, files) = with_files(|| Tree::of(body));
        self.change(|request| request.multipart(&content_type.into(), &body?, &files, fields))
    }

    /// Sets a body of text.
    pub fn text(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<String>) -> Self {
        self.bytes(content_type, body.into())
    }

    /// Sets a body of text that a type of the user's own is written as: a text without quotes, anything else as JSON.
    pub fn text_of(self, content_type: impl Into<Cow<'static, str>>, body: &impl Serialize) -> Self {
        let body = Tree::of(body);
        self.change(|request| request.set_body(content_type.into(), body?.text().into()))
    }

    /// Sets a body of bytes, or of what they come from.
    pub fn bytes(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<Body>) -> Self {
        self.change(|request| request.set_body(content_type.into(), body.into()))
    }

    /// Sets a body of bytes that are sent in base64.
    pub fn base64(self, content_type: impl Into<Cow<'static, str>>, body: impl Into<Body>) -> Self {
        self.bytes(content_type, body.into().in_base64())
    }

    /// Sends with settings that differ from the client's.
    pub fn with(self, options: CallOptions) -> Self {
        let options = Arc::new(options);
        self.change(|request| {
            // Those of an earlier `with` stand below these.
            let before = request.options.replace(options);
            before.iter().for_each(|before| request.add_options(before));
            Ok(())
        })
    }

    /// Sends the request, and reads the answer as the definition says.
    pub fn send<O: Endpoint>(self) -> Sending<O::Body, O::Headers, O::Error> {
        let this = self.change(Request::add_idempotency_key);
        Sending {
            operation: this.operation,
            idempotent: this.is_idempotent(),
            carried: Box::pin(carry(this.transport, this.request)),
            read: answer::<O>,
        }
    }

    /// Whether sending the request twice has the effect of sending it once.
    pub(crate) fn is_idempotent(&self) -> bool {
        let of_call = |request: &Request| request.options.as_ref()?.idempotent;
        match &self.request {
            Ok(request) => of_call(request).unwrap_or(request.idempotent),
            Err(_) => self.operation.idempotent,
        }
    }

    /// Sends the request, and gives a success as soon as its head has come.
    pub fn send_streaming<O: Endpoint>(self) -> Opening<ByteStream, O::Headers, O::Error> {
        let this = self.change(Request::add_idempotency_key);
        let (operation, idempotent) = (this.operation, this.is_idempotent());
        let opened = open(this.transport, this.request, (operation, idempotent), is_success::<O>);
        Opening::new((operation, idempotent), Box::pin(opened), refused::<O>)
    }

    /// Sends the request, and gives the lines of a success one by one.
    pub fn send_lines<O: Endpoint, A: ReadAs<T> + 'static, T: 'static>(
        self,
        media_type: &str,
        ends: &'static [&'static str],
    ) -> Opening<ItemStream<T>, O::Headers, O::Error> {
        self.accept(media_type).send_streaming::<O>().items::<A, T>(Separator::Line, ends)
    }

    /// Sends the request, and gives the records of a success one by one
    /// ([RFC 7464](https://www.rfc-editor.org/rfc/rfc7464)).
    pub fn send_records<O: Endpoint, A: ReadAs<T> + 'static, T: 'static>(
        self,
        media_type: &str,
        ends: &'static [&'static str],
    ) -> Opening<ItemStream<T>, O::Headers, O::Error> {
        self.accept(media_type).send_streaming::<O>().items::<A, T>(Separator::Record, ends)
    }

    /// Sends the request, and gives the events of a success one by one, whose data is JSON.
    #[cfg(feature = "events")]
    pub fn send_events<O: Endpoint, A: ReadAs<T> + 'static, T: 'static>(
        self,
        media_type: &str,
        ends: &'static [&'static str],
    ) -> Opening<EventStream<T>, O::Headers, O::Error> {
        self.accept(media_type).send_streaming::<O>().events::<A, T>(ends)
    }

    /// Sends the request, and gives the events of a success one by one, whose data is text.
    #[cfg(feature = "events")]
    pub fn send_texts<O: Endpoint, A: ReadAs<T> + 'static, T: 'static>(
        self,
        media_type: &str,
        ends: &'static [&'static str],
    ) -> Opening<EventStream<T>, O::Headers, O::Error> {
        self.accept(media_type).send_streaming::<O>().texts::<A, T>(ends)
    }

    /// Sends the request, and saves the body of a success to the file at `path`.
    pub fn save_to<O: Endpoint>(self, path: PathBuf) -> Saving<O::Headers, O::Error> {
        let identity = HeaderValue::from_static("identity");
        let this = self.change(|request| {
            request.headers.insert(ACCEPT_ENCODING, identity);
            Ok(())
        });
        Saving::new(this.send_streaming::<O>(), path)
    }
}

/// What all operations have in common, whatever the types of their values.
impl Request {
    pub(crate) fn path_parameter(
        &mut self,
        name: Cow<'static, str>,
        value: &Tree,
        style: Style,
    ) -> Result<(), RequestError> {
        let segment = style.segment(&name, value);
        // The dot is never encoded.
        if matches!(segment.as_str(), "" | "." | "..") {
            return Err(RequestError::PathParameter { name, value: segment });
        }
        self.fill(&name, &segment);
        Ok(())
    }

    pub(crate) fn path_segments(
        &mut self,
        name: Cow<'static, str>,
        value: &Tree,
        style: Style,
    ) -> Result<(), RequestError> {
        let value = style.text(value);
        // A server may take a backslash for a slash.
        let mut steps = value.split(['/', '\\']).filter(|segment| matches!(*segment, "." | ".."));
        let wrong = if value.is_empty() { Some("") } else { steps.next() };
        if let Some(wrong) = wrong {
            return Err(RequestError::PathParameter { name, value: wrong.to_owned() });
        }
        let segments: Vec<String> = value.split('/').map(percent_encoded).collect();
        self.fill(&name, &segments.join("/"));
        Ok(())
    }

    pub(crate) fn header_parameter(
        &mut self,
        name: Cow<'static, str>,
        value: &Tree,
        style: Style,
    ) -> Result<(), RequestError> {
        let header = HeaderName::try_from(&*name);
        match (header, HeaderValue::from_str(&style.text(value))) {
            (Ok(header), Ok(value)) => self.headers.insert(header, value),
            _ => return Err(RequestError::Header(name)),
        };
        Ok(())
    }

    pub(crate) fn cookie_parameter(&mut self, name: &str, value: &Tree, style: Style) -> Result<(), RequestError> {
        let mut pairs = String::new();
        style.add(&mut pairs, name, value);
        let pairs = pairs.replace('&', "; ");
        let all = match self.headers.get(COOKIE).and_then(|value| value.to_str().ok()) {
            Some(before) => format!("{before}; {pairs}"),
            None => pairs,
        };
        if !all.is_empty() {
            let mut value = HeaderValue::from_str(&all).map_err(|_| RequestError::Header("cookie".into()))?;
            value.set_sensitive(true);
            self.headers.insert(COOKIE, value);
        }
        Ok(())
    }

    pub(crate) fn form(
        &mut self,
        content_type: Cow<'static, str>,
        body: &Tree,
        styles: &[(&str, Style)],
    ) -> Result<(), RequestError> {
        let mut text = String::new();
        if let Tree::Object(members) = body {
            for (name, value) in members {
                style_of(styles, name).unwrap_or(Style::Field).add(&mut text, name, value);
            }
        }
        self.set_body(content_type, text.into())
    }

    pub(crate) fn multipart(
        &mut self,
        content_type: &str,
        body: &Tree,
        files: &Files,
        fields: &[Field],
    ) -> Result<(), RequestError> {
        let (boundary, body) = multipart::body(body, files, fields)?;
        self.set_body(format!("{content_type}; boundary={boundary}").into(), body)
    }
}

fn style_of(styles: &[(&str, Style)], name: &str) -> Option<Style> {
    styles.iter().find(|(of, _)| *of == name).map(|(_, style)| *style)
}

/// Sends the request, if there is one.
pub(crate) async fn carry(
    transport: Arc<dyn Transport>,
    request: Result<Request, RequestError>,
) -> Result<Reply, Failure> {
    match request {
        Ok(request) => transport.send(request).await,
        Err(error) => Err(Failure::new(error.into(), 0, Duration::ZERO)),
    }
}

/// Shows the operation; never what the request holds.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Request").field(&self.operation.id).finish()
    }
}

/// The future of a response: the body `T` and the headers `H`, or the documented errors `E`.
///
/// Dropping it cancels the call.
#[must_use = "a request does nothing until it is awaited"]
pub struct Sending<T, H, E> {
    operation: &'static Operation,
    /// Whether sending the request twice has the effect of sending it once.
    idempotent: bool,
    carried: BoxFuture<'static, Result<Reply, Failure>>,
    read: Read<T, H, E>,
}

/// Reads the outcome of a request; the second argument is whether the request is idempotent.
type Read<T, H, E> = fn(&'static Operation, bool, Result<Reply, Failure>) -> Answered<T, H, E>;

/// The outcome of a request.
pub(crate) type Answered<T, H, E> = Result<Response<T, H>, Error<E>>;

impl<T, H, E> Future for Sending<T, H, E> {
    type Output = Result<Response<T, H>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.carried.as_mut().poll(context).map(|carried| (self.read)(self.operation, self.idempotent, carried))
    }
}

impl<T, H, E> Sending<T, H, E> {
    /// Has the exchange carried out by `run`, and reads the answer on this thread.
    #[cfg(feature = "blocking")]
    pub(crate) fn wait(
        self,
        run: impl FnOnce(BoxFuture<'static, Result<Reply, Failure>>) -> Result<Reply, Failure>,
    ) -> Answered<T, H, E> {
        (self.read)(self.operation, self.idempotent, run(self.carried))
    }
}

impl<T, H, E> std::fmt::Debug for Sending<T, H, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sending").field(&self.operation.id).finish()
    }
}

/// Reads the outcome of a request of the operation `O`.
pub(crate) fn answer<O: Endpoint>(
    operation: &'static Operation,
    idempotent: bool,
    sent: Result<Reply, Failure>,
) -> Answered<O::Body, O::Headers, O::Error> {
    let reply = sent.map_err(|failure| Error::from_failure(operation, idempotent, failure))?;
    let status = reply.status.as_u16();
    let success = O::READ.iter().find(|(statuses, _)| statuses.contains(&status)).map(|(_, read)| read(&reply));
    match success {
        Some(Ok(body)) => Ok(Response::new(body, reply)),
        Some(Err(error)) => Err(Error::from_reply(operation, idempotent, ErrorKind::Undecodable(error), reply)),
        None => Err(refused::<O>(operation, idempotent, reply)),
    }
}

/// The error of the operation `O` for `reply`, which is no success.
fn refused<O: Endpoint>(operation: &'static Operation, idempotent: bool, reply: Reply) -> Error<O::Error> {
    let failed = match O::Error::decode(&reply) {
        Some(Ok(error)) => ErrorKind::Documented(error),
        Some(Err(error)) => ErrorKind::Undecodable(error),
        None => ErrorKind::Undocumented,
    };
    Error::from_reply(operation, idempotent, failed, reply)
}

/// Whether the operation `O` documents `status` as a success.
fn is_success<O: Endpoint>(status: StatusCode) -> bool {
    O::READ.iter().any(|(statuses, _)| statuses.contains(&status.as_u16()))
}
