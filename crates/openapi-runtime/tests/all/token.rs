//! The token cache: how often a token is fetched, when it is renewed, and what shows of a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use openapi_runtime::{Api, CallOptions, ClientCredentials, Clock, ErrorKind};
use serde_json::json;

use super::clock::{TestClock, run};
use super::server::{Answer, Seen, Server};
use super::{Client, DELETE, GET, OTHER_SCOPE, Outcome, POST, PUT, about, builder, call, seconds};

fn client(server: &Server, clock: &TestClock) -> Client {
    builder(server, clock).build().expect("a client")
}

/// The token that each call was sent with.
fn presented(server: &Server) -> Vec<String> {
    server.calls().iter().map(|call| call.authorization().replace("Bearer ", "")).collect()
}

/// The error of the token endpoint that a call failed of.
fn token_error(outcome: Outcome) -> String {
    let error = outcome.expect_err("no token");
    assert!(matches!(error.kind(), ErrorKind::Token(_)), "{error}");
    error.to_string()
}

#[test]
fn a_thousand_callers_on_a_cold_cache_share_one_token_request() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.is_for_token() {
            true => Answer::token("t", 3600).after(seconds(1)),
            false => Answer::status(200),
        });
        let client = client(&server, &clock);
        let callers: Vec<_> = (0..1000)
            .map(|number| {
                let client = client.clone();
                tokio::spawn(async move { call(&client, [POST, GET, PUT, DELETE][number % 4]).await })
            })
            .collect();
        for caller in callers {
            caller.await.expect("no panic").expect("a success");
        }
        assert_eq!((server.tokens().len(), server.calls().len()), (1, 1000));
    });
}

#[test]
fn over_many_lives_of_a_token_no_call_fails_though_one_token_request_in_ten_does() {
    const LIFE: Duration = Duration::from_secs(1);
    run(|clock| async move {
        let server = Server::new(&clock, |seen| {
            if !seen.is_for_token() {
                // The token is named after the time at which it is over.
                let over: u64 = seen.authorization()["Bearer ".len()..].parse().expect("a token of this server's");
                let good = seen.at <= Duration::from_millis(over);
                return Answer::status(if good { 200 } else { 401 }).after(Duration::from_millis(7));
            }
            let answer = match seen.nth % 10 {
                0 => Answer::status(500),
                _ => Answer::token(&(seen.at + LIFE).as_millis().to_string(), LIFE.as_secs()),
            };
            answer.after(Duration::from_millis(20))
        });
        let client = client(&server, &clock);
        let failed = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..1000)
            .map(|_| {
                let (client, clock, failed) = (client.clone(), clock.clone(), Arc::clone(&failed));
                tokio::spawn(async move {
                    for _ in 0..40 {
                        clock.sleep(Duration::from_millis(fastrand::u64(..1000))).await;
                        if call(&client, GET).await.is_err() {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.expect("no panic");
        }
        let lives = clock.elapsed().as_secs() as usize;
        let tokens = server.tokens().len();
        println!("1,000 callers, 40,000 calls, {lives} lives of a token: {tokens} token requests");
        assert_eq!(failed.load(Ordering::Relaxed), 0);
        // A token that is renewed a tenth of its life ahead lasts nine tenths; of the requests, a tenth fail.
        assert!((lives..lives * 3 / 2).contains(&tokens), "{tokens} token requests for {lives} lives");
    });
}

#[test]
fn a_token_is_renewed_in_the_background_while_the_old_one_serves() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.is_for_token() {
            true => Answer::token(&format!("t{}", seen.nth), 3600).after(seconds(5)),
            false => Answer::status(200),
        });
        let client = client(&server, &clock);
        call(&client, GET).await.expect("the first");
        // The slack is 4 minutes, and up to a tenth less.
        clock.forward(seconds(3600 - 240 - 1));
        call(&client, GET).await.expect("the old one is fresh");
        clock.sleep(seconds(1)).await;
        assert_eq!(server.tokens().len(), 1, "not before its time");
        clock.forward(seconds(24));
        let before = clock.elapsed();
        for _ in 0..3 {
            call(&client, GET).await.expect("the old one serves");
        }
        assert_eq!(clock.elapsed(), before, "nobody waits for the new one");
        clock.sleep(seconds(6)).await;
        call(&client, GET).await.expect("the new one");
        assert_eq!(server.tokens().len(), 2, "one renewal for three calls");
        assert_eq!(presented(&server), ["t1", "t1", "t1", "t1", "t1", "t2"]);
    });
}

