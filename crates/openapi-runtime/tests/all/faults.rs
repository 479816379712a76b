//! The table of faults: what each costs in requests, and how it ends, by method, and at the token endpoint. Those of the
//! socket itself are in `sockets.rs`.

use std::time::{Duration, UNIX_EPOCH};

use openapi_runtime::{Clock, ErrorKind};

use super::clock::run;
use super::server::{Answer, Server};
use super::{DELETE, GET, Outcome, POST, PUT, about, builder, call, seconds};

/// A fault, and how many requests there are in all if it never ends.
struct Fault {
    name: &'static str,
    answer: fn() -> Answer,
    /// Of a POST.
    post: usize,
    /// Of a GET, PUT or DELETE.
    idempotent: usize,
    /// At the token endpoint, whatever the call's method.
    token: usize,
    /// The wait that the server asks for.
    wait: Option<u64>,
}

const fn always(name: &'static str, answer: fn() -> Answer, wait: Option<u64>) -> Fault {
    Fault { name, answer, post: 4, idempotent: 4, token: 4, wait }
}

const fn if_idempotent(name: &'static str, answer: fn() -> Answer) -> Fault {
    Fault { name, answer, post: 1, idempotent: 4, token: 4, wait: None }
}

const fn never(name: &'static str, answer: fn() -> Answer) -> Fault {
    Fault { name, answer, post: 1, idempotent: 1, token: 1, wait: None }
}

/// Nine seconds after the clock's first.
fn date() -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(1_800_000_009))
}

const FAULTS: &[Fault] = &[
    always("no connection", Answer::connect, None),
    always("refused unprocessed", Answer::refused, None),
    if_idempotent("connection lost", Answer::lost),
    if_idempotent("cut within the body", Answer::cut),
    if_idempotent("out of time within the body", Answer::slow),
    never("a body that is too large", Answer::too_large),
    if_idempotent("no answer in time", || Answer::Never),
    // A new token is tried once; what refuses credentials at the token endpoint refuses them for good.
    Fault { post: 2, idempotent: 2, ..never("401", || Answer::status(401)) },
    never("302", || Answer::status(302).header("location", "https://elsewhere.test/")),
    never("400", || Answer::status(400)),
    never("403", || Answer::status(403)),
    never("404", || Answer::status(404)),
    if_idempotent("408", || Answer::status(408)),
    always("429 with seconds", || Answer::status(429).header("retry-after", "7"), Some(7)),
    // By the second attempt the date is over.
    always("429 with a date", || Answer::status(429).header("retry-after", &date()), Some(9)),
    always("429 with X-RateLimit-Reset", || Answer::status(429).header("x-ratelimit-reset", "5"), Some(5)),
    always("429 with nothing", || Answer::status(429), None),
    always("429 with rubbish", || Answer::status(429).header("retry-after", "in a while"), None),
    always("429 with a negative wait", || Answer::status(429).header("retry-after", "-3"), None),
    if_idempotent("500", || Answer::status(500)),
    // Of a token endpoint every 5xx may pass: it has nothing else to do.
    Fault { token: 4, ..never("501", || Answer::status(501)) },
    if_idempotent("502", || Answer::status(502)),
    if_idempotent("503", || Answer::status(503)),
    always("503 with seconds", || Answer::status(503).header("retry-after", "7"), Some(7)),
    always("503 with a date", || Answer::status(503).header("retry-after", &date()), Some(9)),
    if_idempotent("503 with rubbish", || Answer::status(503).header("retry-after", "soon")),
    if_idempotent("504", || Answer::status(504)),
];

const METHODS: [usize; 4] = [POST, GET, PUT, DELETE];

/// What is left of an outcome: the status where there is one, else the kind of the error.
fn end(outcome: &Outcome) -> String {
    match outcome {
        Ok(reply) => reply.status().as_str().to_owned(),
        Err(error) => match (error.kind(), error.status()) {
            (ErrorKind::Undocumented, Some(status)) => status.as_str().to_owned(),
            (ErrorKind::Transport(_), _) => "transport".to_owned(),
            (ErrorKind::Token(_), _) => "token".to_owned(),
            (other, _) => format!("{other:?}"),
        },
    }
}

/// Makes one call of `method` with `fault` at the API, or the token endpoint, for the first `times` requests. Gives the
/// requests to each, the end, and the time from the first request with the fault to the second.
fn play(fault: &'static Fault, method: usize, at_token: bool, times: usize) -> (usize, usize, String, Duration) {
    run(move |clock| async move {
        let server = Server::new(&clock, move |seen| match seen.is_for_token() {
            token if token == at_token && seen.nth <= times => (fault.answer)(),
            true => Answer::token("t", 3600),
            false => Answer::status(200),
        });
        let client = builder(&server, &clock).timeout(seconds(600)).build().expect("a client");
        let outcome = call(&client, method).await;
        let (tokens, calls) = (server.tokens(), server.calls());
        let faulty = if at_token { &tokens } else { &calls };
        let between = faulty.get(1).map(|second| second.at - faulty[0].at).unwrap_or_default();
        let attempts = outcome.as_ref().map_or_else(|error| error.attempts(), |reply| reply.attempts());
        assert_eq!(attempts as usize, calls.len(), "{}: what it tells of its attempts", fault.name);
        (tokens.len(), calls.len(), end(&outcome), between)
    })
}

