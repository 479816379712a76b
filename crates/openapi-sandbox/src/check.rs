//! Checks whether the document allows a request: its credential, its body, and what was created before.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use crate::credential::{basic, bearer, has_api_key};
use crate::document::{Document, Operation, SchemeCheck};
use crate::state::{IssuedToken, Shared};

/// The status that a request gets, and which field of it is to blame.
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// The invalid field, as a JSON pointer, and what is wrong with it.
    problem: Option<(String, String)>,
}

impl Outcome {
    pub(crate) fn new(status: u16) -> Self {
        Self { status, problem: None }
    }

    fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { problem: Some((pointer.into(), detail.into())), ..Self::new(400) }
    }

    /// Writes the invalid field, and what is wrong with it, into `body` where `x-sandbox-problem` says.
    pub(crate) fn fill(&self, body: &mut Value, documented: &Value) {
        let (Some((pointer, detail)), Some(places)) = (&self.problem, documented.get("x-sandbox-problem")) else {
            return;
        };
        for (key, text) in [("pointer", pointer), ("detail", detail)] {
            let Some(place) = places.get(key).and_then(Value::as_str) else { continue };
            let Some((parent, name)) = place.rsplit_once('/') else { continue };
            if let Some(object) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
                object.insert(name.to_owned(), Value::String(text.clone()));
            }
        }
    }
}

/// What of a request is checked, besides its method and path.
pub(crate) struct Received<'a> {
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

impl Received<'_> {
    fn media_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// How well a request fits an operation: `None` if the operation does not take it. Several operations can have one method and
/// path, where a document tells them apart by fragments or by the names of parameters.
pub(crate) fn fit(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    received: &Received<'_>,
) -> Option<usize> {
    credential(shared, document, operation, received).ok()?;
    request_body(document, operation, received).ok()?;
    let has_query = |name: &str| form_urlencoded::parse(received.query.as_bytes()).any(|(other, _)| other == name);
    let has = |name: &str, in_header| if in_header { received.headers.contains_key(name) } else { has_query(name) };
    if operation.fault.is_some()
        || !operation.required.iter().all(|parameter| has(&parameter.name, parameter.in_header))
    {
        return None;
    }
    let declared = match &operation.body {
        Some(body) => body.declares(&document.tree, received.media_type(), received.body),
        None if received.body.is_empty() => 0,
        None => return None,
    };
    Some(declared + operation.required.len())
}

/// Runs all checks, one after the other. A request that passes them has created what it asks for.
pub(crate) fn check(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    received: &Received<'_>,
) -> Result<(), Outcome> {
    credential(shared, document, operation, received)?;
    request_body(document, operation, received)?;
    conflict(shared, operation, received.body)
}

/// How well a request meets a security requirement, from the worst to the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    Not,
    WithoutScope,
    Fully,
}

/// Checks the credentials: one of the security alternatives must be met, by all of its schemes together (OpenAPI 3.0.3,
/// Security Requirement Object).
fn credential(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    received: &Received<'_>,
) -> Result<(), Outcome> {
    let scheme =
        |(name, scopes): &(String, Vec<String>)| meets(shared, &document.scheme_check(name), name, scopes, received);
    // An empty alternative asks for nothing.
    let alternative = |schemes: &Vec<(String, Vec<String>)>| schemes.iter().map(scheme).min().unwrap_or(Met::Fully);
    match operation.security.iter().map(alternative).max().unwrap_or(Met::Fully) {
        Met::Fully => Ok(()),
        Met::WithoutScope => Err(Outcome::new(403)),
        Met::Not => Err(Outcome::new(401)),
    }
}

/// How well a request meets the requirement of one scheme.
fn meets(shared: &Shared, check: &SchemeCheck, scheme: &str, scopes: &[String], received: &Received<'_>) -> Met {
    let Received { query, headers, .. } = received;
    let met = match check {
        SchemeCheck::Basic => basic(headers).is_some_and(|(id, secret)| shared.is_client(&id, &secret)),
        SchemeCheck::Bearer => bearer(headers) == Some(&shared.bearer_token),
        SchemeCheck::ApiKey { location, name } => has_api_key(&shared.client_secret, location, name, headers, query),
        SchemeCheck::Issued => return meets_by_token(shared, scheme, scopes, headers),
        SchemeCheck::Never => false,
    };
    if met { Met::Fully } else { Met::Not }
}

/// How well a request meets a requirement by a token that the sandbox has issued. A token is good for the scheme that it was
/// issued for, and for no other of the same type.
fn meets_by_token(shared: &Shared, scheme: &str, scopes: &[String], headers: &HeaderMap) -> Met {
    let state = shared.state();
    let now = shared.clock.now();
    let issued = bearer(headers).and_then(|token| state.tokens.get(token));
    let is_valid =
        |issued: &&IssuedToken| issued.expires.is_none_or(|expires| now < expires) && issued.schemes.contains(scheme);
    match issued.filter(is_valid) {
        Some(issued) if scopes.iter().all(|scope| issued.scopes.contains(scope)) => Met::Fully,
        Some(_) => Met::WithoutScope,
        None => Met::Not,
    }
}

/// Checks the body against its media types and its schema.
fn request_body(document: &Document, operation: &Operation, received: &Received<'_>) -> Result<(), Outcome> {
    let Some(body) = &operation.body else { return Ok(()) };
    let checked = body.check(&document.tree, received.media_type(), received.body);
    checked.map_err(|(pointer, detail)| Outcome::invalid(pointer, detail))
}

/// Checks whether an earlier request created the same thing, and remembers this one.
fn conflict(shared: &Shared, operation: &Operation, body: &Bytes) -> Result<(), Outcome> {
    if operation.conflict_on.is_empty() {
        return Ok(());
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let key: Vec<Option<&Value>> = operation.conflict_on.iter().map(|pointer| body.pointer(pointer)).collect();
    let new = shared.state().created.insert((operation.id.clone(), json!(key).to_string()));
    if new { Ok(()) } else { Err(Outcome::new(409)) }
}
