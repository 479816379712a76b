//! Fetches a file. This is the only access to the network. It happens for a URL that the user gives, and, in `bundle`, for those
//! that the document refers to: `bundle` names each on standard error, and fetches those of this machine only if the user
//! gave the document by one.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `F001` | a URL is not https, or redirects to one that is not; loopback is exempt |
//! | `F002` | the server does not answer in time |
//! | `F003` | the server answers with a status other than success, or redirects too often |
//! | `F004` | the answer is larger than the limit |
//! | `F005` | a document that is not on loopback refers to loopback |
//! | `F006` | a document refers to more files at URLs than are fetched |
//! | `F007` | the answer is shorter than the server said, or the connection broke before its end |

use std::io::Read;
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, LOCATION};

use openapi_build::diagnostic::{Diagnostic, Position};

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// How much to accept from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most bytes of an answer.
    pub(crate) bytes: u64,
    /// The most time for the whole answer.
    pub(crate) time: Duration,
}

impl Default for Limits {
    /// The size of the largest file that is read, and a minute.
    fn default() -> Self {
        Self { bytes: openapi_build::source::MAX_BYTES, time: Duration::from_secs(60) }
    }
}

/// Whether `text` is a URL rather than the path of a file.
pub(crate) fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Whether the host of `url` is this machine.
pub(crate) fn names_loopback(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_loopback(&url))
}

/// Fetches the body of `url`.
///
/// # Errors
///
/// `F001` to `F004`, and `F007`.
pub(crate) fn fetch(url: &str, limits: Limits) -> Result<Vec<u8>, Diagnostic> {
    let start = Instant::now();
    let mut url =
        Url::parse(url).map_err(|error| reject("F001", url, &format!("this is not a URL: {error}"), "correct it"))?;
    check(&url, &url)?;
    let from_loopback = is_loopback(&url);
    for _ in 0..=REDIRECTS {
        let response = get(&url, left(&url, start, limits)?)?;
        if !response.status().is_redirection() {
            return body(&url, response, start, limits);
        }
        let next = response.headers().get(LOCATION).and_then(|location| url.join(location.to_str().ok()?).ok());
        let Some(next) = next else { return Err(status(&url, &response)) };
        check(&next, &url)?;
        if is_loopback(&next) && !from_loopback {
            return Err(reject(
                "F001",
                url.as_str(),
                &format!("this URL redirects to {next}"),
                "use the URL of the file itself",
            ));
        }
        url = next;
    }
    let message = format!("this URL redirects more than {REDIRECTS} times");
    Err(reject("F003", url.as_str(), &message, "use the URL of the file itself"))
}

/// Rejects a URL whose answer could be read or changed in transit.
fn check(url: &Url, shown: &Url) -> Result<(), Diagnostic> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ if url == shown => {
            Err(reject("F001", url.as_str(), "this URL is not https", "use one that begins with https://"))
        }
        _ => {
            let message = format!("this URL redirects to {url}, which is not https");
            Err(reject("F001", shown.as_str(), &message, "use the URL of the file itself"))
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        })
}

/// How much time is left.
fn left(url: &Url, start: Instant, limits: Limits) -> Result<Duration, Diagnostic> {
    let left = limits.time.checked_sub(start.elapsed()).filter(|left| !left.is_zero());
    left.ok_or_else(|| late(url, limits, "did not send the whole answer"))
}

fn get(url: &Url, time: Duration) -> Result<Response, Diagnostic> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(time)
        .connect_timeout(time)
        .user_agent(concat!("cargo-oas/", env!("CARGO_PKG_VERSION")));
    if is_loopback(url) {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(|error| unanswered(url, &error))?;
    let types = "application/yaml, application/json, text/html, text/plain, */*;q=0.1";
    client.get(url.clone()).header(ACCEPT, types).send().map_err(|error| unanswered(url, &error))
}

fn body(url: &Url, mut response: Response, start: Instant, limits: Limits) -> Result<Vec<u8>, Diagnostic> {
    if !response.status().is_success() {
        return Err(status(url, &response));
    }
    let large = |bytes: u64| {
        let message = format!("the server sends {bytes} bytes or more, and the limit is {}", limits.bytes);
        reject("F004", url.as_str(), &message, "check that this is the URL of the definition, or raise --max-bytes")
    };
    // Nothing is compressed, so this is what the server said, and the number of bytes that come.
    let announced = response.content_length();
    if let Some(length) = announced.filter(|length| *length > limits.bytes) {
        return Err(large(length));
    }
    let sent = |bytes: usize| match announced {
        Some(length) => format!("sent {bytes} of {length} bytes"),
        None => format!("sent {bytes} bytes, and not the end of its answer"),
    };
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        // reqwest limits the time of each read, and this the time of all of them.
        if start.elapsed() >= limits.time {
            return Err(late(url, limits, &sent(bytes.len())));
        }
        match response.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(error) if start.elapsed() >= limits.time || error.kind() == std::io::ErrorKind::TimedOut => {
                return Err(late(url, limits, &sent(bytes.len())));
            }
            Err(error) => {
                let reason = if is_end(&error) { "closed the connection" } else { "broke the connection" };
                let message = format!("the server {}, and {reason}", sent(bytes.len()));
                let help = "try again; if it stays so, download the file in a browser and pass its path";
                return Err(reject("F007", url.as_str(), &message, help));
            }
        }
        if bytes.len() as u64 > limits.bytes {
            return Err(large(bytes.len() as u64));
        }
    }
}

fn status(url: &Url, response: &Response) -> Diagnostic {
    let message = format!("the server answers {}", response.status());
    reject("F003", url.as_str(), &message, "open the URL in a browser, and correct it, or `origin` in spec.toml")
}

/// Whether a connection ended before it should, without an error of its own.
fn is_end(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(source) = error {
        if let Some(source) = source.downcast_ref::<std::io::Error>()
            && source.kind() != std::io::ErrorKind::Other
        {
            return source.kind() == std::io::ErrorKind::UnexpectedEof;
        }
        error = source.source();
    }
    true
}

fn late(url: &Url, limits: Limits, what: &str) -> Diagnostic {
    let message = format!("the server {what} within {:?}", limits.time);
    reject("F002", url.as_str(), &message, "try again later, or raise --timeout")
}

fn unanswered(url: &Url, error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let mut message = format!("the server does not answer: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        message.push_str(&format!(": {error}"));
        source = error.source();
    }
    reject("F002", url.as_str(), &message, "check the URL and the network, or download the file and pass its path")
}

fn reject(code: &'static str, url: &str, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(code, message).in_file(Position { file: url.into(), line: 0, column: 0 }).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_distinguished_from_a_path() {
        assert!(is_url("https://a/b.yaml") && is_url("ftp://a") && is_url("http://a"));
        assert!(!is_url("a.yaml") && !is_url("./https/a") && !is_url("C:\\a") && !is_url("C://a") && !is_url("://"));
    }

    #[test]
    fn a_url_that_is_not_https_is_rejected_before_anything_is_sent() {
        for url in [
            "http://example.com/a",
            "ftp://example.com/a",
            "file:///etc/hosts",
            "http://127.0.0.1.example.com/",
            "https://",
        ] {
            let error = fetch(url, Limits::default()).expect_err(url);
            assert_eq!(error.code, "F001", "{error}");
        }
    }
}
