//! The documented response of a status: its body, its headers, and what the sandbox knows better than an example.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use serde_json::Value;

use crate::accept;
use crate::body::{essence, is_json, is_sequence, media};
use crate::check::Outcome;
use crate::document::{Document, Operation};
use crate::file;
use crate::paging::Page;
use crate::response;
use crate::state::Shared;
use crate::swagger::SEPARATOR;
use crate::tree::Kind;

/// Headers that the server writes by itself: made-up values of them would break the response.
const OWN_HEADERS: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

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
    /// The page, where it is one of a list.
    pub(crate) page: Option<Page<'a>>,
    /// The headers of the request.
    pub(crate) headers: &'a HeaderMap,
}

impl Documented<'_> {
    /// The documented response, with all its headers; an empty one where the status is not documented.
    pub(crate) fn response(&self) -> Response<Body> {
        let status = self.outcome.status;
        let Some(documented) = self.document.response(self.operation, status) else {
            return response::undocumented(status, self.wanted.wait);
        };
        let documented = documented.as_ref();
        let mut response = response::empty(status);
        let wanted = self.wanted.media_type.as_deref().or_else(|| accept::preferred(documented, self.headers));
        let body = media(documented, wanted).or_else(|| first_media(documented));
        if let Some((media_type, content)) = body {
            let content = self.document.tree.resolve(content, Kind::MediaType).unwrap_or(&Value::Null);
            // A scripted media type in a range is that media type.
            let media_type =
                self.wanted.media_type.as_deref().filter(|_| media_type.contains('*')).unwrap_or(media_type);
            let media_type = concrete(media_type);
            let body = self.body(documented, media_type, content);
            if let Ok(value) = HeaderValue::from_str(media_type) {
                response.headers_mut().insert(header::CONTENT_TYPE, value);
            }
            *response.body_mut() = body;
        }
        for (name, header) in documented.get("headers").and_then(Value::as_object).into_iter().flatten() {
            let of_page = self.page.as_ref().is_some_and(|page| page.owns(name));
            if of_page || OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let Some(header) = self.document.tree.resolve(header, Kind::Header) else { continue };
            let text = self.header(name, header);
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
                response.headers_mut().insert(name, value);
            }
        }
        let link = self.page.as_ref().and_then(Page::link).and_then(|link| HeaderValue::try_from(link).ok());
        response.headers_mut().extend(link.map(|link| (header::LINK, link)));
        let length = self.shared.state().lengths.get(&self.operation.id).copied();
        match length.filter(|_| response.status().is_success()) {
            Some(length) => file::serve(response, length, self.headers),
            None => response,
        }
    }

    /// How many items a body that is a sequence has, if a test has said so.
    fn items(&self) -> Option<u64> {
        self.shared.state().items.get(&self.operation.id).copied().filter(|_| (200..300).contains(&self.outcome.status))
    }

    /// The id of the last event that the client has got.
    fn last_event_id(&self) -> u64 {
        self.headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
    }

    /// The documented body, as its media type writes it.
    fn body(&self, documented: &Value, media_type: &str, content: &Value) -> Body {
        let is_events = is_event_stream(media_type);
        if !is_events && !is_sequence(media_type) {
            return match self.example(documented, content) {
                Value::String(text) if !is_json(media_type) => Body::from(text),
                body => Body::from(body.to_string()),
            };
        }
        let write = |items: &[Value]| match is_events {
            true => items.iter().map(event).collect(),
            false => sequence(media_type, items),
        };
        let text = match (self.example(documented, content), self.items()) {
            (Value::String(text), None) if !is_events && !is_json(media_type) => text,
            (Value::Array(items), None) => write(&items),
            (body, None) => write(&[body]),
            (body, Some(count)) => {
                let item =
                    if let Value::Array(mut items) = body { items.drain(..).next().unwrap_or_default() } else { body };
                match is_events {
                    true => (self.last_event_id() + 1..=count).map(|id| numbered(&item, id)).collect(),
                    false => write(&vec![item; usize::try_from(count).unwrap_or(0)]),
                }
            }
        };
        let retry = self.shared.state().retries.get(&self.operation.id).copied().filter(|_| is_events);
        let retry = retry.map(|retry| format!("retry: {}\n\n", retry.as_millis())).unwrap_or_default();
        let end = stream_end(content).map(|end| match is_events {
            true => event(&Value::from(end)),
            false => format!("{}{end}\n", before(media_type)),
        });
        // An example may show it.
        let end = end.filter(|end| !text.ends_with(end.as_str())).unwrap_or_default();
        Body::from(retry + &text + &end)
    }

    /// The documented body, or the first item of one that is a sequence.
    fn example(&self, documented: &Value, content: &Value) -> Value {
        // The schema of each item of a sequence (OpenAPI 3.2).
        let items = content.get("itemSchema").filter(|_| content.get("schema").is_none());
        let item = items.and_then(|schema| self.document.example(&serde_json::json!({"schema": schema})));
        let is_shown = content.get("example").or(content.get("examples")).is_some();
        let mut body = match item.filter(|_| !is_shown) {
            Some(item) => Value::Array(vec![item]),
            None => self.document.example(content).unwrap_or_default(),
        };
        self.outcome.fill(&mut body, documented);
        self.page.iter().for_each(|page| page.fill(&mut body));
        body
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
            (_, Some(value)) => header_text(&value, header.get(SEPARATOR).and_then(Value::as_str).unwrap_or(",")),
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

/// The text of a header: a list and an object as the style `simple` writes them.
fn header_text(value: &Value, separator: &str) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            items.iter().map(|item| header_text(item, separator)).collect::<Vec<_>>().join(separator)
        }
        Value::Object(members) => {
            let pairs = members.iter().flat_map(|(name, value)| [name.clone(), header_text(value, separator)]);
            pairs.collect::<Vec<_>>().join(separator)
        }
        other => other.to_string(),
    }
}

