//! Services of tower as [`HttpClient`]s, and layers of tower around each request (feature `tower`).

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, Bytes};
use futures_core::Stream;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::Body;
use crate::boxed::{BoxError, BoxFuture};
use crate::http_client::{HttpClient, HttpError};

/// Sends by a tower service: hyper's client, a router in memory, or a stack of layers.
///
/// Each request has a clone of the service, which is called when it is ready. The service must follow no redirect, because a
/// token must not go to another host. One that takes another type of body is adapted by `map_request`, and one that cannot
/// be cloned by `Buffer`, both of tower.
///
/// An error that is an [`HttpError`] stays what it is. Any other counts as a connection that was never made if the service never
/// became ready, and else as one that was lost, after which only idempotent operations are retried. `map_err` of tower
/// says more:
///
/// ```
/// use openapi_runtime::http::{Request, Response};
/// use openapi_runtime::{Api, Body, BoxError, BuildError, HttpError, TowerClient};
/// use tower::{ServiceExt, service_fn};
///
/// async fn answer(request: Request<Body>) -> Result<Response<String>, BoxError> {
///     Ok(Response::new(format!("you asked for {}", request.uri().path())))
/// }
///
/// fn client<A: Api>() -> Result<A, BuildError> {
///     let service = service_fn(answer).map_err(|error| match error.downcast::<std::io::Error>() {
///         Ok(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => HttpError::Connect(error),
///         Ok(error) => HttpError::Lost(error),
///         Err(error) => HttpError::Lost(error),
///     });
///     A::builder().http(TowerClient::new(service)).build()
/// }
/// ```
pub struct TowerClient<S> {
    /// The lock makes it `Sync`, which many services are not; it is held while the service is cloned.
    service: Mutex<S>,
}

impl<S> TowerClient<S> {
    /// Sends by clones of `service`.
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service) }
    }
}

impl<S: Clone> TowerClient<S> {
    fn service(&self) -> S {
        self.service.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S: Clone> Clone for TowerClient<S> {
    fn clone(&self) -> Self {
        Self::new(self.service())
    }
}

impl<S> fmt::Debug for TowerClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerClient").finish_non_exhaustive()
    }
}

impl<S, B> HttpClient for TowerClient<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let mut service = self.service();
        Box::pin(async move {
            let readiness = poll_fn(|context| service.poll_ready(context)).await;
            readiness.map_err(|error| http_error(error.into(), HttpError::Connect))?;
            match service.call(request).await {
                Ok(response) => Ok(response.map(read)),
                Err(error) => Err(http_error(error.into(), HttpError::Lost)),
            }
        })
    }
}

/// `error` itself, or what `other` makes of an error of another type.
fn http_error(error: BoxError, other: fn(BoxError) -> HttpError) -> HttpError {
    error.downcast::<HttpError>().map_or_else(other, |error| *error)
}

/// The body of a response, of any type. Trailers are dropped.
fn read<B>(body: B) -> Body
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut body = Some(body);
    // What passes through a layer unchanged needs no wrapper.
    if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>() {
        return own.take().unwrap_or_default();
    }
    let length = body.as_ref().and_then(|body| body.size_hint().exact());
    Body::from_stream(Frames(body.map(Box::pin)), length)
}

/// The data of a body, frame by frame.
struct Frames<B>(Option<Pin<Box<B>>>);

impl<B: http_body::Body> Stream for Frames<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        loop {
            return Poll::Ready(match ready!(body.as_mut().poll_frame(context)) {
                None => None,
                Some(Err(error)) => Some(Err(error)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(mut data) => Some(Ok(data.copy_to_bytes(data.remaining()))),
                    // Trailers.
                    Err(_) => continue,
                },
            });
        }
    }
}

/// What a client sends by, as the service that a layer is put around ([`ClientBuilder::layer`](crate::ClientBuilder::layer)).
#[derive(Clone)]
pub struct HttpService(Arc<dyn HttpClient>);

impl Service<http::Request<Body>> for HttpService {
    type Response = http::Response<Body>;
    type Error = HttpError;
    type Future = BoxFuture<'static, Result<http::Response<Body>, HttpError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HttpError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let http = Arc::clone(&self.0);
        Box::pin(async move { http.execute(request).await })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").finish_non_exhaustive()
    }
}

/// A layer that waits for the client that it is put around.
pub(crate) type Wrap = Box<dyn FnOnce(Arc<dyn HttpClient>) -> Arc<dyn HttpClient> + Send + Sync>;

/// Puts `layer` around a client.
pub(crate) fn wrap<L>(layer: L) -> Wrap
where
    L: Layer<HttpService> + Send + Sync + 'static,
    TowerClient<L::Service>: HttpClient,
{
    Box::new(move |inner| {
        let outer = TowerClient::new(layer.layer(HttpService(Arc::clone(&inner))));
        Arc::new(Layered { outer, inner })
    })
}

/// A layer around a client.
struct Layered<H> {
    outer: H,
    inner: Arc<dyn HttpClient>,
}

impl<H: HttpClient> HttpClient for Layered<H> {
    fn execute(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        self.outer.execute(request)
    }

    fn timed_out(&self, uri: &http::Uri, now: Instant) {
        self.inner.timed_out(uri, now);
    }
}
