//! What is retried, after what wait, and how often.
//!
//! | failure | retried |
//! | --- | --- |
//! | connection never made; 429; 503 with `Retry-After` | always |
//! | 408, 500, 502, 503, 504; timeout; connection lost after sending | if the operation is idempotent |
//! | anything else | never |
//!
//! The wait is what the server says (`Retry-After`; else, at 429 or where `X-RateLimit-Remaining` is 0,
//! `X-RateLimit-Reset`), else [`Backoff`]'s. A wait that would pass the time for the call fails at once. Bodies are held
//! in memory, so that each can be sent twice.
//!
//! A [`RetryPolicy`] decides whether, a [`Backoff`] when, and a [`RetryBudget`] whether that is not too much in all. Each
//! is set on the client, and can be another for one call ([`CallOptions`](crate::CallOptions)).
//!
//! Apart from all this, a request that is refused with 401 is sent once more with a new token, and calls wait by
//! themselves for the end of a rate limit's window that a response has said is used up.

mod backoff;
mod budget;
mod policy;
mod rate;
mod wait;

pub use backoff::{Backoff, FullJitter};
pub use budget::{RetryBudget, TokenBucket};
pub use policy::{Attempt, NoRetry, Outcome, RetryPolicy, StandardPolicy};
pub(crate) use rate::Gate;
pub(crate) use wait::server_wait;
