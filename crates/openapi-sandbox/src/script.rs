//! What a test can script: the answer that the sandbox gives instead of its own.

use std::time::Duration;

/// An answer that [`Sandbox::answer`](crate::Sandbox::answer) scripts for one call.
///
/// ```
/// use openapi_sandbox::Answer;
///
/// let outage = [Answer::Status(503), Answer::RateLimit(7), Answer::Close];
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The documented response of this status, with all its headers; an empty response where it is not documented.
    Status(u16),
    /// The documented response of this status, in one of its media types.
    Media {
        /// The status.
        status: u16,
        /// The media type, such as `text/plain`.
        media_type: String,
    },
    /// The documented 429, which asks the client to wait this many seconds.
    RateLimit(u64),
    /// Exactly this response, documented or not.
    Raw {
        /// The status.
        status: u16,
        /// The headers; those that HTTP does not allow are left out.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Closes the connection once the request is read, before the first byte of a body.
    Close,
    /// The answer that the sandbox would give by itself, with the connection closed half way through the body.
    Cut,
    /// The answer that the sandbox would give by itself, with the connection closed after this many bytes of the body.
    CutAt(u64),
    /// The answer that the sandbox would give by itself, after this long on its clock.
    Delay(Duration),
}
