//! The sandbox's token endpoints: the client credentials grant (RFC 6749, 4.4) and, where a scheme's `x-token-grant` says
//! so, token exchange (RFC 8693); answers and errors as in RFC 6749, 5.

use std::collections::{HashMap, HashSet};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use base64::Engine;
use serde_json::json;

use super::document::{TokenEndpoint, essence};
use super::server::{json_response, plain};
use super::{Issued, Shared};

/// The challenge of HTTP Basic, which must name a realm (RFC 7617, 2).
pub(super) const BASIC: &str = "Basic realm=\"sandbox\"";

/// The challenge for a bearer token, which must have a parameter (RFC 6750, 3).
pub(super) const BEARER: &str = "Bearer realm=\"sandbox\"";

const CLIENT_CREDENTIALS: &str = "client_credentials";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Why there is no token: the status and the error code of RFC 6749, 5.2.
struct Refusal {
    status: u16,
    error: &'static str,
    description: &'static str,
}

const fn bad(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: 400, error, description }
}

/// Answers a token request. `endpoints` are the schemes whose tokens this path issues.
pub(super) fn respond(
    shared: &Shared,
    endpoints: &[&TokenEndpoint],
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<Body> {
    if method != Method::POST {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let mut response = match grant(shared, endpoints, headers, body) {
        Ok((token, scopes, exchanged)) => issue(shared, endpoints, token, scopes, exchanged),
        Err(refusal) => {
            let body = json!({"error": refusal.error, "error_description": refusal.description});
            let mut response = json_response(refusal.status, &body);
            if refusal.status == 401 {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(BASIC));
            }
            response
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Checks the request; gives a new token, its scopes, and whether it was exchanged for another.
fn grant(
    shared: &Shared,
    endpoints: &[&TokenEndpoint],
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(String, HashSet<String>, bool), Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if essence(media_type) != "application/x-www-form-urlencoded" {
        return Err(bad("invalid_request", "the body is not application/x-www-form-urlencoded"));
    }
    let form = form(body)?;
    let field = |name: &str| form.get(name).map(String::as_str);
    let grant = field("grant_type").ok_or(bad("invalid_request", "grant_type is missing"))?;
    let exchanged = match grant {
        CLIENT_CREDENTIALS | TOKEN_EXCHANGE if endpoints.iter().any(|endpoint| endpoint.grant == grant) => {
            grant == TOKEN_EXCHANGE
        }
        _ => return Err(bad("unsupported_grant_type", "this endpoint does not take this grant")),
    };
    if exchanged {
        for name in ["subject_token", "subject_token_type"] {
            field(name).ok_or(bad("invalid_request", "the subject token or its type is missing"))?;
        }
    } else {
        authenticate(shared, headers, field("client_id"), field("client_secret"))?;
    }
    let known: HashSet<&str> = endpoints.iter().flat_map(|endpoint| &endpoint.scopes).map(String::as_str).collect();
    let asked: HashSet<&str> = match field("scope") {
        Some(scope) => scope.split(' ').filter(|scope| !scope.is_empty()).collect(),
        None => known.clone(),
    };
    if !asked.is_subset(&known) {
        return Err(bad("invalid_scope", "the definition has no such scope"));
    }
    let token = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    Ok((token, asked.into_iter().map(str::to_owned).collect(), exchanged))
}

/// The parameters. One without a value counts as left out, and none may come twice (RFC 6749, 3.2).
fn form(body: &Bytes) -> Result<HashMap<String, String>, Refusal> {
    let mut form = HashMap::new();
    for (name, value) in form_urlencoded::parse(body).filter(|(_, value)| !value.is_empty()) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(bad("invalid_request", "a parameter comes twice"));
        }
    }
    Ok(form)
}

/// Checks the client's id and secret, which come in one way only: by HTTP Basic, or in the form (RFC 6749, 2.3).
fn authenticate(shared: &Shared, headers: &HeaderMap, id: Option<&str>, secret: Option<&str>) -> Result<(), Refusal> {
    let unknown = Refusal { status: 401, error: "invalid_client", description: "the client is not known" };
    let by_header = headers.contains_key(header::AUTHORIZATION);
    if by_header && secret.is_some() {
        return Err(bad("invalid_request", "the client authenticates twice"));
    }
    let given = if by_header {
        // Each half is form-encoded before it goes into the header (RFC 6749, 2.3.1).
        basic(headers).map(|(id, secret)| (decode(&id), decode(&secret)))
    } else {
        id.zip(secret).map(|(id, secret)| (id.to_owned(), secret.to_owned()))
    };
    match given {
        Some((id, secret)) if id == shared.client_id && secret == shared.client_secret => Ok(()),
        _ => Err(unknown),
    }
}

/// The user and password of HTTP Basic (RFC 7617).
pub(super) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(value.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

fn decode(text: &str) -> String {
    let pair = form_urlencoded::parse(text.as_bytes()).next();
    pair.map(|(text, _)| text.into_owned()).unwrap_or_default()
}

fn issue(
    shared: &Shared,
    endpoints: &[&TokenEndpoint],
    token: String,
    scopes: HashSet<String>,
    exchanged: bool,
) -> Response<Body> {
    let mut names: Vec<&String> = scopes.iter().collect();
    names.sort();
    let scope = names.into_iter().cloned().collect::<Vec<_>>().join(" ");
    let mut state = shared.state();
    let lifetime = state.token_lifetime;
    let mut body = json!({"access_token": token, "token_type": "Bearer", "expires_in": lifetime.as_secs()});
    if !scope.is_empty() {
        body["scope"] = json!(scope);
    }
    if exchanged {
        body["issued_token_type"] = json!("urn:ietf:params:oauth:token-type:access_token");
    }
    let schemes = endpoints.iter().map(|endpoint| endpoint.scheme.clone()).collect();
    state.tokens.insert(token, Issued { schemes, scopes, expires: shared.clock.now() + lifetime });
    json_response(200, &body)
}
