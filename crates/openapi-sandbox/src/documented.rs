//! The documented response of a status: its body, its headers, and what the sandbox knows better than an example.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, header};
use serde_json::Value;

use crate::check::Outcome;
use crate::document::{Document, Operation, media};
use crate::response;
use crate::state::Shared;

/// What a script asks of the documented response.
#[derive(Default)]
pub(crate) struct Wanted {
    /// The status, instead of the one that the checks give.
    pub(crate) status: Option<u16>,
    /// The media type, where the response has several.
    pub(crate) media_type: Option<String>,
    /// The seconds that a client is asked to wait.
    pub(crate) wait: Option<u64>,
}

/// All that the documented response of one request depends on.
pub(crate) struct Documented<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) document: &'a Document,
    pub(crate) operation: &'a Operation,
    pub(crate) outcome: Outcome,
    pub(crate) wanted: Wanted,
}

impl Documented<'_> {
    /// The documented response, with all its headers; an empty one where the status is not documented.
    pub(crate) fn response(&self) -> Response<Body> {
        let status = self.outcome.status;
        let Some(documented) = self.document.response(self.operation, status) else {
            return response::undocumented(status, self.wanted.wait);
        };
        let mut response = response::empty(status);
        let body = media(documented, self.wanted.media_type.as_deref()).or_else(|| first_media(documented));
        if let Some((media_type, content)) = body {
            let mut body = self.document.example(content).unwrap_or_default();
            self.outcome.fill(&mut body, documented);
            if let Ok(value) = HeaderValue::from_str(media_type) {
                response.headers_mut().insert(header::CONTENT_TYPE, value);
            }
            *response.body_mut() = match body {
                Value::String(text) if !media_type.contains("json") => Body::from(text),
                body => Body::from(body.to_string()),
            };
        }
        for (name, header) in documented.get("headers").and_then(Value::as_object).into_iter().flatten() {
            let text = self.header(name, self.document.resolve(header));
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// The value of a documented header: what the sandbox knows itself, else an example.
    fn header(&self, name: &str, header: &Value) -> String {
        match (name.to_ascii_lowercase().as_str(), self.document.example(header)) {
            ("retry-after" | "x-ratelimit-reset", _) => self.wanted.wait.unwrap_or(1).to_string(),
            // Nothing remains only where the limit is reached.
            ("x-ratelimit-remaining", _) => if self.outcome.status == 429 { "0" } else { "99" }.to_owned(),
            (name, _) if name.ends_with("request-id") => {
                let mut state = self.shared.state();
                state.request_ids += 1;
                format!("sandbox-{}", state.request_ids)
            }
            ("www-authenticate", _) if !has_example(header) => self.document.challenge(self.operation),
            (_, Some(Value::String(text))) => text,
            (_, Some(other)) => other.to_string(),
            (_, None) => "text".to_owned(),
        }
    }
}

/// Whether the document itself shows a value of a header.
fn has_example(header: &Value) -> bool {
    let schema = header.get("schema");
    let in_schema = |key: &&str| schema.is_some_and(|schema| schema.get(key).is_some());
    ["example", "examples"].iter().any(|key| header.get(key).is_some())
        || ["example", "default", "enum"].iter().any(in_schema)
}

fn first_media(documented: &Value) -> Option<(&str, &Value)> {
    let content = documented.get("content")?.as_object()?;
    content.iter().next().map(|(media_type, media)| (media_type.as_str(), media))
}
