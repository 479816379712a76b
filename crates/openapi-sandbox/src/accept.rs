//! Content negotiation: which of the documented media types a client prefers
//! ([RFC 9110, 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).

use axum::http::{HeaderMap, header};
use serde_json::Value;

use crate::body::{essence, is_json};

/// The documented media type that the client prefers; of several that it prefers equally, JSON, else the first. `None` where it says
/// nothing, or accepts no documented media type.
pub(crate) fn preferred<'a>(documented: &'a Value, headers: &HeaderMap) -> Option<&'a str> {
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    let mut best: Option<(&str, (f32, bool))> = None;
    for media_type in documented.get("content")?.as_object()?.keys() {
        let rank = (weight(&accept, media_type), is_json(media_type));
        if rank.0 > 0.0 && best.is_none_or(|(_, other)| rank > other) {
            best = Some((media_type, rank));
        }
    }
    best.map(|(media_type, _)| media_type)
}

/// The weight of `media_type` in `accept`, by the narrowest range that it is in.
fn weight(accept: &str, media_type: &str) -> f32 {
    let media_type = essence(media_type).to_ascii_lowercase();
    let kind = media_type.split('/').next().unwrap_or_default();
    let mut found = (0, 0.0);
    for offered in accept.split(',') {
        let mut parts = offered.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let narrowness = match range.split_once('/') {
            Some(("*", "*")) => 1,
            Some((offered, "*")) if offered == kind => 2,
            _ if range == media_type => 3,
            _ => continue,
        };
        if narrowness > found.0 {
            let weight = parts.find_map(|parameter| parameter.strip_prefix("q=")?.parse().ok());
            found = (narrowness, weight.unwrap_or(1.0));
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_weight_decides_and_then_json() {
        let documented = json!({"content": {"text/csv": {}, "application/json": {}, "text/event-stream": {}}});
        let preferred = |accept: &'static str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            preferred(&documented, &headers)
        };
        assert_eq!(preferred("application/json, text/csv;q=0.9"), Some("application/json"));
        assert_eq!(preferred("text/event-stream"), Some("text/event-stream"));
        assert_eq!(preferred("application/json;q=0.5, text/*;q=0.7, text/csv;q=0.1"), Some("text/event-stream"));
        assert_eq!(preferred("*/*"), Some("application/json"));
        assert_eq!(preferred("*/*, application/json;q=0"), Some("text/csv"));
        assert_eq!(preferred("image/png"), None);
    }
}
