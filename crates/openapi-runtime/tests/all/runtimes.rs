//! Calls outside a tokio runtime, on one that lacks something, and on several.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use openapi_runtime::{ErrorKind, RequestError};

use super::clock::run;
use super::server::{Answer, Server};
use super::{GET, builder, call};

#[test]
fn a_token_fetch_on_a_runtime_that_nobody_drives_stalls_no_other_caller() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match (seen.is_for_token(), seen.nth) {
            (true, 1) => Answer::Never,
            (true, _) => Answer::token("t", 3600),
            (false, _) => Answer::status(200),
        });
        let client = builder(&server, &clock).build().expect("a client");
        // It starts a fetch, and its runtime lives on, without being driven, until `end` is closed.
        let (end, ended) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        let first = client.clone();
        let other = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(async {
                let mut call = Box::pin(call(&first, GET));
                std::future::poll_fn(|context| {
                    assert!(call.as_mut().poll(context).is_pending(), "the token does not come");
                    Poll::Ready(())
                })
                .await;
                tokio::task::yield_now().await;
            });
            started.send(()).expect("the test waits for it");
            ended.recv().expect_err("nothing is sent");
        });
        has_started.recv().expect("it starts");
        assert_eq!(server.tokens().len(), 1);
        let callers: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { call(&client, GET).await })
            })
            .collect();
        for caller in callers {
            let reply = caller.await.expect("no panic").expect("a success");
            assert!(reply.elapsed() < super::seconds(10), "{:?}", reply.elapsed());
        }
        assert_eq!(server.tokens().len(), 2, "a second fetch serves all of them");
        drop(end);
        other.join().expect("no panic");
    });
}

#[test]
fn a_slow_token_fetch_on_a_runtime_that_is_driven_is_waited_for() {
    run(|clock| async move {
        let server = Server::new(&clock, |seen| match seen.is_for_token() {
            true => Answer::token("t", 3600).after(super::seconds(25)),
            false => Answer::status(200),
        });
        let client = builder(&server, &clock).build().expect("a client");
        let (one, other) = tokio::join!(call(&client, GET), call(&client, GET));
        assert_eq!(
            (one.expect("a success").elapsed(), other.expect("a success").elapsed().as_secs()),
            (super::seconds(25), 25)
        );
        assert_eq!(server.tokens().len(), 1);
    });
}

/// The error of a call that asks for a tokio runtime.
fn lack(outcome: Poll<super::Outcome>) -> String {
    let Poll::Ready(Err(error)) = outcome else { panic!("no error") };
    let named = matches!(error.kind(), ErrorKind::Request(RequestError::Runtime(_)) | ErrorKind::Token(_));
    assert!(named || error.to_string().contains("cannot be sent"), "{error:?}");
    error.to_string()
}

#[test]
fn outside_of_tokio_a_call_is_an_error_and_no_panic() {
    let poll = |operation, client: super::Client| {
        let mut call = pin!(call(&client, operation));
        call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    let (sender, receiver) = mpsc::channel();
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        sender.send(builder(&server, &clock).build().expect("a client")).expect("the test waits for it");
    });
    let client = receiver.recv().expect("a client");
    assert!(lack(poll(GET, client)).contains("Tokio 1.x"), "a token");
    #[cfg(feature = "reqwest")]
    {
        let client = <super::Client as openapi_runtime::Api>::builder().base_url("http://127.0.0.1:9").build();
        assert!(lack(poll(super::OPEN, client.expect("a client"))).contains("Tokio 1.x"), "a request");
    }
}

#[test]
#[cfg(feature = "reqwest")]
fn on_a_runtime_without_timers_or_io_a_call_is_an_error_and_no_panic() {
    use openapi_runtime::{Api, ClientCredentials};

    let client = super::Client::builder().base_url("http://127.0.0.1:9");
    let client = client.credential("login", ClientCredentials::new("id", "secret")).build().expect("a client");
    for operation in [super::OPEN, GET] {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        for runtime in [builder.build(), builder.enable_io().build()] {
            let outcome = runtime.expect("a runtime").block_on(async { call(&client, operation).await });
            assert!(lack(Poll::Ready(outcome)).contains("Tokio 1.x"));
        }
    }
}
