//! How long calls fail after what carries them goes silent: the seconds until the first success. `cargo bench --bench silent`.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Instant;

use confluent_cloud::{
    BearerToken, BoxFuture, Client, Credential, Token, TokenError, TokenRequest, TokenSource, http::Method,
};
use testing::http2::{Reaction, Server};
use tokio::runtime::{Builder, Runtime};

fn main() {
    dead_connection();
    idle_runtime();
}

/// A server still acknowledges what is sent on an HTTP/2 connection, and answers nothing any more. New connections work.
fn dead_connection() {
    let server = Server::start(|connection, stream| match (connection, stream) {
        (1, 2..) => Reaction::Die,
        _ => Reaction::Answer("{}"),
    });
    let client = client(&server, BearerToken::new("t").into());
    runtime().block_on(async {
        get(&client).await.expect("the first call is answered");
        let start = Instant::now();
        let callers: Vec<_> = (0..36)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    let outcome = get(&client).await;
                    (outcome.is_ok(), start.elapsed())
                })
            })
            .collect();
        let mut ends = Vec::new();
        for caller in callers {
            ends.push(caller.await.expect("no panic"));
        }
        let successes = ends.iter().filter(|(success, _)| *success);
        let first = successes.clone().map(|(_, after)| *after).min().expect("a success");
        assert!(first.as_secs() < 10, "the defaults find a dead connection within 10 s");
        println!(
            "a dead HTTP/2 connection: first success after {:.1} s, {} of 36 calls succeed, by {} connections",
            first.as_secs_f64(),
            successes.count(),
            server.connections()
        );
    });
}

/// A token is being fetched on a runtime that nobody drives any more.
fn idle_runtime() {
    let server = Server::start(|_, _| Reaction::Answer("{}"));
    let client = client(&server, Credential::source(FirstHangs(Arc::default())));
    let (started, has_started) = mpsc::channel();
    let first = client.clone();
    thread::spawn(move || {
        let runtime = runtime();
        runtime.block_on(async {
            let mut call = Box::pin(get(&first));
            std::future::poll_fn(|context| {
                assert!(call.as_mut().poll(context).is_pending(), "its token does not come");
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        });
        started.send(()).expect("the bench waits for it");
        loop {
            thread::park();
        }
    });
    has_started.recv().expect("it starts");
    let start = Instant::now();
    runtime().block_on(get(&client)).expect("a success");
    println!("a token fetch on an idle runtime: first success after {:.1} s", start.elapsed().as_secs_f64());
}

/// Never gives its first token.
#[derive(Clone)]
struct FirstHangs(Arc<AtomicUsize>);

impl TokenSource for FirstHangs {
    fn token<'a>(&'a self, _: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Box::pin(std::future::pending()),
            _ => Box::pin(std::future::ready(Ok(Token::new("t", std::time::Duration::from_secs(3600))))),
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A client with all defaults that speaks HTTP/2 from the first byte, as it is without TLS.
fn client(server: &Server, credential: Credential) -> Client {
    let builder = Client::builder().http_client(reqwest::ClientBuilder::http2_prior_knowledge);
    builder.base_url(server.url()).credential("oauth", credential).build().expect("a client")
}

/// A call that may be sent again.
async fn get(client: &Client) -> Result<(), confluent_cloud::Error<std::convert::Infallible>> {
    client.request(Method::GET, "/anything").await.map(drop)
}
