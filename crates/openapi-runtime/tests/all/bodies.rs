//! Bodies that are not held in memory.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::Method;
use openapi_runtime::{
    Body, BodyError, BodySource, BoxError, BoxFuture, CallOptions, ErrorKind, RequestError, UndescribedRequest,
};

use super::builder;
use super::clock::run;
use super::server::{Answer, Server};

/// The parts, one after the other; `Err` ends the body.
struct Parts(std::vec::IntoIter<Result<&'static str, &'static str>>);

impl Stream for Parts {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(|part| part.map(Bytes::from).map_err(Into::into)))
    }
}

fn stream<const N: usize>(parts: [Result<&'static str, &'static str>; N]) -> Body {
    Body::from_stream(Parts(Vec::from(parts).into_iter()), None)
}

/// Counts how often it is opened.
struct Counted(Arc<AtomicUsize>);

impl BodySource for Counted {
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(stream([Ok("one, "), Ok("two")])) })
    }
}

#[test]
fn a_stream_is_sent_once_whatever_comes_of_it() {
    run(|clock| async move {
        for (status, attempts) in [(500, 1), (401, 1), (429, 1), (200, 1)] {
            let server = Server::with_tokens(&clock, move |_| Answer::status(status));
            let client = builder(&server, &clock).build().expect("a client");
            let request = UndescribedRequest::new(&client, Method::PUT, "/upload");
            let sent = request.body("text/plain", stream([Ok("one, "), Ok("two")])).await;
            assert_eq!(sent.map_or_else(|error| error.attempts(), |answer| answer.attempts()), attempts, "{status}");
            let calls = server.calls();
            assert_eq!((calls.len(), calls[0].body.as_str()), (1, "one, two"), "{status}");
        }
    });
}

#[test]
fn a_source_is_opened_anew_for_each_attempt() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |seen| Answer::status([401, 503, 200][(seen.nth - 1).min(2)]));
        let client = builder(&server, &clock).build().expect("a client");
        let opened = Arc::new(AtomicUsize::new(0));
        let body = Body::from_source(Counted(Arc::clone(&opened)));
        assert_eq!(opened.load(Ordering::SeqCst), 0, "it is opened only when it is sent");
        let sent = UndescribedRequest::new(&client, Method::PUT, "/upload").body("text/plain", body).await;
        assert_eq!(sent.expect("the third attempt").attempts(), 3);
        assert_eq!(opened.load(Ordering::SeqCst), 3);
        assert!(server.calls().iter().all(|seen| seen.body == "one, two"));
    });
}

#[test]
fn a_body_that_fails_fails_the_call_and_its_bytes_are_not_shown() {
    run(|clock| async move {
        let server = Server::with_tokens(&clock, |_| Answer::status(200));
        let client = builder(&server, &clock).build().expect("a client");
        let body = stream([Ok("a secret"), Err("the disk is gone")]);
        assert!(!format!("{body:?}").contains("a secret"));
        let request = UndescribedRequest::new(&client, Method::POST, "/upload").body("text/plain", body);
        let error = request.with(CallOptions::new().no_retry()).await.expect_err("half a body");
        assert!(matches!(error.kind(), ErrorKind::Request(RequestError::Body(BodyError::Source(_)))), "{error}");
        assert!(error.to_string().contains("the disk is gone") && !error.to_string().contains("a secret"), "{error}");
    });
}
