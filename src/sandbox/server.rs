//! The requests: which token endpoint or operation each is for, and the documented response.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use serde_json::Value;

use super::check::{self, Refusal};
use super::document::{Document, Operation, TokenEndpoint, media};
use super::script::{Scripted, broken};
use super::{Arrived, Shared, TOKEN, token};

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
    let query = uri.query().unwrap_or_default();
    let find = |document| Document::find(document, method.as_str(), path, query).map(|operation| (document, operation));
    let found = shared.documents.iter().find_map(find);
    // A token endpoint may be an operation of the definition too: it is that where an answer is set for it.
    let is_set =
        found.is_some_and(|(_, operation)| shared.state().script.get(&operation.id).is_some_and(|it| !it.is_empty()));
    let endpoints = shared.documents.iter().flat_map(|document| &document.token_endpoints);
    let endpoints: Vec<&TokenEndpoint> = endpoints.filter(|endpoint| endpoint.path == path && !is_set).collect();
    if !endpoints.is_empty() {
        // The body of a token request holds credentials: it is not remembered.
        let scripted = arrive(&shared, TOKEN, &Bytes::new());
        return match play(&shared, scripted).await {
            Ok(played) => played.cut(token::respond(&shared, &endpoints, &method, &headers, &body)).await,
            Err(response) => response,
        };
    }
    let Some((document, operation)) = found else {
        return plain(StatusCode::NOT_FOUND);
    };
    let scripted = arrive(&shared, &operation.id, &body);
    let played = match play(&shared, scripted).await {
        Ok(played) => played,
        Err(response) => return response,
    };
    let checked = match played.status {
        Some(status) => Err(Refusal::new(status)),
        None => check::all(&shared, document, operation, &headers, &body),
    };
    let refusal = checked.err().unwrap_or_else(|| Refusal::new(operation.success()));
    played.cut(documented(&shared, document, operation, &refusal, &played)).await
}

/// Remembers the request, and takes the next scripted answer.
fn arrive(shared: &Shared, operation: &str, body: &Bytes) -> Option<super::Answer> {
    let mut state = shared.state();
    state.arrived.push(Arrived { operation: operation.to_owned(), body: body.to_vec() });
    state.script.get_mut(operation)?.pop_front()
}

/// Does what the script says before the documented response, or gives the answer that it holds itself.
async fn play(shared: &Shared, answer: Option<super::Answer>) -> Result<Scripted, Response<Body>> {
    use super::Answer;
    let mut scripted = Scripted::default();
    match answer {
        None => {}
        Some(Answer::Status(status)) => scripted.status = Some(status),
        Some(Answer::Media { status, media_type }) => {
            scripted.status = Some(status);
            scripted.media_type = Some(media_type);
        }
        Some(Answer::RateLimit(seconds)) => {
            scripted.status = Some(429);
            scripted.wait = Some(seconds);
        }
        Some(Answer::Delay(delay)) => shared.clock.sleep(delay).await,
        Some(Answer::Cut) => scripted.cut = true,
        Some(Answer::Close) => return Err(broken(Bytes::new(), plain(StatusCode::OK), 1)),
        Some(Answer::Raw { status, headers, body }) => {
            let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            *response.body_mut() = Body::from(body);
            return Err(response);
        }
    }
    Ok(scripted)
}

pub(super) fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

pub(super) fn json_response(status: u16, body: &Value) -> Response<Body> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body.to_string());
    response
}

/// The documented response of a status, with all its headers.
fn documented(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    refusal: &Refusal,
    scripted: &Scripted,
) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let Some(documented) = document.response(operation, refusal.status) else {
        let mut response = plain(status);
        if let Some(wait) = scripted.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        return response;
    };
    let mut response = plain(status);
    let body = media(documented, scripted.media_type.as_deref()).or_else(|| first_media(documented));
    if let Some((media_type, content)) = body {
        let mut body = document.example(content).unwrap_or_default();
        refusal.fill(&mut body, documented);
        if let Ok(value) = HeaderValue::from_str(media_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        *response.body_mut() = match body {
            Value::String(text) if !media_type.contains("json") => Body::from(text),
            body => Body::from(body.to_string()),
        };
    }
    for (name, value) in documented.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let text = header_value(shared, document, name, document.resolve(value), refusal, scripted);
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn first_media(documented: &Value) -> Option<(&str, &Value)> {
    let content = documented.get("content")?.as_object()?;
    content.iter().next().map(|(media_type, media)| (media_type.as_str(), media))
}

fn header_value(
    shared: &Shared,
    document: &Document,
    name: &str,
    header: &Value,
    refusal: &Refusal,
    scripted: &Scripted,
) -> String {
    let name = name.to_ascii_lowercase();
    match (name.as_str(), document.example(header)) {
        ("retry-after" | "x-ratelimit-reset", _) => scripted.wait.unwrap_or(1).to_string(),
        // Only where the limit is reached is nothing left.
        ("x-ratelimit-remaining", _) => if refusal.status == 429 { "0" } else { "99" }.to_owned(),
        (name, _) if name.ends_with("request-id") => {
            let mut state = shared.state();
            state.counter += 1;
            format!("sandbox-{}", state.counter)
        }
        ("www-authenticate", None) => refusal.challenge.unwrap_or(token::BEARER).to_owned(),
        (_, Some(Value::String(text))) => text,
        (_, Some(other)) => other.to_string(),
        (_, None) => "text".to_owned(),
    }
}