#[test]
fn a_failed_renewal_is_tried_again_and_shows_only_when_the_token_is_over() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.at.as_secs()) {
            (false, _) => Answer::status(200),
            (true, 1..=3700) => Answer::status(503),
            (true, _) => Answer::token(&format!("t{}", seen.nth), 3600),
        });
        let client = client(&server, &clock);
        call(&client, GET).await.expect("the first");
        while clock.elapsed() < seconds(3599) {
            clock.sleep(seconds(1)).await;
            call(&client, GET).await.expect("the old one serves");
        }
        let tries = server.tokens().len();
        assert!((20..200).contains(&tries), "{tries}: each failure is followed by a rest");
        clock.forward(seconds(2));
        assert!(token_error(call(&client, GET).await).contains("503"), "the token is over");
        clock.forward(seconds(200));
        call(&client, GET).await.expect("the token endpoint is back");
    });
}

#[test]
fn a_caller_that_gives_up_cancels_nothing_for_others() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.is_for_token() {
            true => Answer::token("t", 3600).after(seconds(10)),
            false => Answer::status(200),
        });
        let client = client(&server, &clock);
        let dropped = tokio::spawn({
            let client = client.clone();
            async move { call(&client, GET).await }
        });
        let waiting = tokio::spawn({
            let client = client.clone();
            async move { call(&client, GET).await }
        });
        let hasty = call(&client.with(CallOptions::new().timeout(seconds(2))), GET).await.expect_err("too late");
        assert!(matches!(hasty.kind(), ErrorKind::Deadline(_)), "{hasty}");
        assert_eq!((hasty.attempts(), hasty.elapsed()), (0, seconds(2)));
        dropped.abort();
        waiting.await.expect("no panic").expect("its token comes all the same");
        assert_eq!((server.tokens().len(), server.calls().len()), (1, 1));
    });
}

#[test]
fn a_token_lives_as_long_as_its_answer_says_and_what_it_says_oddly_is_no_error() {
    let hour = 3600;
    let table = [
        // What the answer says of the token's life, and the seconds for which it is kept.
        (json!({"expires_in": 100}), 100),
        (json!({"expires_in": "100"}), 100),
        (json!({"expires_in": 100.9}), 100),
        (json!({}), 300),
        (json!({"expires_in": null}), 300),
        (json!({"expires_in": "soon"}), 300),
        (json!({"expires_in": 0}), 0),
        (json!({"expires_in": -5}), 0),
        (json!({"expires_in": u64::MAX}), 24 * hour),
        (json!({"expires_in": 1e300}), 24 * hour),
        (json!({"expires_in": 365 * 24 * hour}), 24 * hour),
    ];
    for (extra, kept) in table {
        run(move |clock| async move {
            let said = extra.clone();
            let server = Server::new(&clock, move |seen| {
                let mut body = json!({"access_token": "t", "token_type": "bEARER"});
                body.as_object_mut().expect("an object").extend(said.as_object().expect("an object").clone());
                if seen.is_for_token() { Answer::json(200, body) } else { Answer::status(200) }
            });
            let client = client(&server, &clock);
            call(&client, GET).await.expect("a token");
            // Just before it is due to be renewed, and just after it is over.
            clock.forward(seconds(kept - (kept / 10).min(240)).saturating_sub(seconds(1)));
            call(&client, GET).await.expect("a token");
            assert_eq!(server.tokens().len(), if kept == 0 { 2 } else { 1 }, "{extra}");
            let before = server.tokens().len();
            clock.forward(seconds((kept / 10).min(240) + 2));
            call(&client, GET).await.expect("a token");
            assert_eq!(server.tokens().len(), before + 1, "{extra}");
        });
    }
}

