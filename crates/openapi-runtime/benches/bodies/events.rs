//! Events, by the parser alone and by a client.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use openapi_runtime::bytes::Bytes;
use openapi_runtime::http::{HeaderValue, Request, Response, header};
use openapi_runtime::{Api, Body, BoxFuture, HttpClient, HttpError};
use sse_stream::SseByteStream;

use super::client::Client;
use super::processes::Taken;

pub(crate) const COUNT: usize = 100_000;

/// How often the events are read for one measurement: the system counts processor time in steps of some milliseconds.
const READS: usize = 20;

/// The chunks of a body, as a connection gives them.
#[derive(Clone)]
struct Chunks(Bytes);

impl Chunks {
    fn of_events() -> Self {
        let event = |number: usize| {
            format!("id: {number}\nevent: reading\ndata: {{\"sensor\": \"attic\", \"value\": {number}}}\n\n")
        };
        Self((0..COUNT).map(event).collect::<String>().into())
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let length = self.0.len().min(1 << 14);
        Poll::Ready((length > 0).then(|| Ok(self.0.split_to(length))))
    }
}

/// Answers each request with the events.
impl HttpClient for Chunks {
    fn execute(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, HttpError>> {
        let mut response = Response::new(Body::from_stream(self.clone(), None));
        let media_type = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// What all events take, by the parser and by the client.
pub(crate) fn pairs(rounds: usize) -> Vec<(Taken, Taken)> {
    let chunks = Chunks::of_events();
    let client = Client::builder().http(chunks.clone()).base_url("http://127.0.0.1").build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let times = |read: &dyn Fn() -> usize| Taken::by(|| (0..READS).for_each(|_| assert_eq!(read(), COUNT))).over(READS);
    let alone = || times(&|| runtime.block_on(parsed(chunks.clone())));
    let ours = || times(&|| runtime.block_on(received(&client)));
    // Neither pays for the first use of the memory.
    let _ = (alone(), ours());
    super::pairs(rounds, alone, ours)
}

async fn parsed(chunks: Chunks) -> usize {
    let mut events = SseByteStream::new(chunks);
    let mut count = 0;
    while let Some(event) = poll_fn(|context| Pin::new(&mut events).poll_next(context)).await {
        std::hint::black_box(event.expect("an event"));
        count += 1;
    }
    count
}

async fn received(client: &Client) -> usize {
    let mut events = client.events().await;
    let mut count = 0;
    while let Some(event) = events.try_next().await.expect("an event") {
        std::hint::black_box(event);
        count += 1;
    }
    count
}
