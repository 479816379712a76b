//! One fetch of a token, retried where the failure may pass.

use std::sync::Arc;
use std::time::Duration;

use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::clock::{Clock, within};
use crate::redact::one_line;
use crate::retry::{Backoff, RetryBudget, spread};

/// How tokens are fetched: what all cells of a client share.
pub(crate) struct Fetching {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) backoff: Arc<dyn Backoff>,
    pub(crate) budget: Arc<dyn RetryBudget>,
    pub(crate) attempt_timeout: Duration,
}

/// The most requests for one token, the first included.
const ATTEMPTS: u32 = 4;

/// The longest wait that a token endpoint may ask for: calls wait for the token in the meantime.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Fetching {
    /// Fetches a token from `source`.
    pub(crate) async fn fetch(&self, source: &dyn TokenSource, request: &TokenRequest) -> Result<Token, TokenError> {
        let mut attempts = 0;
        let mut paid = None;
        loop {
            attempts += 1;
            let error = match self.attempt(source, request, attempts).await {
                Ok(token) => {
                    if paid.is_some() {
                        self.budget.succeeded(paid);
                    }
                    return Ok(token);
                }
                Err(error) => error,
            };
            let TokenError::Unavailable { retry_after, .. } = &error else { return Err(request.named(error)) };
            let wait = retry_after.map_or_else(|| self.backoff.wait(attempts), spread);
            if attempts >= ATTEMPTS || retry_after.is_some_and(|asked| asked > LONGEST_WAIT) {
                return Err(request.named(error));
            }
            paid = self.budget.withdraw(false);
            if paid.is_none() {
                return Err(request.named(error));
            }
            self.clock.sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        source: &dyn TokenSource,
        request: &TokenRequest,
        attempt: u32,
    ) -> Result<Token, TokenError> {
        let late = || Err(TokenError::unavailable(format!("no token within {:.1?}", self.attempt_timeout)));
        let token = source.token(request);
        let result = match source.limits_itself() {
            true => token.await,
            false => within(&*self.clock, self.attempt_timeout, token).await.unwrap_or_else(late),
        };
        match &result {
            Ok(token) => tracing::debug!(scheme = request.scheme, attempt, lifetime = ?token.lifetime, "token fetched"),
            Err(error) => {
                // A source of the user's may say anything.
                let error = one_line(&error.to_string());
                tracing::warn!(scheme = request.scheme, attempt, error, "token not fetched");
            }
        }
        result
    }
}
