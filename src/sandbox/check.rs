//! Whether a request is one that the document allows: its credential, its body, and what was there before.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

use super::Shared;
use super::document::{Document, Operation, essence};
use super::token::{BASIC, BEARER, basic};

/// The status and the reason for which a request is refused.
pub(super) struct Refusal {
    pub(super) status: u16,
    /// Of the field that is wrong, as a JSON pointer, and why.
    problem: Option<(String, String)>,
    pub(super) challenge: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(status: u16) -> Self {
        Self { status, problem: None, challenge: None }
    }

    fn field(pointer: impl Into<String>, why: impl Into<String>) -> Self {
        Self { problem: Some((pointer.into(), why.into())), ..Self::new(400) }
    }

    fn unauthorized(challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..Self::new(401) }
    }

    /// Writes the field that is wrong, and why, into `body` where `x-sandbox-problem` says.
    pub(super) fn fill(&self, body: &mut Value, documented: &Value) {
        let (Some((pointer, why)), Some(places)) = (&self.problem, documented.get("x-sandbox-problem")) else {
            return;
        };
        for (key, text) in [("pointer", pointer), ("detail", why)] {
            let Some(place) = places.get(key).and_then(Value::as_str) else { continue };
            let Some((parent, name)) = place.rsplit_once('/') else { continue };
            if let Some(object) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
                object.insert(name.to_owned(), Value::String(text.clone()));
            }
        }
    }
}

/// All checks, one after another; a request that passes them has happened.
pub(super) fn all(
    shared: &Shared,
    document: &Document,
    operation: &Operation,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(), Refusal> {
    credential(shared, document, operation, headers)?;
    request_body(document, operation, headers, body)?;
    conflict(shared, operation, body)
}

/// Checks the credential against the operation's security alternatives.
fn credential(shared: &Shared, document: &Document, operation: &Operation, headers: &HeaderMap) -> Result<(), Refusal> {
    if operation.security.is_empty() || operation.security.iter().any(Vec::is_empty) {
        return Ok(());
    }
    let mut refusal = Refusal::unauthorized(BEARER);
    for (scheme, scopes) in operation.security.iter().flatten() {
        let is_basic = document.scheme(scheme).is_some_and(|scheme| scheme.get("scheme") == Some(&json!("basic")));
        if is_basic {
            refusal = Refusal::unauthorized(BASIC);
            if basic(headers).is_some_and(|(id, secret)| id == shared.client_id && secret == shared.client_secret) {
                return Ok(());
            }
            continue;
        }
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer "));
        let state = shared.state();
        let now = shared.clock.now();
        let issued = token.and_then(|token| state.tokens.get(token));
        // A token is good for the scheme that it was issued for, and for no other of the same type.
        match issued.filter(|issued| now < issued.expires && issued.schemes.contains(scheme)) {
            Some(issued) if scopes.iter().all(|scope| issued.scopes.contains(scope)) => return Ok(()),
            Some(_) => refusal = Refusal::new(403),
            None => {}
        }
    }
    Err(refusal)
}

/// Checks the body against its media types and its schema.
fn request_body(document: &Document, operation: &Operation, headers: &HeaderMap, bytes: &Bytes) -> Result<(), Refusal> {
    let Some(body) = &operation.body else { return Ok(()) };
    if bytes.is_empty() {
        return if body.required { Err(Refusal::field("", "the request body is missing")) } else { Ok(()) };
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !body.media_types.iter().any(|documented| essence(documented).eq_ignore_ascii_case(essence(media_type))) {
        return Err(Refusal::field("", "the request body is not of a documented media type"));
    }
    if !media_type.contains("json") {
        return Ok(());
    }
    let instance: Value =
        serde_json::from_slice(bytes).map_err(|error| Refusal::field("", format!("not JSON: {error}")))?;
    let Some(validator) = document.validator(body) else { return Ok(()) };
    match validator.iter_errors(&instance).next() {
        Some(error) => Err(Refusal::field(field(&error), error.to_string())),
        None => Ok(()),
    }
}

/// The field that an error is about: where one is missing or too much, that one and not the object around it.
fn field(error: &jsonschema::ValidationError<'_>) -> String {
    let object = error.instance_path().to_string();
    let name = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.first().map(String::as_str),
        _ => None,
    };
    match name {
        Some(name) => format!("{object}/{}", name.replace('~', "~0").replace('/', "~1")),
        None => object,
    }
}

/// Checks whether what the request makes is there already, and remembers it.
fn conflict(shared: &Shared, operation: &Operation, body: &Bytes) -> Result<(), Refusal> {
    if operation.conflict_on.is_empty() {
        return Ok(());
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let key: Vec<Option<&Value>> = operation.conflict_on.iter().map(|pointer| body.pointer(pointer)).collect();
    let new = shared.state().there.insert((operation.id.clone(), json!(key).to_string()));
    if new { Ok(()) } else { Err(Refusal::new(409)) }
}
