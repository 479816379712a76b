//! What is retried, after what wait, and how often.
//!
//! | failure | retried |
//! | --- | --- |
//! | connection never made; 429; 503 with `Retry-After` | always |
//! | 408, 500, 502, 503, 504; timeout; connection lost after sending | if the operation is idempotent |
//! | anything else | never |
//!
//! The wait is what the server says (`Retry-After`, else `X-RateLimit-Reset`), else [`Backoff`]'s.

mod backoff;
mod budget;
mod policy;

pub use backoff::{Backoff, FullJitter};
pub use budget::Budget;
pub(crate) use policy::server_wait;
pub use policy::{Attempt, Outcome, RetryPolicy, StandardPolicy};
