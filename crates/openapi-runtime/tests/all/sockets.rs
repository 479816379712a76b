//! The table of faults goes on: those of the socket, by method, and at the token endpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use openapi_runtime::{ClientCredentials, ErrorKind};

use super::wire::{Certificates, Fault, LIMIT, Resolver, StallClock, Wire};
use super::{DELETE, GET, Outcome, POST, PUT, bare, call, seconds};

/// Each with whether the connection was ever made: where it was not, any method is tried again.
const FAULTS: [(Fault, bool); 8] = [
    (Fault::Dns, false),
    (Fault::Refused, false),
    (Fault::Tls, false),
    (Fault::ResetBefore, true),
    (Fault::ResetAfter, true),
    (Fault::SlowHeaders, true),
    (Fault::SlowBody, true),
    (Fault::CutBody, true),
];

/// What came of a call.
#[derive(Debug, PartialEq)]
struct End {
    /// The attempts at the faulty server.
    tried: usize,
    /// The requests that arrived there whole, and those that arrived at the other.
    arrived: (usize, usize),
    outcome: &'static str,
}

/// Makes one call of `method`, the faulty server being the API or the token endpoint: there the first `times`
/// connections meet the fault.
async fn play(certificates: &Arc<Certificates>, fault: Fault, method: usize, at_token: bool, times: usize) -> End {
    let clock = StallClock::default();
    let start = async |body, fault| {
        let arrived = Arc::new(AtomicUsize::new(0));
        let (clock, certificates) = (clock.clone(), Arc::clone(certificates));
        let wire = Wire { body, fault, times, clock, certificates, arrived: Arc::clone(&arrived) };
        (wire.start().await, arrived)
    };
    let lookups = Arc::new(AtomicUsize::new(0));
    let (trusted, counted) = (certificates.trusted.clone(), Arc::clone(&lookups));
    let http = move |builder: reqwest::ClientBuilder| {
        let resolver = Resolver { fault, times, lookups: Arc::clone(&counted) };
        builder.no_proxy().tls_certs_only([trusted.clone()]).dns_resolver(resolver)
    };
    let token = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#;
    let at = |which: bool| (which == at_token).then_some(fault);
    let (token_port, tokens) = start(token, at(true)).await;
    let (api_port, calls) = start("{}", at(false)).await;
    // Only the faulty server is found by its name: the other shall not be counted.
    let scheme = if fault == Fault::Tls { "https" } else { "http" };
    let url = |port, faulty: bool| match faulty {
        true => format!("{scheme}://localhost:{port}"),
        false => format!("http://127.0.0.1:{port}"),
    };
    let client = bare()
        .http_client(http)
        .clock(clock.clone())
        .timeout(seconds(3600))
        .attempt_timeout(LIMIT)
        .base_url(url(api_port, !at_token))
        .token_url("login", format!("{}/token", url(token_port, at_token)))
        .credential("login", ClientCredentials::new("id", "secret"));
    let outcome = call(&client.build().expect("a client"), method).await;
    let (faulty, other) = if at_token { (tokens, calls) } else { (calls, tokens) };
    End {
        tried: lookups.load(Ordering::SeqCst),
        arrived: (faulty.load(Ordering::SeqCst), other.load(Ordering::SeqCst)),
        outcome: name(&outcome),
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome.as_ref().map_err(|error| error.kind()) {
        Ok(_) => "success",
        Err(ErrorKind::Transport(_)) => "transport",
        Err(ErrorKind::Token(_)) => "token",
        Err(_) => "another error",
    }
}

/// What is to come of a fault that is tried again up to `most` times.
fn expected(fault: Fault, most: usize, times: usize, failure: &'static str) -> (usize, usize, &'static str) {
    let arriving = |faulty: usize| if fault.lets_requests_arrive() { faulty } else { 0 };
    if times < most { (times + 1, arriving(times) + 1, "success") } else { (most, arriving(most), failure) }
}

#[tokio::test]
async fn a_broken_connection_is_retried_as_the_rules_say() {
    let certificates = Arc::new(Certificates::new());
    for (fault, made) in FAULTS {
        for method in [POST, GET, PUT, DELETE] {
            for times in [1, usize::MAX] {
                let most = if made && method == POST { 1 } else { 4 };
                let (tried, arrived, outcome) = expected(fault, most, times, "transport");
                let end = play(&certificates, fault, method, false, times).await;
                let expected = End { tried, arrived: (arrived, 1), outcome };
                assert_eq!(end, expected, "{fault:?} at {}, {times} times", super::TABLE[method].id);
            }
        }
    }
}

#[tokio::test]
async fn a_broken_connection_to_the_token_endpoint_is_retried_whatever_the_method() {
    let certificates = Arc::new(Certificates::new());
    for (fault, _) in FAULTS {
        for method in [POST, GET, PUT, DELETE] {
            for times in [1, usize::MAX] {
                let (tried, arrived, outcome) = expected(fault, 4, times, "token");
                let end = play(&certificates, fault, method, true, times).await;
                let calls = usize::from(outcome == "success");
                let expected = End { tried, arrived: (arrived, calls), outcome };
                assert_eq!(end, expected, "{fault:?} before {}, {times} times", super::TABLE[method].id);
            }
        }
    }
}
