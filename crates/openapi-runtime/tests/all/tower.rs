//! Services and layers of tower.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::{HeaderMap, HeaderValue, Method, Request, Response};
use openapi_runtime::retry::NoRetry;
use openapi_runtime::{Body, BoxError, ErrorKind, HttpError, TowerClient, UndescribedRequest};
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower::{ServiceExt, service_fn};

use super::clock;
use super::hooks::by;
use super::server::{Answer, Server};
use super::{GET, OPEN, POST, bare, builder, call, seconds};

/// A body of two frames and trailers, in a kind of buffer of its own.
struct Two(u8);

impl http_body::Body for Two {
    type Data = std::io::Cursor<[u8; 2]>;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        self.0 += 1;
        Poll::Ready(match self.0 {
            1 => Some(Ok(Frame::data(std::io::Cursor::new(*b"[1")))),
            2 => Some(Ok(Frame::data(std::io::Cursor::new(*b"1]")))),
            3 => Some(Ok(Frame::trailers(HeaderMap::new()))),
            _ => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(4)
    }
}

#[tokio::test]
async fn a_service_is_an_http_client_whatever_its_bodies_are() {
    let service = service_fn(|request: Request<Body>| async move {
        assert_eq!(request.uri(), "https://api.test/items");
        assert_eq!(request.body().as_bytes(), Some(&b"{\"a\":1}"[..]));
        Ok::<_, Infallible>(Response::new(Two(0)))
    });
    // A service that takes another body, and one that is not `Sync`.
    let service = service.map_request(|request: Request<Body>| request.map(|body| body)).boxed_clone();
    let client = bare().http(TowerClient::new(service)).credential("login", openapi_runtime::BearerToken::new("t"));
    let client = client.build().expect("a client");
    let request = UndescribedRequest::new(&client, Method::POST, "/items").json(&serde_json::json!({"a": 1}));
    assert_eq!(request.await.expect("an answer").json::<Vec<u8>>().expect("JSON"), [11]);
}

#[tokio::test]
async fn errors_of_a_service_say_what_may_have_happened() {
    /// Never ready.
    #[derive(Clone)]
    struct Closed;

    impl tower::Service<Request<Body>> for Closed {
        type Response = Response<Body>;
        type Error = BoxError;
        type Future = std::future::Pending<Result<Response<Body>, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Err("closed".into()))
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            std::future::pending()
        }
    }

    fn failing(error: fn() -> BoxError) -> impl openapi_runtime::HttpClient {
        TowerClient::new(service_fn(move |_: Request<Body>| async move { Err::<Response<String>, _>(error()) }))
    }

    let one = |client: openapi_runtime::ClientBuilder<super::Client>| async move {
        call(&client.retry_policy(NoRetry).build().expect("a client"), OPEN).await.expect_err("it fails")
    };
    let error = one(bare().http(failing(|| "reset".into()))).await;
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Lost(_))), "{error}");
    let error = one(bare().http(failing(|| HttpError::Connect("refused".into()).into()))).await;
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
    let error = one(bare().http(TowerClient::new(Closed))).await;
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn layers_are_put_around_each_request_below_the_hooks() {
    use super::hooks::Hand;
    use super::scripted::{Play, Scripted};

    let add = |name: &'static str| {
        MapRequestLayer::new(move |mut request: Request<Body>| {
            // What is there already: those outside of it.
            let before = request.headers().keys().filter(|name| name.as_str().starts_with("x-at-")).count();
            request.headers_mut().insert(name, HeaderValue::from(before));
            request
        })
    };
    let hook = by(|mut outbound, next| {
        outbound.request.headers_mut().insert("x-at-hook", HeaderValue::from_static("0"));
        next.run(outbound)
    });
    let script = vec![Play::of("503 Unavailable", "Retry-After: 0\r\n", 0, b""), Play::of("200 OK", "", 4, b"text")];
    let server = Scripted::start(script).await;
    let responses = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&responses);
    let count = MapResponseLayer::new(move |response: Response<Body>| {
        counted.fetch_add(1, Ordering::SeqCst);
        // Another type of body than the client's own.
        response.map(Foreign)
    });
    let client = server.client().clock(Hand::new()).attempt_timeout(seconds(3600));
    let client =
        client.layer(add("x-at-one")).layer(count).layer(add("x-at-two")).hook(hook).build().expect("a client");
    assert_eq!(call(&client, OPEN).await.expect("the second attempt").attempts(), 2);
    assert_eq!(responses.load(Ordering::SeqCst), 2);
    for request in server.requests() {
        for header in ["x-at-hook: 0\r\n", "x-at-one: 1\r\n", "x-at-two: 2\r\n"] {
            assert!(request.contains(header), "{request}");
        }
    }
}

/// A body that is no longer known as ours.
struct Foreign(Body);

impl http_body::Body for Foreign {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }
}

#[test]
fn a_layer_limits_what_is_under_way_and_sees_requests_for_tokens() {
    clock::run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200).after(seconds(1)));
        let seen = MapRequestLayer::new(|mut request: Request<Body>| {
            request.headers_mut().insert("x-layer", HeaderValue::from_static("yes"));
            request
        });
        let client = builder(&server, &clock).layer(tower::limit::GlobalConcurrencyLimitLayer::new(1)).layer(seen);
        let client = client.build().expect("a client");
        let before = clock.elapsed();
        let calls = [GET, POST, GET].map(|operation| {
            let client = client.clone();
            tokio::spawn(async move { call(&client, operation).await })
        });
        for call in calls {
            call.await.expect("no panic").expect("a 200");
        }
        assert_eq!(clock.elapsed() - before, seconds(3), "one after the other");
        assert!(server.seen().iter().all(|seen| seen.header("x-layer") == "yes"));
        assert_eq!(server.tokens().len(), 1);
    });
}
