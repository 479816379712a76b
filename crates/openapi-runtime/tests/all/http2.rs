//! HTTP/2 servers that refuse streams, go away, say nothing or say too much, and connections that are never made.

use std::time::{Duration, Instant};

use openapi_runtime::retry::{Backoff, StandardPolicy};
use openapi_runtime::{Api, BearerToken, CallOptions, Credential, ErrorKind, HttpError};
use testing::http2::{INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM, Reaction, Server};

use super::{Client, GET, Outcome, POST, call};

const ANSWER: Reaction = Reaction::Answer("");

/// No wait.
struct AtOnce;

impl Backoff for AtOnce {
    fn wait(&self, _: u32) -> Duration {
        Duration::ZERO
    }
}

/// A client that speaks HTTP/2 from the first byte, and whose pings are so far apart.
fn client(url: &str, keep_alive: Duration) -> Client {
    let http = move |builder: reqwest::ClientBuilder| {
        builder.http2_prior_knowledge().http2_keep_alive_interval(keep_alive).http2_keep_alive_timeout(keep_alive)
    };
    let token = Credential::source(BearerToken::new("t"));
    let builder = Client::builder().http_client(http).base_url(url).credential("login", token);
    builder.backoff(AtOnce).build().expect("a client")
}

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(3600);

/// The number of attempts, and how the call ended.
fn end(outcome: &Outcome) -> (u32, &'static str) {
    match outcome {
        Ok(reply) => (reply.attempts(), "success"),
        Err(error) => {
            let end = match error.kind() {
                ErrorKind::Transport(HttpError::Refused(_)) => "refused",
                ErrorKind::Transport(HttpError::Lost(_)) => "lost",
                ErrorKind::Transport(HttpError::Timeout { .. }) => "timeout",
                _ => "another error",
            };
            (error.attempts(), end)
        }
    }
}

#[tokio::test]
async fn a_refused_stream_and_a_server_that_goes_away_count_as_never_sent() {
    for (reaction, post, get) in [
        (Reaction::Reset(REFUSED_STREAM), (4, "refused"), (4, "refused")),
        (Reaction::GoAway(NO_ERROR), (4, "refused"), (4, "refused")),
        (Reaction::Reset(INTERNAL_ERROR), (1, "lost"), (4, "lost")),
        (Reaction::GoAway(INTERNAL_ERROR), (1, "lost"), (4, "lost")),
    ] {
        for (method, expected) in [(POST, post), (GET, get)] {
            let server = Server::start(move |_, _| reaction);
            let outcome = call(&client(server.url(), LONG), method).await;
            assert_eq!(end(&outcome), expected);
            assert_eq!(server.streams(), expected.0 as usize, "each attempt is counted");
            // Where it happens once, the next attempt is answered, if there is one.
            let server = Server::start(move |_, stream| if stream == 1 { reaction } else { ANSWER });
            let outcome = call(&client(server.url(), LONG), method).await;
            assert_eq!(end(&outcome), if expected.0 > 1 { (2, "success") } else { expected });
        }
    }
}

#[tokio::test]
async fn there_are_no_retries_but_those_of_the_budget() {
    let server = Server::start(|_, _| Reaction::Reset(REFUSED_STREAM));
    let client = client(server.url(), LONG).with(CallOptions::new().retry_policy(StandardPolicy { attempts: 3 }));
    let mut attempts = 0;
    for _ in 0..50 {
        attempts += call(&client, GET).await.expect_err("refused").attempts() as usize;
    }
    assert_eq!((attempts, server.streams()), (attempts, attempts));
    assert!((50..=150).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn a_silent_http2_connection_is_found_dead_by_its_pings() {
    let server = Server::start(|connection, _| if connection == 1 { Reaction::Die } else { ANSWER });
    let start = Instant::now();
    let outcome = call(&client(server.url(), SHORT), GET).await;
    assert_eq!(end(&outcome), (2, "success"));
    assert_eq!(server.connections(), 2);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn after_a_timeout_new_requests_go_by_new_connections_and_the_old_one_ends_what_it_carries() {
    // The first connection answers its first two streams, and then ignores all but pings.
    let server = Server::start(|connection, stream| match (connection, stream) {
        (1, 3..) => Reaction::Ignore,
        _ => ANSWER,
    });
    let client = client(server.url(), LONG);
    call(&client, GET).await.expect("a success");
    call(&client, GET).await.expect("a success");
    assert_eq!(server.connections(), 1);
    let waiting = tokio::spawn({
        let patient = client.with(CallOptions::new().no_retry());
        async move { call(&patient, GET).await }
    });
    let hasty = client.with(CallOptions::new().attempt_timeout(SHORT));
    assert_eq!(end(&call(&hasty, GET).await), (2, "success"));
    assert_eq!(server.connections(), 2);
    assert!(!waiting.is_finished(), "the old connection is not cut");
    waiting.abort();
    for _ in 0..3 {
        call(&client, GET).await.expect("a success");
    }
    assert_eq!(server.connections(), 2, "the new one stays");
}

#[tokio::test]
async fn at_most_one_client_is_made_per_keep_alive_period() {
    let server = Server::start(|_, _| Reaction::Ignore);
    let hasty = client(server.url(), LONG).with(CallOptions::new().attempt_timeout(SHORT));
    for _ in 0..2 {
        assert_eq!(end(&call(&hasty, GET).await), (4, "timeout"));
    }
    assert_eq!(server.streams(), 8);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_flood_of_frames_does_not_hold_up_the_answer() {
    let server = Server::start(|_, _| Reaction::Flood);
    assert_eq!(end(&call(&client(server.url(), LONG), GET).await), (1, "success"));
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_not_a_timeout() {
    struct Never;
    impl reqwest::dns::Resolve for Never {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(std::future::pending())
        }
    }
    let http = |builder: reqwest::ClientBuilder| builder.no_proxy().dns_resolver(Never);
    let token = Credential::source(BearerToken::new("t"));
    let builder = Client::builder().http_client(http).base_url("https://api.test").credential("login", token);
    let client = builder.attempt_timeout(2 * SHORT).backoff(AtOnce).build().expect("a client");
    let error = call(&client, POST).await.expect_err("no connection");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Connect(_))), "{error}");
    assert_eq!(error.attempts(), 4, "nothing was sent, so that a POST is tried again");
    // A shorter limit of one call is a timeout.
    let hasty = client.with(CallOptions::new().attempt_timeout(SHORT / 2));
    let error = call(&hasty, POST).await.expect_err("no connection");
    assert!(matches!(error.kind(), ErrorKind::Transport(HttpError::Timeout { .. })), "{error}");
    assert_eq!(error.attempts(), 1);
}
