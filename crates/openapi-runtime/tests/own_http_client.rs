//! A program that sends by an HTTP client of its own. It needs nothing of reqwest, so that it also compiles with
//! `default-features = false`, and no HTTP stack with it.
//!
//! The client here speaks as much HTTP/1.1 as the example needs: one connection for each request, by plain TCP. A real one
//! would be a few lines around the library that the program uses anyway.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::header::{HeaderName, HeaderValue};
use openapi_runtime::http::{Method, Request, Response};
use openapi_runtime::{
    Api, ApiKey, Body, BoxError, BoxFuture, BuildError, Definition, ErrorKind, HttpClient, HttpError, Operation,
    Requirement, SecurityScheme, SecuritySchemeKind, Transport, UndescribedRequest,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Sends each request by a TCP connection of its own.
struct PlainTcp;

impl HttpClient for PlainTcp {
    fn execute(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        Box::pin(async move {
            let address = request.uri().authority().map(ToString::to_string).unwrap_or_default();
            // Where no connection is made, nothing was sent: any request can be tried again.
            let stream = TcpStream::connect(address).await.map_err(|error| HttpError::Connect(error.into()))?;
            exchange(stream, request).await.map_err(HttpError::Lost)
        })
    }
}

async fn exchange(mut stream: TcpStream, request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let (head, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
        bytes.extend_from_slice(&chunk?);
    }
    let host = head.uri.authority().map_or("", |authority| authority.as_str());
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut text = format!("{} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", head.method).into_bytes();
    for (name, value) in &head.headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    text.extend(format!("content-length: {}\r\n\r\n", bytes.len()).into_bytes());
    stream.write_all(&text).await?;
    stream.write_all(&bytes).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    response(&answer).ok_or_else(|| "the answer is not HTTP".into())
}

fn response(answer: &[u8]) -> Option<Response<Body>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = (std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse::<u16>().ok()?;
    let mut response = Response::builder().status(status).body(Body::from(Bytes::copy_from_slice(body))).ok()?;
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::try_from(name.trim()).ok()?;
        response.headers_mut().append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(response)
}

/// A client as `openapi-build` would generate it.
#[derive(Clone)]
struct Client(Arc<dyn Transport>);

static REQUEST: Operation =
    Operation { security: &[&[Requirement::of("key", &[])]], ..Operation::new("request", "GET", "") };

impl Api for Client {
    const DEFINITION: &'static Definition = &Definition {
        title: "Example",
        version: "1",
        operations: &[],
        undescribed: &REQUEST,
        security_schemes: &[SecurityScheme {
            name: "key",
            kind: SecuritySchemeKind::ApiKey { location: "header", name: "X-Api-Key" },
        }],
        environment: &[],
        base_url_variable: "",
    };
    const USER_AGENT: &'static str = "example/1.0";

    fn from_transport(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    fn transport(&self) -> &Arc<dyn Transport> {
        &self.0
    }
}

/// Answers the connections one after the other, and gives the requests.
async fn serve(listener: TcpListener, answers: &'static [&'static str]) -> Vec<String> {
    let mut requests = Vec::new();
    for answer in answers {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        // All requests here end in the brace of their JSON.
        while !request.ends_with(b"}") {
            assert!(stream.read_buf(&mut request).await.expect("a request") > 0, "it ended early");
        }
        stream.write_all(answer.as_bytes()).await.expect("the client is there");
        requests.push(String::from_utf8(request).expect("text"));
    }
    requests
}

#[tokio::test]
async fn a_program_sends_by_a_client_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let served = tokio::spawn(serve(
        listener,
        &[
            "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"id\":7}",
        ],
    ));
    let client = Client::builder().http(PlainTcp).base_url(url).credentials(ApiKey::new("a key")).build();
    let client = client.expect("a client");
    let request = UndescribedRequest::new(&client, Method::POST, "/items").json(&serde_json::json!({"name": "a"}));
    let answer = request.await.expect("the second attempt");
    assert_eq!(answer.attempts(), 2);
    assert_eq!(answer.json::<serde_json::Value>().expect("JSON")["id"], 7);
    for request in served.await.expect("no panic") {
        assert!(request.starts_with("POST /items HTTP/1.1\r\n") && request.ends_with("{\"name\":\"a\"}"), "{request}");
        assert!(request.contains("x-api-key: a key\r\n") && request.contains("user-agent: example/1.0"), "{request}");
    }
}

#[tokio::test]
async fn where_nobody_listens_the_request_was_never_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Client::builder().http(PlainTcp).base_url(url).credentials(ApiKey::new("a key"));
    let client = client.retry_policy(openapi_runtime::retry::NoRetry).build().expect("a client");
    let error = UndescribedRequest::new(&client, Method::POST, "/items").await.expect_err("nobody listens");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
}

#[test]
fn without_reqwest_a_client_must_be_given() {
    let built = Client::builder().base_url("https://api.test").build().map(drop);
    match cfg!(feature = "reqwest") {
        // Where rustls has no provider of cryptography, that is the error.
        true => assert!(matches!(built, Ok(()) | Err(BuildError::NoCryptoProvider)), "{built:?}"),
        false => assert!(matches!(built, Err(BuildError::NoHttpClient)), "{built:?}"),
    }
}
