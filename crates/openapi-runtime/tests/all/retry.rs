//! Deadlines, the budget, what can be different for one call, rate limits and idempotency keys.

use std::collections::HashSet;
use std::time::Duration;

use openapi_runtime::http::{self, HeaderMap, StatusCode};
use openapi_runtime::retry::{Attempt, Backoff, NoRetry, Outcome, RetryPolicy, StandardPolicy, TokenBucket};
use openapi_runtime::{Api, BasicAuth, BearerToken, CallOptions, ErrorKind, HttpError, Reply};

use super::clock::{TestClock, run};
use super::server::{Answer, Server};
use super::{Client, DELETE, GET, KEY_EAST, KEY_WEST, KEYED, OPEN, POST, PUT, about, bare, builder, call, seconds};

fn client(server: &Server, clock: &TestClock) -> Client {
    builder(server, clock).build().expect("a client")
}

fn options() -> CallOptions {
    CallOptions::new()
}

/// Always the same wait.
struct Constant(Duration);

impl Backoff for Constant {
    fn wait(&self, _: u32) -> Duration {
        self.0
    }
}

#[test]
fn a_wait_past_the_deadline_fails_at_once_and_says_so() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(429).header("retry-after", "3600"));
        let error = call(&client(&server, &clock), GET).await.expect_err("an hour is too long");
        assert!(matches!(error.kind(), ErrorKind::Deadline(Some(_))), "{error}");
        assert_eq!((error.attempts(), error.elapsed()), (1, Duration::ZERO), "at once");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(429), "the answer is kept");
        let text = error.to_string();
        assert!(text.contains("asks to wait 3600") && text.contains("past the deadline"), "{text}");
    });
}

#[test]
fn one_deadline_is_over_waits_attempts_and_token_fetches() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, _) => Answer::token("t", 3600).after(seconds(20)),
            (false, 1) => Answer::status(503).header("retry-after", "15"),
            (false, _) => Answer::Never,
        });
        let patient = client(&server, &clock).with(options().timeout(seconds(45)));
        let error = call(&patient, GET).await.expect_err("no time left");
        assert_eq!((error.attempts(), error.elapsed()), (2, seconds(45)));
        assert!(matches!(error.kind(), ErrorKind::Deadline(Some(_))), "{error}");
        // Ten seconds are left of the call when its second attempt begins: that is then the attempt's limit.
        assert!(error.to_string().contains("timed out"), "{error}");
        let hasty = client(&server, &clock).with(options().timeout(seconds(5)));
        let error = call(&hasty, GET).await.expect_err("no token in time");
        assert_eq!((error.attempts(), error.elapsed()), (0, seconds(5)));
    });
}

#[test]
fn an_error_tells_its_attempts_its_time_and_the_last_cause() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::status(502),
            2 => Answer::lost(),
            _ => Answer::connect(),
        });
        let client = builder(&server, &clock).backoff(Constant(seconds(2))).build().expect("a client");
        let error = call(&client, GET).await.expect_err("no end of it");
        assert_eq!((error.attempts(), error.elapsed()), (4, seconds(6)));
        assert_eq!(error.status(), None, "the last attempt had no answer");
        assert_eq!(error.to_string(), "get: no answer: no connection: refused (after 4 attempts in 6.0s)");
    });
}

