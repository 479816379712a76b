//! The server: finds the token endpoint or operation that a request is for, and plays what is scripted for it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State as Extract};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, Uri};

use crate::arrived::Arrived;
use crate::check::{self, Outcome, Received};
use crate::document::{Document, Operation, TokenEndpoint};
use crate::documented::{Documented, Wanted};
use crate::paging::Page;
use crate::response::Cut;
use crate::script::Answer;
use crate::state::Shared;
use crate::{response, token};

/// The operation that token requests count as.
const TOKEN: &str = "token";

/// The routes of a sandbox. It takes bodies of any size, as the definition sets no limit.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).layer(DefaultBodyLimit::disable()).with_state(shared)
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
    let received = Received { query, headers: &headers, body: &body };
    let found = shared.documents.iter().find_map(|document| {
        let operations = document.find(method.as_str(), path, query);
        Some((document, choose(&shared, document, &operations, &received)?))
    });
    // A token endpoint may be an operation of the definition too: it counts as that where an answer is scripted for it.
    let is_scripted = found.is_some_and(|(_, operation)| shared.is_scripted(&operation.id));
    let endpoints: Vec<&TokenEndpoint> = shared.token_endpoints().filter(|endpoint| endpoint.path == path).collect();
    if !endpoints.is_empty() && !is_scripted {
        // The body of a token request holds credentials: it is not remembered.
        let scripted = arrive(&shared, TOKEN, &headers, Bytes::new());
        return match play(&shared, scripted).await {
            Played::Whole(response) => response,
            Played::Documented(Wanted { status: Some(status), wait, .. }, _) => response::undocumented(status, wait),
            Played::Documented(_, cut) => cut_if(cut, token::respond(&shared, &endpoints, &method, &headers, &body)),
        };
    }
    let Some((document, operation)) = found else { return response::empty(404) };
    let scripted = arrive(&shared, &operation.id, &headers, body.clone());
    match play(&shared, scripted).await {
        Played::Whole(response) => response,
        Played::Documented(wanted, cut) => {
            if let (Some(fault), None) = (&operation.fault, wanted.status) {
                return response::fault(fault);
            }
            let outcome = outcome(&shared, document, operation, &received, &wanted);
            let response = document.response(operation, outcome.status).filter(|_| outcome.status / 100 == 2);
            let page =
                response.as_deref().and_then(|response| Page::of(document, operation, &received, path, response));
            let headers = &headers;
            let documented = Documented { shared: &shared, document, operation, outcome, wanted, page, headers };
            cut_if(cut, documented.response())
        }
    }
}

/// The operation that a request is for, of those that have its method and path: among those that it fits, or all if it fits
/// none, one that has a scripted answer, else the one that it fits best.
fn choose<'a>(
    shared: &Shared,
    document: &Document,
    operations: &[&'a Operation],
    received: &Received<'_>,
) -> Option<&'a Operation> {
    if let [] | [_] = operations {
        return operations.first().copied();
    }
    let fit = |operation: &&'a Operation| Some((check::fit(shared, document, operation, received)?, *operation));
    let mut fitting: Vec<(usize, &Operation)> = operations.iter().filter_map(fit).collect();
    if fitting.is_empty() {
        fitting = operations.iter().map(|operation| (0, *operation)).collect();
    }
    let scripted = fitting.iter().find(|(_, operation)| shared.is_scripted(&operation.id));
    // Of several that fit equally well, the first.
    let best = scripted.or_else(|| fitting.iter().rev().max_by_key(|(fit, _)| *fit));
    best.map(|(_, operation)| *operation)
}

/// The scripted status, else the one that the checks give.
fn outcome(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    received: &Received<'_>,
    wanted: &Wanted,
) -> Outcome {
    match wanted.status {
        Some(status) => Outcome::new(status),
        None => match check::check(shared, document, operation, received) {
            Ok(()) => Outcome::new(operation.success()),
            Err(outcome) => outcome,
        },
    }
}

/// Remembers the request, and takes the next scripted answer.
fn arrive(shared: &Shared, operation: &str, headers: &HeaderMap, body: Bytes) -> Option<Answer> {
    let credential = |name: &HeaderName, value: &HeaderValue| {
        [AUTHORIZATION, COOKIE].contains(name) || value.as_bytes() == shared.client_secret.as_bytes()
    };
    let kept = headers.iter().filter(|(name, value)| !credential(name, value));
    let headers = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut state = shared.state();
    state.arrived.push(Arrived { operation: operation.to_owned(), headers, body });
    state.script.get_mut(operation)?.pop_front()
}

/// What a scripted answer comes to.
enum Played {
    /// This response.
    Whole(Response<Body>),
    /// The documented response, cut off if so scripted.
    Documented(Wanted, Option<Cut>),
}

/// Plays a scripted answer up to the point where the documented response is needed.
async fn play(shared: &Shared, answer: Option<Answer>) -> Played {
    let mut wanted = Wanted::default();
    let mut cut = None;
    match answer {
        None => {}
        Some(Answer::Status(status)) => wanted.status = Some(status),
        Some(Answer::Media { status, media_type }) => {
            wanted.status = Some(status);
            wanted.media_type = Some(media_type);
        }
        Some(Answer::RateLimit(seconds)) => {
            wanted.status = Some(429);
            wanted.wait = Some(seconds);
        }
        Some(Answer::Delay(delay)) => shared.clock.sleep(delay).await,
        Some(Answer::Cut) => cut = Some(Cut::Half),
        Some(Answer::CutAt(bytes)) => cut = Some(Cut::At(bytes)),
        Some(Answer::Close) => return Played::Whole(response::closed()),
        Some(Answer::Raw { status, headers, body }) => return Played::Whole(raw(status, headers, body)),
    }
    Played::Documented(wanted, cut)
}

/// Builds the response of [`Answer::Raw`].
fn raw(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Response<Body> {
    let mut response = response::empty(status);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    *response.body_mut() = Body::from(body);
    response
}

fn cut_if(cut: Option<Cut>, response: Response<Body>) -> Response<Body> {
    match cut {
        Some(cut) => response::cut(response, cut),
        None => response,
    }
}
