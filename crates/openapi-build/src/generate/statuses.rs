//! Statuses in Rust: the names of their variants, and the patterns that match them.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::names::type_name;
use crate::status::Status;

/// The pattern of the status codes that a status stands for.
pub(super) fn pattern(status: Status) -> TokenStream {
    match status.codes() {
        Some((first, last)) if first == last => Literal::u16_unsuffixed(first).to_token_stream(),
        Some(codes) => span(codes),
        None => quote!(_),
    }
}

/// All status codes from the first to the last.
pub(super) fn span((first, last): (u16, u16)) -> TokenStream {
    let (first, last) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
    quote!(#first..=#last)
}

/// The name of the variant for the response of that key, and its label: the registered reason phrase (RFC 9110, 15).
pub(super) fn reason(key: &str) -> (String, String) {
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