#[test]
fn an_outage_costs_a_hundred_retries_however_many_calls_there_are() {
    for calls in [200usize, 2_000, 20_000] {
        run(move |clock| async move {
            let outage = seconds(1_000_000);
            let server =
                Server::with_tokens(&clock, move |seen| Answer::status(if seen.at < outage { 503 } else { 200 }));
            let bucket = TokenBucket::default();
            let client = builder(&server, &clock).retry_budget(bucket.clone()).build().expect("a client");
            let callers: Vec<_> = (0..50)
                .map(|_| {
                    let client = client.clone();
                    tokio::spawn(async move {
                        for _ in 0..calls / 50 {
                            call(&client, GET).await.expect_err("the outage");
                        }
                    })
                })
                .collect();
            for caller in callers {
                caller.await.expect("no panic");
            }
            let sent = server.calls().len();
            println!("an outage: {calls} calls, {sent} requests");
            assert!((calls..=calls + 100).contains(&sent), "{sent} requests for {calls} calls");
            assert!(bucket.available() < 5, "it is spent");
            clock.forward(outage);
            let left = bucket.available();
            let reply = call(&client, GET).await.expect("the outage is over");
            assert_eq!((reply.attempts(), bucket.available()), (1, left + 1));
            for _ in 1..500 - left {
                call(&client, GET).await.expect("the outage is over");
            }
            assert_eq!(bucket.available(), 500, "full after as many successes as it lacked");
            call(&client, GET).await.expect("the outage is over");
            assert_eq!(bucket.available(), 500, "and never fuller");
        });
    }
}

#[test]
fn a_retry_after_a_timeout_costs_twice_and_one_that_succeeds_is_refunded() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::Never,
            2 | 4 => Answer::status(500),
            _ => Answer::status(200),
        });
        let bucket = TokenBucket::new(100);
        let client = builder(&server, &clock).retry_budget(bucket.clone()).build().expect("a client");
        let clone = client.clone();
        let reply = call(&client, GET).await.expect("the third attempt");
        // 100 - 10 - 5, and the last of the two comes back.
        assert_eq!((reply.attempts(), bucket.available()), (3, 90));
        call(&clone, GET).await.expect("the second attempt");
        assert_eq!(bucket.available(), 90, "5 taken by a clone, and given back");
        let own = TokenBucket::new(0);
        let alone = client.with(options().retry_budget(own));
        assert!(call(&alone, GET).await.is_ok());
        assert_eq!(bucket.available(), 90, "another budget for one call");
    });
}

#[test]
fn one_call_can_have_other_policies() {
    /// Retries what is not found: it may not be there yet.
    struct NotFoundYet;
    impl RetryPolicy for NotFoundYet {
        fn retry(&self, attempt: &Attempt<'_>) -> bool {
            attempt.attempts < 7 && matches!(attempt.outcome, Outcome::Reply(reply) if reply.status == 404)
        }
    }
    run(|clock| async move {
        let status = |server: &Server| server.calls().len();
        let server = Server::with_tokens(&clock, |_| Answer::status(500));
        let client = client(&server, &clock);
        for (options, method, expected) in [
            (options(), GET, 4),
            (options().no_retry(), GET, 1),
            (options().retry_policy(NoRetry), GET, 1),
            (options().idempotent(false), GET, 1),
            (options(), POST, 1),
            (options().idempotent(true), POST, 4),
            (options().retry_policy(StandardPolicy { attempts: 2 }), PUT, 2),
            (options().retry_budget(TokenBucket::new(9)), DELETE, 2),
        ] {
            let before = status(&server);
            let shown = format!("{options:?}");
            call(&client.with(options), method).await.expect_err("a 500");
            assert_eq!(status(&server) - before, expected, "{shown} {method}");
        }
        let before = clock.elapsed();
        call(&client.with(options().backoff(Constant(seconds(3)))), GET).await.expect_err("a 500");
        assert_eq!(clock.elapsed() - before, seconds(9));
        // What is said last counts, and leaves alone what it says nothing of.
        let both = client.with(options().no_retry().timeout(seconds(1))).with(options().retry_policy(NotFoundYet));
        call(&both, GET).await.expect_err("a 500");
        let lost = Server::with_tokens(&clock, |_| Answer::status(404));
        let error = call(&self::client(&lost, &clock).with(options().retry_policy(NotFoundYet)), POST).await;
        assert_eq!(error.expect_err("a 404").attempts(), 7);
    });
}

