//! The requests: the token endpoint, and every operation of the documents.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use base64::Engine;
use serde_json::{Value, json};

use super::document::{Document, Operation, json_content};
use super::{Answer, Arrived, Shared};

/// The status and the reason for which a request is refused.
struct Refusal {
    status: u16,
    /// Of the field that is wrong, as a JSON pointer, and why.
    problem: Option<(String, String)>,
    challenge: Option<&'static str>,
}

impl Refusal {
    fn new(status: u16) -> Self {
        Self { status, problem: None, challenge: None }
    }

    fn field(pointer: impl Into<String>, why: impl Into<String>) -> Self {
        Self { problem: Some((pointer.into(), why.into())), ..Self::new(400) }
    }

    fn unauthorized(challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..Self::new(401) }
    }
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

async fn handle(
    Extract(shared): Extract<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path();
    let endpoint =
        shared.documents.iter().flat_map(Document::token_endpoints).find(|(token_path, _)| token_path == path);
    if let Some((_, scopes)) = endpoint {
        return match script(&shared, "token", &body) {
            Some(answer) => {
                raw_answer(answer).await.unwrap_or_else(|| token(&shared, &method, &headers, &body, &scopes))
            }
            None => token(&shared, &method, &headers, &body, &scopes),
        };
    }
    let Some((document, operation)) = shared.find(method.as_str(), path) else {
        return plain(StatusCode::NOT_FOUND);
    };
    let mut status = document.success(&operation);
    let mut wait = None;
    match script(&shared, &operation.id, &body) {
        Some(Answer::Status(scripted)) => {
            return documented(&shared, document, &operation, &Refusal::new(scripted), None);
        }
        Some(Answer::RateLimit(seconds)) => wait = Some(seconds),
        Some(answer) => {
            if let Some(response) = raw_answer(answer).await {
                return response;
            }
        }
        None => {}
    }
    if wait.is_some() {
        return documented(&shared, document, &operation, &Refusal::new(429), wait);
    }
    let checked = authorize(&shared, document, &operation, &headers)
        .and_then(|()| check_body(document, &operation, &headers, &body))
        .and_then(|()| check_state(&shared, &operation, &body));
    let refusal = match checked {
        Ok(()) => Refusal::new(status),
        Err(refusal) => {
            status = refusal.status;
            refusal
        }
    };
    debug_assert_eq!(status, refusal.status);
    documented(&shared, document, &operation, &refusal, None)
}

/// Remembers the request, and takes the next scripted answer.
fn script(shared: &Shared, operation: &str, body: &Bytes) -> Option<Answer> {
    let mut state = shared.state();
    // The body of a token request holds credentials.
    let body = if operation == "token" { Vec::new() } else { body.to_vec() };
    state.arrived.push(Arrived { operation: operation.to_owned(), body });
    state.script.get_mut(operation)?.pop_front()
}

/// The answers that are the same for every operation; `None` where the operation is to answer after all.
async fn raw_answer(answer: Answer) -> Option<Response<Body>> {
    match answer {
        Answer::Raw { status, headers, body } => {
            let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            *response.body_mut() = Body::from(body);
            Some(response)
        }
        // A body that fails before its first byte makes the server close the connection.
        Answer::Close => {
            let broken = Body::from_stream(Broken);
            let mut response = plain(StatusCode::OK);
            *response.body_mut() = broken;
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("1"));
            Some(response)
        }
        Answer::Delay(delay) => {
            tokio::time::sleep(delay).await;
            None
        }
        Answer::Status(status) => {
            Some(plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)))
        }
        Answer::RateLimit(seconds) => {
            let mut response = plain(StatusCode::TOO_MANY_REQUESTS);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Some(response)
        }
    }
}

/// A body that fails at once.
struct Broken;

impl futures_core::Stream for Broken {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Err(std::io::Error::other("closed"))))
    }
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn json_response(status: u16, body: &Value) -> Response<Body> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body.to_string());
    response
}

/// The token endpoint: the client credentials grant (RFC 6749, 4.4), its answers as in section 5.
fn token(shared: &Shared, method: &Method, headers: &HeaderMap, body: &Bytes, scopes: &[String]) -> Response<Body> {
    let refuse = |status: u16, error: &str| {
        let mut response = json_response(status, &json!({"error": error}));
        no_store(&mut response);
        if status == 401 {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        response
    };
    if method != Method::POST {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let form: Vec<(String, String)> = url_decode(body);
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let by_header = basic_credentials(headers);
    let by_form = field("client_id").zip(field("client_secret")).map(|(id, secret)| (id.to_owned(), secret.to_owned()));
    // A client must not use more than one way to authenticate in a request (RFC 6749, 2.3).
    let given = match (by_header, by_form) {
        (Some(_), Some(_)) => return refuse(400, "invalid_request"),
        (given, None) | (None, given) => given,
    };
    if given != Some((shared.client_id.clone(), shared.client_secret.clone())) {
        return refuse(401, "invalid_client");
    }
    match field("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return refuse(400, "unsupported_grant_type"),
        None => return refuse(400, "invalid_request"),
    }
    let asked: HashSet<String> = match field("scope") {
        Some(scope) => scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        None => scopes.iter().cloned().collect(),
    };
    if !asked.iter().all(|scope| scopes.contains(scope)) {
        return refuse(400, "invalid_scope");
    }
    let token = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    let mut state = shared.state();
    let lifetime = state.token_lifetime;
    state.tokens.insert(token.clone(), (asked, Instant::now() + lifetime));
    let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": lifetime.as_secs()});
    let mut response = json_response(200, &body);
    no_store(&mut response);
    response
}

fn no_store(response: &mut Response<Body>) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

/// The id and secret of HTTP Basic, each form-encoded (RFC 6749, 2.3.1).
fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(value).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((percent_decode(id), percent_decode(secret)))
}

fn url_decode(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (percent_decode(key), percent_decode(value))).collect()
}