#[test]
fn what_a_token_endpoint_answers_decides_whether_it_is_asked_again() {
    let oauth = |status, code: &str| Answer::json(status, json!({"error": code, "error_description": "so it is"}));
    type Make = fn() -> Answer;
    let table: [(Make, usize, &str); 23] = [
        (|| Answer::json(401, json!({"error": "invalid_client"})), 1, "refused: invalid_client"),
        (|| Answer::json(400, json!({"error": "invalid_scope"})), 1, "refused: invalid_scope"),
        (|| Answer::json(400, json!({"error": "unauthorized_client"})), 1, "refused: unauthorized_client"),
        (|| Answer::json(400, json!({"error": "temporarily_unavailable"})), 4, "temporarily_unavailable"),
        (|| Answer::json(400, json!({"error": "server_error"})), 4, "server_error"),
        (|| Answer::json(500, json!({"error": "invalid_client"})), 4, "500"),
        (|| Answer::status(401), 1, "401"),
        (|| Answer::status(403).body("<html>").header("content-type", "text/html"), 1, "403"),
        (|| Answer::status(404), 1, "404"),
        (|| Answer::status(302).header("location", "https://elsewhere.test/token"), 1, "redirects are not followed"),
        (|| Answer::status(408), 4, "408"),
        (|| Answer::status(429), 4, "429"),
        (|| Answer::status(502), 4, "502"),
        (Answer::connect, 4, "no connection: refused"),
        (Answer::lost, 4, "the connection was lost: reset"),
        (|| Answer::Never, 4, "within 30"),
        (|| Answer::status(200), 1, "no token: its answer is empty"),
        (|| Answer::status(200).body("<html>"), 1, "no token: its answer is not a token response"),
        (
            || Answer::status(200).body("<html>").header("content-type", "text/html; charset=utf-8"),
            1,
            "the type `text/html`",
        ),
        (|| Answer::json(200, json!({"token_type": "Bearer"})), 1, "no token: its answer has no `access_token`"),
        (|| Answer::json(200, json!({"access_token": "t"})), 1, "no token: its answer has no `token_type`"),
        (|| Answer::json(200, json!({"access_token": 7, "token_type": "Bearer"})), 1, "not a token response"),
        (|| Answer::json(200, json!({"access_token": "t", "token_type": "mac"})), 1, "`mac`"),
    ];
    for (answer, requests, message) in table {
        run(move |clock| async move {
            let server = Server::new(&clock, move |_| answer());
            let client = builder(&server, &clock).timeout(seconds(600)).build().expect("a client");
            let error = token_error(call(&client, POST).await);
            assert!(error.contains(message), "`{error}` does not say `{message}`");
            assert_eq!((server.tokens().len(), server.calls().len()), (requests, 0), "{error}");
        });
    }
    run(move |clock| async move {
        let server = Server::new(&clock, move |_| oauth(400, "invalid_request"));
        let error = token_error(call(&client(&server, &clock), POST).await);
        assert!(error.contains("invalid_request: so it is"), "{error}");
    });
}

#[test]
fn what_a_token_endpoint_says_is_shown_on_one_line_and_without_the_secret() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| {
            let said = format!("\u{1b}[31mno\r\n{} {}", seen.authorization(), "x".repeat(1000));
            Answer::json(400, json!({"error": "invalid_client", "error_description": said}))
        });
        let error = token_error(call(&client(&server, &clock), POST).await);
        assert!(!error.contains(char::is_control) && error.chars().count() < 800, "{error}");
        let sent = server.tokens()[0].authorization().replace("Basic ", "");
        assert!(!error.contains(&sent) && error.contains("no  Basic …"), "{error}");
    });
    run(|clock| async move {
        // An HTTP client of the user's may show what it was to send.
        let server = Server::new(&clock, |seen| {
            Answer::Error(Duration::ZERO, openapi_runtime::HttpError::Request(seen.body.clone().into()))
        });
        let credentials = ClientCredentials::new("an id", "a secret & more").in_body();
        let client = builder(&server, &clock).credential("login", credentials).build().expect("a client");
        let error = token_error(call(&client, POST).await);
        assert!(error.contains("client_secret=…"), "{error}");
    });
}

