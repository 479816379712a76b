//! What a security scheme asks for, whatever its name, and whether a requirement is met by what met another.

use serde_json::{Map, Value};

/// What has to be sent, and where it comes from: without what is said about it, and without fields that its type does not have.
pub(crate) fn asks(scheme: &Value) -> Value {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    let fields: &[&str] = match text("type") {
        Some("apiKey") => &["type", "in", "name"],
        Some("http") => &["type", "scheme"],
        Some("oauth2") => &["type", "flows", "x-token-grant"],
        Some("openIdConnect") => &["type", "openIdConnectUrl"],
        _ => return scheme.clone(),
    };
    let mut asked = Map::new();
    for field in fields {
        let Some(value) = scheme.get(*field) else { continue };
        // The names of HTTP's schemes and headers are compared without regard to case.
        let folded = *field == "scheme" || *field == "name" && text("in") == Some("header");
        let value = match value.as_str().filter(|_| folded) {
            Some(text) => Value::from(text.to_ascii_lowercase()),
            None if *field == "flows" => without_scopes(value),
            None => value.clone(),
        };
        asked.insert((*field).to_owned(), value);
    }
    Value::Object(asked)
}

/// Flows without the scopes that they list, which are there to choose from.
pub(crate) fn without_scopes(flows: &Value) -> Value {
    let mut flows = flows.clone();
    for (_, flow) in flows.as_object_mut().into_iter().flatten() {
        if let Some(flow) = flow.as_object_mut() {
            flow.shift_remove("scopes");
        }
    }
    flows
}

/// Whether a client that meets the requirement `met` meets `asked` too: it has each scheme with each scope.
pub(crate) fn meets(met: &Value, asked: &Value) -> bool {
    let (Some(met), Some(asked)) = (met.as_object(), asked.as_object()) else { return false };
    let scopes = |value: &Value| value.as_array().cloned().unwrap_or_default();
    asked.iter().all(|(scheme, needed)| {
        let has = met.get(scheme).map(scopes);
        has.is_some_and(|has| scopes(needed).iter().all(|scope| has.contains(scope)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_for_is_told_from_what_is_said() {
        let one = json!({"type": "http", "scheme": "Basic", "description": "a key", "name": "unused"});
        assert_eq!(asks(&one), json!({"type": "http", "scheme": "basic"}));
        let header = |name: &str, place: &str| asks(&json!({"type": "apiKey", "in": place, "name": name}));
        assert_eq!(header("X-Key", "header"), header("x-key", "header"));
        assert_ne!(header("Key", "query"), header("key", "query"));
    }

    #[test]
    fn who_has_more_meets_less() {
        let (less, more) = (json!({"a": ["read"]}), json!({"a": ["write", "read"], "b": []}));
        assert!(meets(&more, &less) && !meets(&less, &more));
        assert!(meets(&less, &json!({})) && !meets(&json!({}), &less));
    }
}
