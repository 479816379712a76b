//! What is retried, after what wait, and how often.
//!
//! | failure | retried |
//! | --- | --- |
//! | no connection was made; the server refused the request unprocessed; 429; 503 with a `Retry-After` that can be read | always |
//! | 408, 500, 502, 503, 504; timeout; connection lost after sending | if the operation is idempotent |
//! | anything else | never |
//!
//! The wait is what the server says (`Retry-After`; else, at 429 or where `X-RateLimit-Remaining` is 0,
//! `X-RateLimit-Reset`) and up to a tenth more, so that not all clients come back at once; else [`Backoff`]'s. A wait that would pass the time for the call fails at once. A body is sent
//! again from memory or from its source; a request whose body is a stream is never retried.
//!
//! A [`RetryPolicy`] decides whether to retry, a [`Backoff`] when, and a [`RetryBudget`] limits the retries of all calls
//! together. Each is set on the client, and can be replaced for one call ([`CallOptions`](crate::CallOptions)).
//!
//! Independently of these, a request that the server rejects with 401 is sent again once with a new token, and a call waits
//! for the end of a rate limit's window that an earlier response has reported as used up.

mod backoff;
mod budget;
mod policy;
mod rate;
mod wait;

pub use backoff::{Backoff, FullJitter};
pub use budget::{RetryBudget, TokenBucket};
pub(crate) use policy::may_repeat;
pub use policy::{Attempt, NoRetry, Outcome, RetryPolicy, StandardPolicy};
pub(crate) use rate::Gate;
pub(crate) use wait::{server_wait, spread};
