//! Bodies in base64, encoded while they are sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_core::Stream;

use crate::body::{Body, BodySource};
use crate::boxed::{BoxError, BoxFuture};

impl Body {
    /// The same bytes in base64, with padding ([RFC 4648, 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)): of a file or a
    /// stream they are encoded while they are sent.
    ///
    /// ```
    /// use openapi_runtime::Body;
    ///
    /// assert_eq!(Body::from("hello").in_base64().as_bytes(), Some(&b"aGVsbG8="[..]));
    /// let file = Body::path("picture.png").in_base64();
    /// assert!(file.reopen().is_some(), "each attempt opens it again");
    /// ```
    pub fn in_base64(self) -> Self {
        if let Some(bytes) = self.as_bytes() {
            return Engine::encode(&STANDARD, bytes).into();
        }
        match self.reopen() {
            Some(source) => Self::from_source(Source(source)),
            None => Self::once(Box::pin(encoded(self))),
        }
    }
}

/// What is encoded anew each time that it is opened.
struct Source(Body);

impl BodySource for Source {
    fn open(self: Arc<Self>) -> BoxFuture<'static, Result<Body, BoxError>> {
        Box::pin(encoded(self.0.reopen().unwrap_or_default()))
    }
}

async fn encoded(body: Body) -> Result<Body, BoxError> {
    let body = body.opened().await?;
    let length = body.length().map(|length| length.div_ceil(3) * 4);
    Ok(Body::from_stream(Encoding { body, rest: Vec::new() }, length))
}

/// The bytes of a body, encoded.
struct Encoding {
    body: Body,
    /// Up to two bytes that are encoded with those that follow.
    rest: Vec<u8>,
}

impl Stream for Encoding {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = ready!(self.body.poll_chunk(context)).transpose()?;
            let mut bytes = std::mem::take(&mut self.rest);
            if let Some(chunk) = &next {
                bytes.extend_from_slice(chunk);
                self.rest = bytes.split_off(bytes.len() - bytes.len() % 3);
            }
            match (bytes.is_empty(), next) {
                (true, None) => return Poll::Ready(None),
                (true, Some(_)) => {}
                (false, _) => return Poll::Ready(Some(Ok(Engine::encode(&STANDARD, &bytes).into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chunks of one byte more each time.
    struct Growing(u8);

    impl Stream for Growing {
        type Item = Result<Bytes, BoxError>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 8).then(|| Ok(vec![self.0; usize::from(self.0)].into())))
        }
    }

    #[tokio::test]
    async fn chunks_of_any_length_are_one_text() {
        let plain: Vec<u8> = (1..=8).flat_map(|byte| vec![byte; usize::from(byte)]).collect();
        let body = Body::from_stream(Growing(0), Some(36)).in_base64().opened().await.expect("a stream");
        assert_eq!(body.length(), Some(48));
        let mut body = body;
        let mut text = Vec::new();
        while let Some(chunk) = std::future::poll_fn(|context| body.poll_chunk(context)).await {
            text.extend_from_slice(&chunk.expect("it does not fail"));
        }
        assert_eq!(text, Engine::encode(&STANDARD, plain).into_bytes());
    }
}
