//! The reasons why a command fails, and the exit codes that say so.

use std::convert::Infallible;

use secrecy::SecretString;

use crate::build_error::BuildError;
use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::redact::{hide, one_line};
use crate::request::RequestError;
use crate::response::Reply;
use crate::transport::Failure;

/// The output cannot be written.
pub(super) const OUTPUT: u8 = 1;
/// The command line, the environment or a file is wrong; nothing was sent.
pub(super) const USAGE: u8 = 2;
/// The server answered with a status that is neither a success nor an error.
const OTHER: u8 = 3;
/// The server answered 4xx.
const CLIENT_ERROR: u8 = 4;
/// The server answered 5xx.
const SERVER_ERROR: u8 = 5;
/// There is no answer, or not all of it.
const NO_ANSWER: u8 = 6;
/// The token endpoint gave no token.
const NO_TOKEN: u8 = 7;
/// The answer is not what it says it is, or a list cannot go on.
pub(super) const ANSWER: u8 = 8;

/// The exit codes, for `--help`.
pub(super) const EXPLAINED: &str = "\
Exit codes:
  0  the server answered with a success
  1  the output cannot be written
  2  the command line, the environment or a file is wrong; nothing was sent
  3  the server answered with another status, such as a redirect
  4  the server answered 4xx
  5  the server answered 5xx
  6  there is no answer, or not all of it
  7  the token endpoint gave no token
  8  the answer is not what it says it is, or the list cannot go on";

/// Why a command fails.
pub(super) struct Failed {
    pub(super) code: u8,
    /// What is printed after `error: `; nothing where it is empty.
    pub(super) message: String,
    /// The body of the answer, as it may be shown.
    pub(super) body: Option<String>,
}

impl Failed {
    pub(super) fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), body: None }
    }

    /// Wrong usage.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// A request that cannot be built.
    pub(super) fn request(error: &RequestError) -> Self {
        Self::usage(format!("the request cannot be built: {}", one_line(&error.to_string())))
    }

    /// No answer.
    pub(super) fn sending(operation: &'static Operation, mut failure: Failure, passwords: &[SecretString]) -> Self {
        let code = match &failure.kind {
            ErrorKind::Request(_) | ErrorKind::NoCredential(_) => USAGE,
            ErrorKind::Token(_) => NO_TOKEN,
            _ => NO_ANSWER,
        };
        if let Some(reply) = &mut failure.reply {
            reply.presented.passwords = passwords.to_vec();
        }
        let error: Error<Infallible> = Error::from_failure(operation, operation.idempotent, failure);
        Self::new(code, hide(error.to_string(), passwords))
    }

    /// An answer that is not a success.
    pub(super) fn status(operation: &'static Operation, reply: Reply) -> Self {
        let (status, attempts) = (reply.status, reply.attempts);
        let code = match status {
            status if status.is_client_error() => CLIENT_ERROR,
            status if status.is_server_error() => SERVER_ERROR,
            _ => OTHER,
        };
        let secrets = reply.presented.secrets();
        let text = String::from_utf8(reply.body.clone()).ok();
        let body = text.filter(|text| !text.trim().is_empty()).map(|text| hide(text, &secrets));
        let error: Error<Infallible> =
            Error::from_reply(operation, operation.idempotent, ErrorKind::Undocumented, reply);
        let mut message = format!("{}: the server answered {status}", operation.id);
        if let Some(detail) = error.detail() {
            message.push_str(&format!(": {detail}"));
        }
        if let Some(id) = error.request_id() {
            message.push_str(&format!(" (request id {})", one_line(&hide(id.to_owned(), &secrets))));
        }
        if attempts > 1 {
            message.push_str(&format!(" (after {attempts} attempts)"));
        }
        Self { code, message, body }
    }
}

impl From<BuildError> for Failed {
    fn from(error: BuildError) -> Self {
        Self::usage(one_line(&error.to_string()))
    }
}

/// Output that cannot be written. Who reads it may have read enough, as `head` has.
impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::new(OUTPUT, ""),
            _ => Self::new(OUTPUT, format!("the output cannot be written: {error}")),
        }
    }
}