#[test]
fn one_call_can_have_another_token() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = client(&server, &clock);
        call(&client.with(options().token_source(BearerToken::new("mine"))), GET).await.expect("a success");
        assert_eq!(server.calls()[0].authorization(), "Bearer mine");
        assert!(server.tokens().is_empty(), "the client's own credential is not used");
        call(&client, GET).await.expect("a success");
        assert_eq!(server.calls()[1].authorization(), "Bearer t1");
        let poor = bare().http(server.clone()).clock(clock.clone()).build().expect("a client");
        call(&poor.with(options().token_source(BearerToken::new("mine"))), GET).await.expect("its own is enough");
        assert_eq!(server.calls()[2].authorization(), "Bearer mine");
        assert!(matches!(call(&poor, GET).await.expect_err("it has none").kind(), ErrorKind::NoCredential(_)));
    });
}

#[test]
fn a_call_waits_for_the_end_of_a_rate_limit_that_is_used_up() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::status(200).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "10"),
            _ => Answer::status(200).header("x-ratelimit-remaining", "5").header("x-ratelimit-reset", "10"),
        });
        let client = client(&server, &clock);
        call(&client, GET).await.expect("the last of the window");
        clock.forward(seconds(4));
        let reply = call(&client, PUT).await.expect("the first of the next window");
        assert_eq!(reply.attempts(), 1);
        assert!(about(seconds(6)).contains(&reply.elapsed()), "{:?}", reply.elapsed());
        assert_eq!(call(&client, GET).await.expect("no wait").elapsed(), Duration::ZERO);
    });
    run(|clock| async move {
        let used_up = |_: &super::server::Seen| {
            Answer::status(200).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "60")
        };
        let server = Server::with_tokens(&clock, used_up);
        let client = builder(&server, &clock).credential("key", BasicAuth::new("k", "s"));
        let client = client.server(super::WEST.url, "https://west.test").server(super::EAST.url, "https://east.test");
        let client = client.build().expect("a client");
        call(&client, KEY_WEST).await.expect("the last of the window");
        let error =
            call(&client.with(options().timeout(seconds(30))), KEY_WEST).await.expect_err("a minute is too long");
        assert_eq!((error.attempts(), error.elapsed()), (0, Duration::ZERO));
        assert!(error.to_string().contains("rate limit"), "{error}");
        assert_eq!(call(&client, KEY_EAST).await.expect("another server").elapsed(), Duration::ZERO);
        assert_eq!(call(&client, OPEN).await.expect("no credential").elapsed(), Duration::ZERO);
        let impatient = builder(&server, &clock).wait_for_rate_limit(false).build().expect("a client");
        for _ in 0..2 {
            assert_eq!(call(&impatient, GET).await.expect("a success").elapsed(), Duration::ZERO, "turned off");
        }
    });
}

#[test]
fn every_attempt_sends_the_same_headers_and_the_same_body() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::status(401),
            2 | 3 => Answer::status(503).header("retry-after", "1"),
            _ => Answer::status(200),
        });
        assert_eq!(call(&client(&server, &clock), POST).await.expect("the fourth attempt").attempts(), 4);
        let mut calls = server.calls();
        let tokens: Vec<String> = calls.iter().map(|seen| seen.authorization().to_owned()).collect();
        assert_eq!(tokens, ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"]);
        calls.iter_mut().for_each(|seen| drop(seen.headers.remove(http::header::AUTHORIZATION)));
        let first = &calls[0];
        assert_eq!((first.header("content-type"), first.body.as_str()), ("application/json", "\"a body\""));
        assert!(first.header("user-agent").starts_with("things/1.0"), "{:?}", first.headers);
        for other in &calls[1..] {
            assert_eq!((&other.headers, &other.body), (&first.headers, &first.body));
        }
    });
}