#[test]
fn an_error_is_not_cached_instead_of_a_token() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, 1) => Answer::status(403),
            (true, _) => Answer::token("t", 3600),
            (false, _) => Answer::status(200),
        });
        let client = client(&server, &clock);
        token_error(call(&client, GET).await);
        call(&client, GET).await.expect("asked again");
    });
}

#[test]
fn a_busy_token_endpoint_is_asked_again_when_it_says() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen: &Seen| match (seen.is_for_token(), seen.nth) {
            (true, 1) => Answer::status(503).header("retry-after", "9"),
            (true, 2) => Answer::status(429).header("x-ratelimit-reset", "20"),
            (true, _) => Answer::token("t", 3600),
            (false, _) => Answer::status(200),
        });
        let signed = call(&client(&server, &clock), GET).await.expect("the third token request");
        let asked: Vec<Duration> = server.tokens().iter().map(|seen| seen.at).collect();
        assert!(about(seconds(9)).contains(&(asked[1] - asked[0])), "{asked:?}");
        assert!(about(seconds(20)).contains(&(asked[2] - asked[1])), "{asked:?}");
        assert_eq!(signed.elapsed(), asked[2] - asked[0]);
    });
}

#[test]
fn a_token_is_over_if_either_clock_says_so() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = client(&server, &clock);
        call(&client, GET).await.expect("t1");
        // A machine that slept: its monotonic time may stand still meanwhile.
        clock.jump(7200);
        call(&client, GET).await.expect("t2");
        assert_eq!(server.tokens().len(), 2);
        clock.jump(-86_400);
        call(&client, GET).await.expect("t2 is as good as before");
        clock.forward(seconds(3601));
        call(&client, GET).await.expect("t3");
        assert_eq!(presented(&server), ["t1", "t2", "t2", "t3"]);
    });
}

#[test]
fn a_token_is_kept_for_its_scopes() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let narrow = client(&server, &clock);
        for operation in [GET, OTHER_SCOPE, GET, OTHER_SCOPE] {
            call(&narrow, operation).await.expect("a success");
        }
        let asked: Vec<String> = server.tokens().into_iter().map(|seen| seen.body).collect();
        assert_eq!(asked.len(), 2);
        assert!(asked[0].contains("scope=things") && asked[1].contains("scope=others"), "{asked:?}");
        let wide = ClientCredentials::new("id", "secret").scopes(["things", "others"]);
        let wide = builder(&server, &clock).credential("login", wide).build().expect("a client");
        for operation in [GET, OTHER_SCOPE] {
            call(&wide, operation).await.expect("a success");
        }
        let asked: Vec<String> = server.tokens().into_iter().skip(2).map(|seen| seen.body).collect();
        assert_eq!(asked.len(), 1, "one token for both");
        assert!(asked[0].contains("scope=things+others"), "{asked:?}");
    });
}

#[test]
fn a_token_that_many_find_refused_is_replaced_once() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| match seen.authorization() {
            "Bearer t1" => Answer::status(401).after(seconds(1)),
            _ => Answer::status(200),
        });
        let client = client(&server, &clock);
        let callers: Vec<_> = (0..100)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { call(&client, POST).await })
            })
            .collect();
        for caller in callers {
            let reply = caller.await.expect("no panic").expect("the second token");
            assert_eq!(reply.attempts(), 2);
        }
        assert_eq!((server.tokens().len(), server.calls().len()), (2, 200));
    });
}

#[test]
fn a_fetch_ends_with_the_last_client() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::Never);
        let client = client(&server, &clock);
        let hasty = client.with(CallOptions::new().timeout(seconds(1)));
        call(&hasty, GET).await.expect_err("no token comes");
        drop(hasty);
        assert!(server.holders() > 1, "the fetch goes on");
        drop(client);
        tokio::task::yield_now().await;
        assert_eq!(server.holders(), 1, "nobody is left");
    });
}

#[test]
fn a_client_outlives_the_runtime_that_its_fetch_was_on() {
    let (client, server) = run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, 1) => Answer::Never,
            (true, _) => Answer::token("t", 3600),
            (false, _) => Answer::status(200),
        });
        let client = client(&server, &clock);
        call(&client.with(CallOptions::new().timeout(seconds(1))), GET).await.expect_err("no token comes");
        (client, server)
    });
    let served = server.clone();
    run(|_| async move { call(&client, GET).await }).expect("fetched anew");
    assert_eq!(served.tokens().len(), 2);
}