/// A media type that a response can have, for a documented range of them.
fn concrete(media_type: &str) -> &str {
    match essence(media_type) {
        "*/*" | "*" | "application/*" => "application/json",
        "text/*" => "text/plain",
        "image/*" => "image/png",
        "audio/*" => "audio/mpeg",
        "video/*" => "video/mp4",
        essence if essence.contains('*') => "application/octet-stream",
        _ => media_type,
    }
}

fn is_event_stream(media_type: &str) -> bool {
    essence(media_type).eq_ignore_ascii_case("text/event-stream")
}

/// The text that ends a stream of that media type, if the document names one; of several, the first.
fn stream_end(content: &Value) -> Option<&str> {
    let named = ["x-stream-end", "x-speakeasy-sse-sentinel"].into_iter().find_map(|name| content.get(name))?;
    named.as_str().or_else(|| named.get(0)?.as_str())
}

/// A sequence of JSON texts: each on a line, and of a JSON text sequence after a record separator (RFC 7464, 2.2).
fn sequence(media_type: &str, items: &[Value]) -> String {
    let before = before(media_type);
    items.iter().map(|item| format!("{before}{item}\n")).collect()
}

/// What stands before each item of a sequence.
fn before(media_type: &str) -> &'static str {
    if essence(media_type).to_ascii_lowercase().ends_with("json-seq") { "\u{1e}" } else { "" }
}

/// An event of that id.
fn numbered(item: &Value, id: u64) -> String {
    let mut item = item.clone();
    if let Some(members) = item.as_object_mut().filter(|members| members.contains_key("data")) {
        members.retain(|name, _| name != "id");
    }
    format!("id: {id}\n{}", event(&item))
}

/// An event of a stream: an item that has `data` is one, and any other is the data of one. A text that shows whole events is
/// the stream itself.
fn event(item: &Value) -> String {
    if let Value::String(text) = item
        && text.ends_with("\n\n")
    {
        return text.clone();
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let field = |name: &str| item.get(name).map(|value| format!("{name}: {}\n", text(value).replace('\n', "\ndata: ")));
    let fields: String = match item.get("data") {
        Some(_) => ["event", "id", "retry", "data"].into_iter().filter_map(field).collect(),
        None => format!("data: {}\n", text(item).replace('\n', "\ndata: ")),
    };
    fields + "\n"
}

fn first_media(documented: &Value) -> Option<(&str, &Value)> {
    let content = documented.get("content")?.as_object()?;
    content.iter().next().map(|(media_type, media)| (media_type.as_str(), media))
}
