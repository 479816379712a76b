//! What carries requests, shared or put in place by the user; and what can go from thread to thread.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openapi_runtime::http::{HeaderMap, Method, StatusCode};
use openapi_runtime::{
    Api, ApiKey, BoxFuture, CallOptions, ClientBuilder, Direct, Error, ErrorKind, Failure, HttpClient, HttpError,
    OperationError, Reply, Request, Response, Sending, Transport, UndescribedRequest,
};

use super::clock::run;
use super::keys::{Keys, call_keys};
use super::server::{Answer, Server};
use super::{Client, GET, NotDocumented, OPEN, POST, bare, builder, call, seconds};

#[test]
fn two_apis_share_one_http_client() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let shared: Arc<dyn HttpClient> = Arc::new(server.clone());
        let keys = Keys::builder().http(Arc::clone(&shared)).clock(clock.clone());
        let keys = keys.credential("header_key", ApiKey::new("key")).build().expect("a client");
        let things = builder(&server, &clock).http(shared).build().expect("a client");
        call_keys(&keys, 0).await.expect("a success");
        call(&things, GET).await.expect("a success");
        let calls = server.calls();
        assert_eq!((calls[0].header("x-api-key"), calls[0].authorization()), ("key", ""));
        assert_eq!((calls[1].header("x-api-key"), calls[1].authorization()), ("", "Bearer t1"));
        let failures: Vec<Box<dyn OperationError + Send>> = vec![
            Box::new(call_keys(&keys, 1).await.expect_err("no credential for it")),
            Box::new(call(&bare().http(server.clone()).build().expect("a client"), GET).await.expect_err("nor here")),
        ];
        assert_eq!(failures.iter().map(|error| error.operation().id).collect::<Vec<_>>(), ["query", "get"]);
    });
}

/// Answers everything with one status, and keeps what it was asked.
struct Double {
    status: StatusCode,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Transport for Double {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        self.asked.lock().expect("no test panics with it").push(request);
        let reply = Reply::new(self.status, HeaderMap::new(), Vec::new()).after(3, Duration::from_secs(2));
        Box::pin(std::future::ready(Ok(reply)))
    }
}

#[test]
fn a_transport_of_the_users_gets_the_request_and_the_options_of_the_call() {
    run(|_| async move {
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let double = Double { status: StatusCode::IM_A_TEAPOT, asked: Arc::clone(&asked) };
        let client = Client::from_transport(Arc::new(double));
        let hasty = client.with(CallOptions::new().timeout(seconds(9)).idempotent(true).header("X-A", "b"));
        let error = call(&hasty.with(CallOptions::new().timeout(seconds(2))), POST).await.expect_err("a 418");
        assert_eq!(error.status(), Some(StatusCode::IM_A_TEAPOT));
        assert_eq!((error.attempts(), error.elapsed()), (3, seconds(2)));
        UndescribedRequest::new(&client, Method::PATCH, "/new").await.expect_err("a 418");
        let asked = asked.lock().expect("no test panics with it");
        let [first, second] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!((first.operation.id, first.path.as_str(), &first.method), ("post", "/things", &Method::POST));
        assert_eq!(first.body.as_bytes(), Some(&b"\"a body\""[..]));
        let options = format!("{:?}", first.options.as_ref().expect("options"));
        assert!(options.contains("timeout: Some(2s)") && options.contains("idempotent: Some(true)"), "{options}");
        assert_eq!((second.path.as_str(), &second.method, second.idempotent), ("/new", &Method::PATCH, false));
        assert!(second.options.is_none());
    });
}

#[test]
fn a_failure_of_a_users_transport_is_the_error_of_the_call() {
    struct Broken;
    impl Transport for Broken {
        fn send(&self, _: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
            let kind = ErrorKind::Transport(HttpError::Connect("unplugged".into()));
            Box::pin(std::future::ready(Err(Failure::new(kind, 1, Duration::from_secs(1)))))
        }
    }
    run(|_| async move {
        let error = call(&Client::from_transport(Arc::new(Broken)), POST).await.expect_err("unplugged");
        assert_eq!(error.to_string(), "post: no answer: no connection: unplugged");
        assert!(error.is_retryable(), "nothing was sent");
    });
}

#[test]
fn a_direct_transport_sends_once_with_the_headers_of_the_call() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::status(503));
        let client = Client::from_transport(Arc::new(Direct::new(server.clone())));
        let error = call(&client.with(CallOptions::new().header("X-A", "b").query("c", "d")), OPEN).await;
        assert_eq!(error.expect_err("a 503").attempts(), 1);
        assert_eq!((server.seen().len(), server.seen()[0].header("x-a")), (1, "b"));
        assert_eq!(server.seen()[0].url.as_str(), "https://api.test/things?c=d");
        for url in ["ftp://a.test", "https://me:hunter2@a.test", "a.test"] {
            let error = Direct::new(server.clone()).server(url).expect_err(url);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    });
}

/// A proxy of the user's, which sends to another host.
#[cfg(all(feature = "reqwest", any(feature = "rustls", not(feature = "rustls-no-provider"))))]
#[tokio::test]
async fn a_client_around_reqwest_can_send_a_request_elsewhere() {
    use openapi_runtime::{Body, ReqwestClient, http};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    struct Elsewhere(ReqwestClient, u16);

    impl HttpClient for Elsewhere {
        fn execute(&self, mut request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
            *request.uri_mut() = format!("http://127.0.0.1:{}/moved", self.1).parse().expect("a URI");
            self.0.execute(request)
        }
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let port = listener.local_addr().expect("an address").port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = vec![0; 4096];
        let read = stream.read(&mut request).await.expect("a request");
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.expect("the client is there");
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let http = ReqwestClient::with(|builder| builder.no_proxy()).expect("a client");
    let client = bare().http(Elsewhere(http, port)).base_url("http://127.0.0.1:1").build().expect("a client");
    call(&client, OPEN).await.expect("it was sent elsewhere");
    assert!(served.await.expect("no panic").starts_with("GET /moved HTTP/1.1\r\n"));
}

#[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
#[test]
fn without_a_provider_of_cryptography_reqwest_is_not_made() {
    use openapi_runtime::{BuildError, ReqwestClient};

    let made = [ReqwestClient::new(), ReqwestClient::with(|builder| builder.no_proxy())];
    for made in made {
        assert!(matches!(made, Err(BuildError::NoCryptoProvider)), "{made:?}");
    }
    let built = Client::builder().http_client(|builder| builder).build();
    assert!(matches!(built, Err(BuildError::NoCryptoProvider)), "{built:?}");
}

#[test]
fn clients_requests_futures_and_errors_go_from_thread_to_thread() {
    fn send<T: Send + 'static>() {}
    fn share<T: Send + Sync + 'static>() {}
    fn sent<F: Future + Send + 'static>(_: impl Fn(Client) -> F) {}
    share::<Client>();
    share::<ClientBuilder<Client>>();
    share::<Error<NotDocumented>>();
    share::<Error<std::convert::Infallible>>();
    share::<Response<Vec<u8>>>();
    share::<CallOptions>();
    send::<Sending<(), (), NotDocumented>>();
    send::<UndescribedRequest>();
    send::<Request>();
    send::<Failure>();
    share::<Reply>();
    sent(|client| async move { call(&client, GET).await });
    sent(|client| UndescribedRequest::new(&client, Method::GET, "/a").into_future());
    sent(|client| async move { UndescribedRequest::new(&client, Method::GET, "/a").await });
}
