//! One HTTP exchange: what lies below tokens and retries, and what tests put in its place.

use crate::support::{BoxError, BoxFuture, Reply};

/// Sends one request.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends `request` once, and reads the whole answer.
    fn execute(&self, request: reqwest::Request) -> BoxFuture<'_, Result<Reply, HttpError>>;
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The connection was never made, so nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The time for the attempt ran out.
    #[error("the attempt timed out")]
    Timeout(#[source] BoxError),
    /// The connection was lost, or what came back is no HTTP.
    #[error("the connection was lost")]
    Lost(#[source] BoxError),
    /// The body is longer than the limit.
    #[error("the body is longer than {0} bytes")]
    TooLarge(usize),
}

/// reqwest, with a limit to what is read.
pub(crate) struct Reqwest {
    pub(crate) client: reqwest::Client,
    /// The longest body that is read, in bytes.
    pub(crate) limit: usize,
}

impl HttpClient for Reqwest {
    fn execute(&self, request: reqwest::Request) -> BoxFuture<'_, Result<Reply, HttpError>> {
        Box::pin(async move {
            let mut response = self.client.execute(request).await.map_err(classify)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(classify)? {
                if body.len() + chunk.len() > self.limit {
                    return Err(HttpError::TooLarge(self.limit));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Reply::new(status, headers, body))
        })
    }
}

fn classify(error: reqwest::Error) -> HttpError {
    if error.is_connect() {
        HttpError::Connect(error.into())
    } else if error.is_timeout() {
        HttpError::Timeout(error.into())
    } else {
        HttpError::Lost(error.into())
    }
}