/// Undoes `application/x-www-form-urlencoded`.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.extend(u8::from_str_radix(&hex, 16));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Checks the credential against the operation's security alternatives.
fn authorize(shared: &Shared, document: &Document, operation: &Operation, headers: &HeaderMap) -> Result<(), Refusal> {
    if operation.security.is_empty() || operation.security.iter().any(Vec::is_empty) {
        return Ok(());
    }
    let mut refusal = Refusal::unauthorized("Bearer");
    for (scheme, scopes) in operation.security.iter().flatten() {
        let basic = document.scheme(scheme).is_some_and(|scheme| scheme.get("scheme") == Some(&json!("basic")));
        if basic {
            refusal = Refusal::unauthorized("Basic");
            if basic_credentials(headers) == Some((shared.client_id.clone(), shared.client_secret.clone())) {
                return Ok(());
            }
            continue;
        }
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer "));
        let state = shared.state();
        match token.and_then(|token| state.tokens.get(token)).filter(|(_, expires)| Instant::now() < *expires) {
            Some((granted, _)) if scopes.iter().all(|scope| granted.contains(scope)) => return Ok(()),
            Some(_) => refusal = Refusal::new(403),
            None => {}
        }
    }
    Err(refusal)
}

/// Checks the body against the schema.
fn check_body(document: &Document, operation: &Operation, headers: &HeaderMap, body: &Bytes) -> Result<(), Refusal> {
    let Some((schema, required)) = document.request(operation) else { return Ok(()) };
    if body.is_empty() {
        return if required { Err(Refusal::field("", "the request body is missing")) } else { Ok(()) };
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.contains("json"));
    if !is_json {
        return Err(Refusal::field("", "the request body is not of a documented media type"));
    }
    let instance: Value =
        serde_json::from_slice(body).map_err(|error| Refusal::field("", format!("not JSON: {error}")))?;
    // A schema that the validator refuses says nothing about the request.
    let Ok(validator) = jsonschema::draft202012::options().should_validate_formats(true).build(&schema) else {
        return Ok(());
    };
    match validator.iter_errors(&instance).next() {
        Some(error) => Err(Refusal::field(error.instance_path().to_string(), error.to_string())),
        None => Ok(()),
    }
}

/// Checks whether what the request makes is there already.
fn check_state(shared: &Shared, operation: &Operation, body: &Bytes) -> Result<(), Refusal> {
    let Some(pointers) = operation.raw.get("x-sandbox-conflict-on").and_then(Value::as_array) else { return Ok(()) };
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let key: Vec<&Value> =
        pointers.iter().filter_map(Value::as_str).filter_map(|pointer| body.pointer(pointer)).collect();
    let new = shared.state().there.insert((operation.id.clone(), json!(key).to_string()));
    if new { Ok(()) } else { Err(Refusal::new(409)) }
}

/// The documented response of a status, with all its headers.
fn documented(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    refusal: &Refusal,
    wait: Option<u64>,
) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let Some(documented) = document.response(operation, refusal.status) else { return plain(status) };
    let mut response = match json_content(documented) {
        Some(content) => {
            let mut body = document.example(content).unwrap_or_default();
            fill(&mut body, documented, refusal);
            json_response(refusal.status, &body)
        }
        None => plain(status),
    };
    let id = {
        let mut state = shared.state();
        state.counter += 1;
        format!("sandbox-{}", state.counter)
    };
    for (name, value) in documented.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let value = document.resolve(value);
        let text = match (name.to_ascii_lowercase().as_str(), document.example(value)) {
            ("retry-after" | "x-ratelimit-reset", _) => wait.unwrap_or(1).to_string(),
            (name, _) if name.ends_with("request-id") => id.clone(),
            ("www-authenticate", None) => refusal.challenge.unwrap_or("Bearer").to_owned(),
            (_, Some(Value::String(text))) => text,
            (_, Some(other)) => other.to_string(),
            (_, None) => "text".to_owned(),
        };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Writes the field that is wrong, and why, where `x-sandbox-problem` says.
fn fill(body: &mut Value, documented: &Value, refusal: &Refusal) {
    let (Some((pointer, why)), Some(places)) = (&refusal.problem, documented.get("x-sandbox-problem")) else { return };
    for (key, text) in [("pointer", pointer), ("detail", why)] {
        let Some(place) = places.get(key).and_then(Value::as_str) else { continue };
        let Some((parent, name)) = place.rsplit_once('/') else { continue };
        if let Some(object) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
            object.insert(name.to_owned(), Value::String(text.clone()));
        }
    }
}
