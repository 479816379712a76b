//! Checks whether the document allows a request: its credential, its body, and what was created before.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

use crate::credential::{basic, bearer, has_api_key};
use crate::document::{Document, Operation, SchemeCheck, essence};
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
        |(name, scopes): &(String, Vec<String>)| meets(shared, document.scheme_check(name), name, scopes, received);
    // An empty alternative asks for nothing.
    let alternative = |schemes: &Vec<(String, Vec<String>)>| schemes.iter().map(scheme).min().unwrap_or(Met::Fully);
    match operation.security.iter().map(alternative).max().unwrap_or(Met::Fully) {
        Met::Fully => Ok(()),
        Met::WithoutScope => Err(Outcome::new(403)),
        Met::Not => Err(Outcome::new(401)),
    }
}

/// How well a request meets the requirement of one scheme.
fn meets(shared: &Shared, check: SchemeCheck<'_>, scheme: &str, scopes: &[String], received: &Received<'_>) -> Met {
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
    let Received { headers, body: bytes, .. } = received;
    let Some(body) = &operation.body else { return Ok(()) };
    if bytes.is_empty() {
        return if body.required { Err(Outcome::invalid("", "the request body is missing")) } else { Ok(()) };
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !body.media_types.iter().any(|documented| essence(documented).eq_ignore_ascii_case(essence(media_type))) {
        return Err(Outcome::invalid("", "the request body does not have a documented media type"));
    }
    if !media_type.contains("json") {
        return Ok(());
    }
    let instance: Value =
        serde_json::from_slice(bytes).map_err(|error| Outcome::invalid("", format!("not JSON: {error}")))?;
    let Some(validator) = document.validator(body) else { return Ok(()) };
    match validator.iter_errors(&instance).next() {
        Some(error) => Err(Outcome::invalid(field(&error), error.to_string())),
        None => Ok(()),
    }
}

/// The field that an error is about: a missing or superfluous one itself, and not the object around it.
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
