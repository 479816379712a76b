//! The statuses that responses are documented for.

use crate::names::type_name;

/// What the key of a response stands for ([OpenAPI 3.0.3, Responses Object]).
///
/// [OpenAPI 3.0.3, Responses Object]: https://spec.openapis.org/oas/v3.0.3#responses-object
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// One status: `404`.
    Exact(u16),
    /// All statuses with that first digit: `4XX`.
    Range(u8),
    /// Every status that has no response of its own: `default`.
    Default,
}

impl Status {
    /// Reads the key of a response. One that is no status stands for all that have no response of their own.
    pub(crate) fn read(key: &str) -> Self {
        let digit = || key.chars().next()?.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        match (key.parse(), digit()) {
            (Ok(code), _) => Self::Exact(code),
            (Err(_), Some(digit)) => Self::Range(digit),
            (Err(_), None) => Self::Default,
        }
    }

    /// Whether the status says that the request succeeded (RFC 9110, 15.3).
    pub(crate) fn is_success(self) -> bool {
        self.class() == Some(2)
    }

    /// Whether the status can only be one of an answer that is not a success.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self.class(), Some(3..=5))
    }

    /// The first digit, where there is one.
    fn class(self) -> Option<u16> {
        match self {
            Self::Exact(code @ 100..=999) => Some(code / 100),
            Self::Range(digit) => Some(u16::from(digit)),
            Self::Exact(_) | Self::Default => None,
        }
    }

    /// The first and the last status; `None` for the default.
    pub(crate) fn codes(self) -> Option<(u16, u16)> {
        match self {
            Self::Exact(code) => Some((code, code)),
            Self::Range(digit) => Some((u16::from(digit) * 100, u16::from(digit) * 100 + 99)),
            Self::Default => None,
        }
    }

    /// The order in which responses are tried: exact statuses first, then ranges, then the default.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Range(_) => 1,
            Self::Default => 2,
        }
    }
}

/// Whether the key of a response stands for a success.
pub(crate) fn is_success(key: &str) -> bool {
    Status::read(key).is_success()
}

/// The name of the variant for the response of that key, and its label: the registered reason phrase (RFC 9110, 15).
pub(crate) fn reason(key: &str) -> (String, String) {
    let phrase = match Status::read(key) {
        Status::Exact(code) => reason_phrase(code).map(|phrase| (code, phrase)),
        Status::Range(_) | Status::Default => None,
    };
    match (phrase, key) {
        (Some((code, phrase)), _) => (type_name(phrase), format!("{code} {phrase}")),
        (None, "default") => ("Default".into(), "an error".into()),
        (None, key) => (format!("Status{}", word(key)), key.to_ascii_uppercase()),
    }
}

/// The letters and digits of a key, in upper case.
fn word(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn reason_phrase(code: u16) -> Option<&'static str> {
    Some(match code {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        511 => "Network Authentication Required",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_status_a_range_or_the_default() {
        for (key, status, success, failure) in [
            ("200", Status::Exact(200), true, false),
            ("404", Status::Exact(404), false, true),
            ("2XX", Status::Range(2), true, false),
            ("5xx", Status::Range(5), false, true),
            ("default", Status::Default, false, false),
            ("20", Status::Exact(20), false, false),
        ] {
            let read = Status::read(key);
            assert_eq!((read, read.is_success(), read.is_failure()), (status, success, failure), "{key}");
        }
    }
}