/// The status of the fault, else what its error is.
fn kind(fault: &Fault) -> String {
    match (fault.answer)() {
        Answer::Reply(_, reply) => reply.status.as_str().to_owned(),
        _ => "transport".to_owned(),
    }
}

#[test]
fn a_fault_of_the_api_is_retried_as_the_rules_say() {
    for fault in FAULTS {
        for method in METHODS {
            let name = format!("{} at {}", fault.name, super::TABLE[method].id);
            let most = if method == POST { fault.post } else { fault.idempotent };
            let (_, calls, end, between) = play(fault, method, false, usize::MAX);
            assert_eq!((calls, end), (most, kind(fault)), "{name}, for good");
            let (_, calls, end, _) = play(fault, method, false, 1);
            let expected = if most > 1 { (2, "200".to_owned()) } else { (1, kind(fault)) };
            assert_eq!((calls, end), expected, "{name}, once");
            match fault.wait {
                Some(wait) => assert!(about(seconds(wait)).contains(&between), "{name}: {between:?}"),
                // The attempt that gets no answer takes its 30 seconds first.
                None if most > 1 => assert!(between <= seconds(30) + Duration::from_millis(200), "{name}: {between:?}"),
                None => {}
            }
        }
    }
}

#[test]
fn a_fault_of_the_token_endpoint_is_retried_whatever_the_method() {
    for fault in FAULTS {
        for method in METHODS {
            let name = format!("{} before {}", fault.name, super::TABLE[method].id);
            let (tokens, calls, end, between) = play(fault, method, true, usize::MAX);
            assert_eq!((tokens, calls, end.as_str()), (fault.token, 0, "token"), "{name}, for good");
            let (tokens, calls, end, _) = play(fault, method, true, 1);
            let expected = if fault.token > 1 { (2, 1, "200") } else { (1, 0, "token") };
            assert_eq!((tokens, calls, end.as_str()), expected, "{name}, once");
            if let Some(wait) = fault.wait {
                assert!(about(seconds(wait)).contains(&between), "{name}: {between:?}");
            }
        }
    }
}

#[test]
fn a_second_refusal_of_a_new_token_is_the_end() {
    for method in METHODS {
        run(move |clock| async move {
            let server = Server::with_tokens(&clock, |_| Answer::status(401));
            let client = builder(&server, &clock).build().expect("a client");
            let error = call(&client, method).await.expect_err("refused");
            assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(401), 2));
            assert_eq!(server.tokens().len(), 2, "one new token");
            let sent: Vec<String> = server.calls().iter().map(|seen| seen.authorization().to_owned()).collect();
            assert_eq!(sent, ["Bearer t1", "Bearer t2"]);
        });
    }
}

#[test]
fn what_is_sent_again_is_what_was_sent() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::status(if seen.nth < 4 { 502 } else { 200 }));
        let client = builder(&server, &clock).build().expect("a client");
        let start = clock.now();
        let reply = call(&client, PUT).await.expect("the fourth attempt");
        assert_eq!((reply.attempts(), reply.elapsed()), (4, clock.now() - start));
        for seen in server.calls() {
            assert_eq!((seen.body.as_str(), seen.header("content-type")), ("\"a body\"", "application/json"));
            assert_eq!(seen.url.as_str(), "https://api.test/things");
        }
    });
}

#[test]
fn is_retryable_says_what_the_policy_does() {
    for fault in FAULTS {
        for method in METHODS {
            run(move |clock| async move {
                let server = Server::with_tokens(&clock, |_| (fault.answer)());
                let client = builder(&server, &clock).timeout(seconds(600)).build().expect("a client");
                let error = call(&client, method).await.expect_err("it never ends");
                let most = if method == POST { fault.post } else { fault.idempotent };
                // A rejected token is replaced once, whatever the policy says.
                let retried = most > 1 && error.status().is_none_or(|status| status != 401);
                assert_eq!(error.is_retryable(), retried, "{} at {}", fault.name, super::TABLE[method].id);
            });
        }
        run(move |clock| async move {
            let server = Server::new(&clock, |_| (fault.answer)());
            let client = builder(&server, &clock).timeout(seconds(600)).build().expect("a client");
            let error = call(&client, POST).await.expect_err("no token");
            assert_eq!(error.is_retryable(), fault.token > 1, "{} at the token endpoint", fault.name);
        });
    }
}
