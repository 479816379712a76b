//! Reads the credentials that a request presents, and names the challenges that ask for them.

use axum::http::{HeaderMap, header};
use base64::Engine;

/// The challenge of HTTP Basic, which must name a realm (RFC 7617, 2).
pub(crate) const BASIC_CHALLENGE: &str = "Basic realm=\"sandbox\"";

/// The challenge for a bearer token, which must have a parameter (RFC 6750, 3).
pub(crate) const BEARER_CHALLENGE: &str = "Bearer realm=\"sandbox\"";

/// The challenge for an API key. No RFC names such a scheme, and a 401 must have a challenge (RFC 9110, 15.5.2).
pub(crate) const API_KEY_CHALLENGE: &str = "ApiKey realm=\"sandbox\"";

/// The user and password of HTTP Basic (RFC 7617).
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(authorization(headers, "Basic")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// The bearer token (RFC 6750, 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "Bearer")
}

/// What follows the name of the authentication scheme, whose case does not matter (RFC 9110, 11.1).
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (name, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then(|| value.trim())
}

/// Whether `key` is the value of the header, query parameter or cookie `name` (OpenAPI 3.0.3, Security Scheme Object).
pub(crate) fn has_api_key(key: &str, location: &str, name: &str, headers: &HeaderMap, query: &str) -> bool {
    match location {
        "header" => headers.get_all(name).iter().any(|value| value.as_bytes() == key.as_bytes()),
        "query" => form_urlencoded::parse(query.as_bytes()).any(|(other, value)| other == name && value == key),
        "cookie" => {
            let lists = headers.get_all(header::COOKIE).iter().filter_map(|list| list.to_str().ok());
            let mut cookies = lists.flat_map(|list| list.split(';')).filter_map(|cookie| cookie.split_once('='));
            cookies.any(|(other, value)| other.trim() == name && value.trim() == key)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        headers
    }

    #[test]
    fn the_name_of_an_authentication_scheme_has_no_case() {
        assert_eq!(bearer(&with("authorization", "bearer abc")), Some("abc"));
        assert_eq!(bearer(&with("authorization", "Basic abc")), None);
        assert_eq!(basic(&with("authorization", "basic YTpiOmM=")), Some(("a".into(), "b:c".into())));
        assert_eq!(basic(&with("authorization", "Basic %%%")), None);
    }

    #[test]
    fn an_api_key_is_looked_for_in_its_own_place_only() {
        let found = |headers: &HeaderMap, query: &str| {
            ["header", "query", "cookie", "body"].map(|location| has_api_key("k1", location, "X-Key", headers, query))
        };
        assert_eq!(found(&with("x-key", "k1"), ""), [true, false, false, false]);
        assert_eq!(found(&HeaderMap::new(), "a=b&X-Key=k1"), [false, true, false, false]);
        assert_eq!(found(&with("cookie", "a=b; X-Key=k1"), ""), [false, false, true, false]);
        assert_eq!(found(&with("x-key", "k2"), "X-Key=k2&x-key=k1"), [false; 4]);
        assert_eq!(found(&with("cookie", "X-Keys=k1; Y=k1"), ""), [false; 4]);
    }

    #[test]
    fn a_name_that_no_header_can_have_matches_none() {
        assert!(!has_api_key("k1", "header", "X Key", &with("x-key", "k1"), ""));
    }
}