#[test]
fn a_documented_idempotency_key_is_the_same_over_attempts_and_another_for_each_call() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::status(if seen.nth % 3 == 0 { 200 } else { 503 }));
        let client = client(&server, &clock);
        for _ in 0..2 {
            assert_eq!(call(&client, KEYED).await.expect("the third attempt").attempts(), 3);
        }
        let keys: Vec<String> = server.calls().iter().map(|seen| seen.header("idempotency-key").to_owned()).collect();
        // RFC 9562, 4 and 5.4.
        let is_uuid_4 = |key: &String| {
            let lengths: Vec<usize> = key.split('-').map(str::len).collect();
            lengths == [8, 4, 4, 4, 12] && &key[14..15] == "4" && "89ab".contains(&key[19..20])
        };
        assert!(keys.iter().all(is_uuid_4), "{keys:?}");
        assert!(keys[..3].iter().all(|key| *key == keys[0]), "{keys:?}");
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 2, "{keys:?}");
        call(&client, POST).await.expect_err("no key, no retry");
        assert_eq!(server.calls().last().expect("a call").header("idempotency-key"), "");
        call(&client.with(options().header("Idempotency-Key", "mine")), KEYED).await.expect("the second attempt");
        assert!(server.calls().iter().rev().take(2).all(|seen| seen.header("idempotency-key") == "mine"));
    });
}

#[test]
fn what_cannot_be_sent_or_read_is_not_tried_again() {
    type Make = fn() -> HttpError;
    let errors: [(Make, &str); 2] = [
        (
            || HttpError::TooLarge {
                limit: 9,
                reply: Box::new(Reply::new(StatusCode::CREATED, HeaderMap::new(), Vec::new())),
            },
            "longer than 9 bytes",
        ),
        (|| HttpError::Request("an odd port".into()), "cannot be sent: an odd port"),
    ];
    for (error, message) in errors {
        run(move |clock| async move {
            let server = Server::new(&clock, move |_| Answer::Error(Duration::ZERO, error()));
            let client = bare().http(server.clone()).clock(clock.clone()).build().expect("a client");
            let error = call(&client, OPEN).await.expect_err("no answer");
            assert_eq!((error.attempts(), server.seen().len()), (1, 1));
            assert!(error.to_string().contains(message), "{error}");
        });
    }
}

#[test]
fn callers_that_a_rate_limit_holds_are_let_go_over_the_start_of_the_window() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.nth {
            1 => Answer::status(200).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "10"),
            _ => Answer::status(200),
        });
        let client = client(&server, &clock);
        call(&client, GET).await.expect("the last of the window");
        let callers: Vec<_> = (0..500)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { call(&client, GET).await.expect("a success").elapsed() })
            })
            .collect();
        let mut waits = Vec::new();
        for caller in callers {
            waits.push(caller.await.expect("no panic"));
        }
        assert!(waits.iter().all(|wait| about(seconds(10)).contains(wait)), "{waits:?}");
        for tenth in 0..10 {
            let from = seconds(10) + Duration::from_millis(100 * tenth);
            let here = waits.iter().filter(|wait| (from..from + Duration::from_millis(100)).contains(*wait)).count();
            assert!((10..150).contains(&here), "{here} of 500 calls in the {tenth}th tenth of a second");
        }
    });
}

#[test]
fn a_wait_that_the_server_asks_for_is_never_shortened_and_differs_between_calls() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.nth % 2 {
            1 => Answer::status(429).header("retry-after", "20"),
            _ => Answer::status(200),
        });
        let client = bare().http(server.clone()).clock(clock.clone()).build().expect("a client");
        let mut waits = HashSet::new();
        for _ in 0..20 {
            let wait = call(&client, OPEN).await.expect("the second attempt").elapsed();
            assert!(about(seconds(20)).contains(&wait), "{wait:?}");
            waits.insert(wait);
        }
        assert!(waits.len() > 10, "{waits:?}");
        // The deadline shortens what is added, but never the wait that the server asks for.
        let exact = client.with(options().timeout(seconds(20) + Duration::from_nanos(1)));
        let wait = call(&exact, OPEN).await.expect_err("no time is left").elapsed();
        assert!(wait <= seconds(20) + Duration::from_nanos(1), "{wait:?}");
    });
}