#[test]
fn a_permanent_401_costs_one_new_token_and_not_one_for_each_call() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(401));
        let client = client(&server, &clock);
        for _ in 0..10 {
            let error = call(&client, GET).await.expect_err("rejected");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
            clock.forward(seconds(1));
        }
        assert_eq!(presented(&server)[..3], ["t1", "t2", "t2"]);
        assert_eq!((server.tokens().len(), server.calls().len()), (2, 11));
        // Later, it may be another matter.
        clock.forward(seconds(60));
        call(&client, GET).await.expect_err("rejected");
        assert_eq!(server.tokens().len(), 3);
    });
}

#[test]
fn a_token_that_was_accepted_is_replaced_however_young_it_is() {
    run(|clock| async move {
        let server =
            Server::with_tokens(&clock, |seen| Answer::status(if [1, 4].contains(&seen.nth) { 401 } else { 200 }));
        let client = client(&server, &clock);
        for _ in 0..3 {
            call(&client, GET).await.expect("a success");
        }
        assert_eq!(presented(&server), ["t1", "t2", "t2", "t2", "t3"]);
    });
}

#[test]
fn a_clock_whose_waits_take_no_time_makes_no_fetch_look_stopped() {
    /// Goes on by itself alone.
    struct Hasty(TestClock);

    impl Clock for Hasty {
        fn now(&self) -> std::time::Instant {
            self.0.now()
        }

        fn wall(&self) -> std::time::SystemTime {
            self.0.wall()
        }

        fn sleep(&self, duration: Duration) -> openapi_runtime::BoxFuture<'static, ()> {
            // The limits of attempts and calls do not come first.
            if duration >= seconds(30) {
                return Box::pin(std::future::pending());
            }
            Box::pin(std::future::ready(()))
        }
    }

    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.is_for_token() {
            true => Answer::token("t", 3600).after(seconds(20)),
            false => Answer::status(200),
        });
        let client = builder(&server, &clock).clock(Hasty(clock.clone())).build().expect("a client");
        let (one, other) = tokio::join!(call(&client, GET), call(&client, PUT));
        one.and(other).expect("both have the token");
        assert_eq!(server.tokens().len(), 1);
    });
}

#[test]
fn an_empty_token_is_an_error() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| Answer::token("", 3600));
        let error = token_error(call(&client(&server, &clock), GET).await);
        assert!(error.contains("empty"), "{error}");
        assert_eq!(server.calls().len(), 0);
        let given =
            client(&server, &clock).with(CallOptions::new().token_source(openapi_runtime::BearerToken::new("")));
        let error = token_error(call(&given, GET).await);
        assert!(error.contains("empty"), "{error}");
    });
}

#[test]
fn an_error_with_status_200_is_that_error() {
    run(|clock| async move {
        let server = Server::new(&clock, |_| {
            Answer::json(200, json!({"error": "invalid_client", "error_description": "no such client"}))
        });
        let error = token_error(call(&client(&server, &clock), GET).await);
        assert!(error.contains("refused: invalid_client: no such client"), "{error}");
    });
}

#[test]
fn a_token_error_names_the_endpoint_the_scheme_the_scopes_and_what_to_do() {
    type Make = fn() -> Answer;
    let table: [(Make, &str); 4] = [
        (|| Answer::json(401, json!({"error": "invalid_client"})), "check the client id and secret"),
        (|| Answer::json(400, json!({"error": "invalid_scope"})), "scopes"),
        (|| Answer::status(404), "token_url"),
        (Answer::connect, "token_url"),
    ];
    for (answer, hint) in table {
        run(move |clock| async move {
            let server = Server::new(&clock, move |_| answer());
            let error = token_error(call(&client(&server, &clock), POST).await);
            for part in ["https://api.test/oauth/token", "`login`", "`things`", hint] {
                assert!(error.contains(part), "`{part}` is not in {error}");
            }
        });
    }
}
