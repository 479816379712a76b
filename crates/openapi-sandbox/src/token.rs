//! The token endpoints: the client credentials grant (RFC 6749, 4.4) and, where a scheme's `x-token-grant` says so, token
//! exchange (RFC 8693). Responses and errors are those of RFC 6749, 5.

use std::collections::{HashMap, HashSet};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use serde_json::json;

use crate::body::essence;
use crate::credential::{BASIC_CHALLENGE, basic};
use crate::document::{TOKEN_EXCHANGE, TokenEndpoint};
use crate::response;
use crate::state::{IssuedToken, Shared, random_token};

/// Why a token request fails: the status and the error code of RFC 6749, 5.2.
struct TokenRefusal {
    status: u16,
    error: &'static str,
    description: &'static str,
}

const fn bad(error: &'static str, description: &'static str) -> TokenRefusal {
    TokenRefusal { status: 400, error, description }
}

/// Answers a token request to a path. `endpoints` are the token endpoints that have this path, one for each scheme.
pub(crate) fn respond(
    shared: &Shared,
    endpoints: &[&TokenEndpoint],
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<Body> {
    if method != Method::POST {
        let mut response = response::empty(405);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let mut response = match grant(shared, endpoints, headers, body) {
        Ok(granted) => issue(shared, granted),
        Err(refusal) => {
            let body = json!({"error": refusal.error, "error_description": refusal.description});
            let mut response = response::json(refusal.status, &body);
            if refusal.status == 401 {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(BASIC_CHALLENGE));
            }
            response
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// What a token request is granted.
struct Granted {
    /// The security schemes that have this endpoint and this grant.
    schemes: HashSet<String>,
    scopes: HashSet<String>,
    is_exchange: bool,
}

/// Checks a token request.
fn grant(
    shared: &Shared,
    endpoints: &[&TokenEndpoint],
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Granted, TokenRefusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if essence(media_type) != "application/x-www-form-urlencoded" {
        return Err(bad("invalid_request", "the body is not application/x-www-form-urlencoded"));
    }
    let form = form(body)?;
    let field = |name: &str| form.get(name).map(String::as_str);
    let grant = field("grant_type").ok_or(bad("invalid_request", "grant_type is missing"))?;
    let endpoints: Vec<&TokenEndpoint> =
        endpoints.iter().copied().filter(|endpoint| endpoint.grant == grant && endpoint.issues()).collect();
    if endpoints.is_empty() {
        return Err(bad("unsupported_grant_type", "this endpoint does not support this grant"));
    }
    let is_exchange = grant == TOKEN_EXCHANGE;
    if is_exchange {
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
    let schemes = endpoints.iter().map(|endpoint| endpoint.scheme.clone()).collect();
    Ok(Granted { schemes, scopes: asked.into_iter().map(str::to_owned).collect(), is_exchange })
}

/// The parameters of the form. One without a value counts as left out, and none may come twice (RFC 6749, 3.2).
fn form(body: &Bytes) -> Result<HashMap<String, String>, TokenRefusal> {
    let mut form = HashMap::new();
    for (name, value) in form_urlencoded::parse(body).filter(|(_, value)| !value.is_empty()) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(bad("invalid_request", "a parameter comes twice"));
        }
    }
    Ok(form)
}

/// Checks the client's id and secret, which come by HTTP Basic or in the form, but not both (RFC 6749, 2.3).
fn authenticate(
    shared: &Shared,
    headers: &HeaderMap,
    id: Option<&str>,
    secret: Option<&str>,
) -> Result<(), TokenRefusal> {
    let unknown = TokenRefusal { status: 401, error: "invalid_client", description: "the client is unknown" };
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
        Some((id, secret)) if shared.is_client(&id, &secret) => Ok(()),
        _ => Err(unknown),
    }
}

/// Decodes one value of a form.
fn decode(text: &str) -> String {
    let pair = form_urlencoded::parse(text.as_bytes()).next();
    pair.map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// Makes a token, remembers it, and tells the client about it (RFC 6749, 5.1).
fn issue(shared: &Shared, granted: Granted) -> Response<Body> {
    let Granted { schemes, scopes, is_exchange } = granted;
    let token = random_token();
    let mut names: Vec<&str> = scopes.iter().map(String::as_str).collect();
    names.sort_unstable();
    let scope = names.join(" ");
    let mut state = shared.state();
    let lifetime = state.token_lifetime;
    let mut body = json!({"access_token": token, "token_type": "Bearer", "expires_in": lifetime.as_secs()});
    if !scope.is_empty() {
        body["scope"] = json!(scope);
    }
    if is_exchange {
        body["issued_token_type"] = json!("urn:ietf:params:oauth:token-type:access_token");
    }
    let expires = shared.clock.now().checked_add(lifetime);
    state.tokens.insert(token, IssuedToken { schemes, scopes, expires });
    response::json(200, &body)
}
